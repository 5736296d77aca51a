"""Reads time: how long one spell lasts (`bout`) and since when it has gone on (`since`), in seconds.

The two are different questions (docs/contract.md). What a message leaves open is a plain `duration`, and the interview
decides by what it has just asked. A range gives its longer end, which is the careful one for triage.
"""

from __future__ import annotations

import re
from datetime import date

from assistant.nlu import time_words
from assistant.nlu.bounds import first_and_last
from assistant.nlu.time_words import DAY, HOUR, MINUTE, WEEK, Kind
from assistant.nlu.whose_time import NEAR, NOTHING, Duration, Named, just_before, of_the_twitch, says_it_is_the_twitchs

# So long no twitch is said to have gone on without a word for it.
AN_AGE = 15 * 365 * DAY
# Of so many times in a text the first and the last are read, each with so many characters on both sides: what is said of one is looked
# for around it, and a text of nothing but times must not cost minutes. No time is longer than a life.
MOST_TIMES, AROUND, A_LIFE = 40, 400, 120 * 365 * DAY


def read_durations(text: str, today: date, named: Named = NOTHING) -> list[Duration]:
    """All durations in a reading's text, at most one of each kind: the one that is meant, and of those the longest.

    Args:
        text: `Reading.text`.
        today: what weekdays and months are counted back from.
        named: what the text names; how long a medicine is taken, or how long ago something else was, is no time of the twitch.

    Returns:
        Durations with seconds, in the order of the text. "non stop for 3 days" is both a bout and a since.
    """
    found = of_the_twitch(text, _named(text, today) + _measured(text), named)
    constant = next((d for d in found if d.kind == "bout" and d.seconds == DAY), None)
    if constant and len(found) > 1:
        # "non stop for 20 minutes", "constantly, since tuesday": the stretch named beside it says how long the spell is.
        found.remove(constant)
        # "Today ... unbroken for twenty minutes" began today; it did not last that long.
        longest = max([d for d in found if d.kind != "since"] or found, key=lambda duration: duration.seconds)
        found = [d for d in found if d.kind == "since"] + [longest._replace(kind="bout")]
    found = _meant(text, found)
    best: dict[Kind, Duration] = {}
    for duration in sorted(
        found, key=lambda duration: (_of_each(text, duration), says_it_is_the_twitchs(text, duration), duration.seconds)
    ):
        best[duration.kind] = duration
    return [duration._replace(seconds=min(duration.seconds, A_LIFE)) for duration in sorted(best.values(), key=lambda found: found.start)]


def _meant(text: str, found: list[Duration]) -> list[Duration]:
    """Without what is taken back: "2 months, no, 2 days", "not 3 weeks, 3 days", "you said 2 months? it was a week"."""
    told = [duration for duration in found if not time_words.DISOWNED.search(just_before(text, duration))] or found
    corrections = [duration for duration in told if time_words.CORRECTED.search(just_before(text, duration))]
    if not corrections:
        return told
    last = max(corrections, key=lambda duration: duration.start)
    taken_back = {last.kind, "duration"} if last.kind != "duration" else {"bout", "since", "duration"}
    return [duration for duration in told if duration == last or duration.kind not in taken_back]


def _of_each(text: str, duration: Duration) -> bool:
    return bool(time_words.OF_EACH.search(just_before(text, duration)))


def _named(text: str, today: date) -> list[Duration]:
    found = [
        Duration(kind, seconds, match.start() + 1, match.end())
        for rule, kind, seconds in time_words.PHRASE_RULES
        for match in rule.finditer(text)
    ]
    for match in time_words.PERCENT.finditer(text):
        found.append(Duration("duration", float(match["number"]) / 100 * DAY, match.start() + 1, match.end()))
    for match in time_words.DAY_NUMBER.finditer(text):
        days = _number(match["number"]) * (7 if match["week"] else 1)
        found.append(Duration("since", days * DAY, match.start() + 1, match.end()))
    for match in (bare for rule in time_words.BARE_UNIT for bare in rule.finditer(text)):
        unit = _unit(match["unit"])
        found.append(
            Duration("since", (time_words.BARE[unit] if "some" in match[0].split() else 1) * unit, match.start() + 1, match.end())
        )
    for match in time_words.SO_MANY_DAYS.finditer(text):
        found.append(Duration("since", _number(match["number"]) * 7 * DAY, match.start() + 1, match.end()))
    for match in (*time_words.SINCE_DAY.finditer(text), *time_words.BARE_DAY.finditer(text)):
        days = (today.weekday() - time_words.WEEKDAYS.index(match["day"][:3])) % 7 or 7
        found.append(Duration("since", days * DAY, match.start() + 1, match.end()))
    for match in (told for rule in time_words.MONTH_RULES for told in rule.finditer(text)):
        month, day = time_words.MONTHS.index(match["month"][:3]) + 1, match.groupdict().get("date")
        months = (today.month - month) % 12 or (0.5 if today.day > 14 else 0.25)
        days = _days_since(today, month, int(day)) if day else months * 30
        found.append(Duration("since", days * DAY, match.start() + 1, match.end()))
    for rule, (number, day) in time_words.SINCE_FEAST:
        for match in rule.finditer(text):
            found.append(Duration("since", _days_since(today, number, day) * DAY, match.start() + 1, match.end()))
    return first_and_last(sorted(found, key=lambda duration: duration.start), MOST_TIMES) if len(found) > MOST_TIMES else found


def _days_since(today: date, month: int, day: int) -> int:
    """Days from the last such day of the year; a day that a month does not have is taken for one that all have."""
    days = (today - date(today.year, month, day if 1 <= day <= time_words.SHORTEST_MONTH else time_words.SHORTEST_MONTH)).days
    return days if days >= 0 else days + 365


def _measured(text: str) -> list[Duration]:
    found: list[Duration] = []
    taken = 0
    measures = [*time_words.MEASURE.finditer(text), *time_words.BARE_PLURAL.finditer(text)]
    for match in first_and_last(sorted(measures, key=lambda m: (m.start(), -m.end())), MOST_TIMES):
        if match.start() < taken:
            continue
        taken = match.end()
        unit = _unit(match["unit"])
        seconds = time_words.BARE[unit] * unit if match.re is time_words.BARE_PLURAL else _amount(match, unit)
        before, after = text[max(0, match.start() + 1 - AROUND) : match.start() + 1], text[match.end() : match.end() + AROUND]
        part = time_words.PART.search(before)
        seconds *= (0.75 if part["three"] else 0.25) if part else 1.0
        if _of_something_else(text, before, after, match[0], seconds):
            continue
        # "Kept ticking for a quarter of an hour": what stands before the whole of it.
        kind = _kind(before[: part.start() + 1] if part else before, after, match[0], seconds)
        if found and unit < HOUR * 24 and text[found[-1].end : match.start() + 1] in (" ", " and "):
            # "an hour and twenty minutes"
            first = found.pop()
            kind, seconds = first.kind if first.kind != "duration" else kind, first.seconds + seconds
        found.append(Duration(kind, seconds, match.start() + 1, match.end()))
    return found


def _of_something_else(text: str, before: str, after: str, measure: str, seconds: float) -> bool:
    """Whether a time says nothing of the twitch but when it came, how often, how long one ran or rested, or how old one is."""
    stops = time_words.STOPS_AFTER.search(before)
    spell = time_words.BOUT_AFTER.search(after) or time_words.FOR_BEFORE.search(before) or time_words.LASTS_BEFORE.search(before) or stops
    delay = time_words.DELAY_AFTER.search(after) and not spell and not time_words.STILL.search(text)
    rate = measure.startswith(" a ") and time_words.RATE_BEFORE.search(before)
    # "After walking, few secs" is a spell, "sprints after gym, 20 secs" none.
    apart = seconds < MINUTE and before.endswith(" , ") and (time_words.FEW.search(measure) or before.endswith(" only after , "))
    long = seconds >= WEEK and time_words.AFTER_SPORT.search(before)
    neither = time_words.NEITHER_BEFORE.search(before) and not (after.startswith(" ago ") or apart or long or stops)
    near = before[-NEAR:]
    asked = any(question.end() > len(near) for question in time_words.ASKED.finditer(f"{near}{measure[1:]} "))
    elsewhere = time_words.IDLE_BEFORE.search(before) or time_words.PACE_BEFORE.search(before) or time_words.NEITHER_AFTER.search(after)
    # "67 year, driver".
    told = spell or time_words.SINCE_BEFORE.search(before) or time_words.SINCE_AFTER.search(after)
    age = seconds >= AN_AGE and not told
    return bool(delay or rate or neither or asked or elsewhere or age)


def _unit(word: str) -> float:
    return next(seconds for names, seconds in time_words.UNITS.items() if re.fullmatch(names, word))


def _number(word: str) -> float:
    words = word.replace(" - ", " ").split()
    if words[0] in time_words.NUMBERS:
        return float(sum(time_words.NUMBERS[part] for part in words))
    return float(re.sub(r"(?: ?(?:ish|st|nd|rd|th))$", "", word).replace(",", "."))


def _amount(match: re.Match[str], unit: float) -> float:
    count = _number(match["of"] or match["number"])
    if match["half"] or match["and_half"]:
        count += 0.5
    if match["or_two"]:
        count = max(count, 2.0)
    return count * unit * (time_words.MORE if match["more"] else time_words.LESS if match["less"] else 1.0)


def _kind(before: str, after: str, measure: str, seconds: float) -> Kind:
    if time_words.BOUT_AFTER.search(after) or (time_words.AT_MOST.search(after) and seconds < HOUR):
        return "bout"
    if seconds < HOUR and time_words.ON_AND_OFF.search(after):
        return "bout"
    if time_words.SINCE_AFTER.search(after) or time_words.SINCE_BEFORE.search(before) or time_words.COUNTED.search(measure):
        return "since"
    if time_words.BOUT_BEFORE.search(before):
        return "bout" if seconds < DAY else "since"
    if seconds < MINUTE:
        return "bout"
    return "since" if seconds >= DAY else "duration"
