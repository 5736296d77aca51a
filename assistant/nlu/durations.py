"""Reads time: how long one spell lasts (`bout`) and since when it has gone on (`since`), in seconds.

The two are different questions (docs/contract.md). What a message leaves open is a plain `duration`, and the interview
decides by what it has just asked. A range gives its longer end, which is the careful one for triage.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

Kind = Literal["bout", "since", "duration"]

SECOND, MINUTE, HOUR, DAY = 1.0, 60.0, 3600.0, 86400.0
_UNITS = {
    r"s|secs?|seconds?": SECOND,
    r"mins?|minutes?": MINUTE,
    r"h|hrs?|hours?": HOUR,
    r"d|days?|nights?|evenings?": DAY,
    r"w|wks?|weeks?": 7 * DAY,
    r"fortnights?": 14 * DAY,
    r"mths?|months?|mo": 30 * DAY,
    r"yrs?|years?": 365 * DAY,
}
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "couple": 2, "two": 2, "few": 3, "three": 3, "four": 4, "five": 5, "several": 6, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "half": 0.5, "dozen": 12, "many": 10, "first": 1, "second": 2, "third": 3, "fourth": 4,
    "fifth": 5,
}  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_NUMBERS |= _TENS
_COMPOUND = rf"(?:{'|'.join(_TENS)})(?: -)? (?:one|two|three|four|five|six|seven|eight|nine)"
# A bare plural ("for weeks") is more than one; these are the least that people mean by it, in its unit.
_BARE = {SECOND: 5.0, MINUTE: 4.0, HOUR: 3.0, DAY: 3.0, 7 * DAY: 3.0, 14 * DAY: 2.0, 30 * DAY: 2.0, 365 * DAY: 2.0}
_SHORTEST_MONTH = 28
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_UNIT = "|".join(_UNITS)
_NUMBER = rf"(?:\d+(?:[.,]\d+)?(?: ?(?:ish|st|nd|rd|th))?|{_COMPOUND}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + ")"
_MEASURE = re.compile(
    r" (?P<more>(?:more than|over|longer than|at least|well over|upwards of) )?"
    r"(?P<less>(?:less than|under|not even|nearly|almost) )?"
    r"(?:about |around |roughly |like |maybe |approx |only |just |the |past |last |a good |~ )*"
    # "twenty-three days" is not a range from twenty to three.
    rf"(?:(?!{_COMPOUND} )(?P<low>{_NUMBER}) (?:- |to |or |maybe |, )+)?"
    rf"(?P<number>{_NUMBER})(?P<and_half> and a half)?(?: a| an| of)?"
    r"(?: good| more| odd| or two| or so| (?P<of>couple|few|dozen)(?: of)?| solid| full| whole)?"
    rf" (?P<unit>{_UNIT})(?P<half> and a half)?(?P<or_two> or two)?(?= )"
)
# "for weeks", or nothing but "hours"; "on rest days" is no stretch of time.
_BARE_PLURAL = re.compile(
    r"(?:^(?: (?:about|like|maybe|probably|just|only|its|mostly|literally))*"
    r"| (?:for|lasts?|lasting|lasted|past|takes|been|goes on|like|over|many))"
    r" (?P<unit>secs|seconds|mins|minutes|hrs|hours|days|weeks|wks|months|years)(?= )"
)
_PERCENT = re.compile(r" (?P<number>\d+) (?:%|percent|per cent) of (?:the |my |each |every )?(?P<unit>day|time|night)(?= )")
# What a phrase without a number means: kind, seconds.
_PHRASES: tuple[tuple[str, Kind, float], ...] = (
    (r"(?:a|one|two|couple of|few) (?:breaths?|heartbeats?)", "bout", 3.0),
    (r"(?:a |one )?(?:split second|blink|moment|instant|flash)|momentar(?:y|ily)|very brief|really quick", "bout", 1.0),
    (r"half (?:an |a )?hour", "duration", 30 * MINUTE),
    (r"(?:a )?week and a half", "since", 10.5 * DAY),
    (r"(?:a )?minute and a half", "bout", 90.0),
    (r"(?:an )?hour and a half", "duration", 90 * MINUTE),
    (r"all night(?: long)?|the whole night|through the night", "duration", 8 * HOUR),
    (r"half (?:the|a) (?:night|day|evening|morning|afternoon)|(?:most of|all|the whole|the entire|all through|throughout) "
     r"(?:the |an? |my |our )?(?:evening|morning|afternoon|match|film|movie|drive|meeting|lesson|lecture|show|journey|shift)",
     "duration", 3 * HOUR),
    (r"(?:for )?ages|forever|for ever|yonks|donkeys years|a long time|as long as i can remember", "duration", 30 * DAY),
    (r"all day(?: long)?|the whole day|all the time|most of the day|24 / 7|round the clock|day and night", "bout", DAY),
    (r"non stop|nonstop|non - stop|constant(?:ly)?|continuous(?:ly)?|never stops?|(?:wont|doesnt|didnt) stop|hasnt stopped|"
     r"without stopping|without a break|unbroken|(?:never|doesnt|wont|didnt) (?:lets? up|pauses?|ends?)|no let up", "bout", DAY),
    (r"yesterday|ystrday|ysterday|yday", "since", DAY),
    (r"(?:since )?this morning|earlier today|today|tonight", "since", DAY / 4),
    (r"last night|yesterday (?:night|evening)", "since", DAY / 2),
    (r"(?:last|the) weekend", "since", 3 * DAY),
    (r"(?:since )?last week|(?:since|started|began|start|first|only|just) (?:earlier |only )?this week", "since", 7 * DAY),
    (r"(?:since )?last month", "since", 30 * DAY),
    (r"last year", "since", 365 * DAY),
    (r"(?:the )?(?:past|last) fortnight", "since", 14 * DAY),
    (r"just now|a moment ago|just started", "since", 5 * MINUTE),
)  # fmt: skip
_PHRASE_RULES = tuple((re.compile(rf" (?:{pattern})(?= )"), kind, seconds) for pattern, kind, seconds in _PHRASES)
_SINCE_DAY = re.compile(
    # "last wednesdays walk", but "i run on wednesdays".
    r" (?:(?:since|from|last|started|began|until)(?P<own>)|on) (?:last |this |about |around |like |my \w+ (?:on )?|the \w+ (?:on )?)?"
    r"(?P<day>mon|tues?|wed|thurs?|thu|fri|sat|sun)(?:day|nesday|urday|sday)?(?(own)s?)(?= )"
)
# A weekday and nothing before it answers "since when?".
_BARE_DAY = re.compile(
    r"^ (?:it was |about |around |last |i think )?(?P<day>mon|tues?|wed|thurs?|thu|fri|sat|sun)(?:day|nesday|urday|sday)?s?"
    r"(?: night| morning| evening| afternoon| lunchtime)?(?: this (?:past )?week| just gone)?(?= (?:\W|$))"
)
_SINCE_MONTH = re.compile(
    r" (?:since|since (?:my |the |our |a )?(?:\w+ ){1,3}(?:in|on)|(?:started|began|starting) (?:back )?(?:in|on))"
    r"(?: (?:the )?(?P<date>\d{1,2})(?: ?(?:st|nd|rd|th))?(?: of)?)?"
    r" (?:last |early |late |mid |about |around |like |the (?:start|end|middle|beginning) of )*"
    r"(?P<month>" + "|".join(_MONTHS) + r")\w*(?= )"
)
# A month and nothing beside it answers "since when?", too.
_BARE_MONTH = re.compile(
    r"^ (?:about |around |in |early |late |mid |last |maybe |since )*(?P<name>jan(?:uary)?|feb(?:ruary)?"
    r"|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?) (?:(?:i think|or so|time) )?$"
)
# Days that people count from: month and day. Easter moves; its middle.
_FEASTS = {
    "new years?": (1, 1),
    "valentines": (2, 14),
    "easter": (4, 8),
    "halloween": (10, 31),
    "thanksgiving": (11, 25),
    "christmas|xmas": (12, 25),
}
_SINCE_FEAST = tuple(
    (re.compile(rf" (?:since|after|from) (?:before |just after |about |around )?(?:{name})(?= )"), day) for name, day in _FEASTS.items()
)

# Words around a measure that settle which of the two it is, or that it is neither.
_FILLER = (
    r"(?:it |is |are |of |for |about |around |maybe |like |only |just |over |almost |nearly |up to "
    r"|the |past |last |each |a |an |, |in )*$"
)
_BOUT_BEFORE = re.compile(
    r"(?:last|lasts|lasting|lasted|each|bouts?|spells?|bursts?|episodes?|go(?:es|ing)? on|goes|non stop|nonstop|continuous\w*|constant\w*"
    rf"|straight|stops? after|gone after|over in|done in|every time|twitch(?:es|ing)?) {_FILLER}"
)
_BOUT_AFTER = re.compile(
    r"^ (?:at a time|at once|each|a time|a go|a pop|per|long|straight|non stop|nonstop|without|bursts?|spells?|bouts?|episodes?"
    r"|then (?:it )?(?:stops?|gone|goes|nothing)|and (?:then )?(?:it )?(?:stops?|gone|its gone)"
    r"|before (?:it|they) (?:stops?|stopped|goes|went|gives? (?:over|up)|gave (?:over|up)|settles?|settled|lets? (?:up|go)|quits?)) "
)
# "two minutes tops" is a spell, "two days tops" is not.
_AT_MOST = re.compile(r"^ (?:tops|max|at most|maximum) ")
_SINCE_BEFORE = re.compile(
    r"(?:since|on and off|off and on|on n off|past|the last|started|began|been (?:\w+ ){0,4}for|happening for|had (?:it|this|them) for"
    rf"|here for|there for) {_FILLER}"
)
_SINCE_AFTER = re.compile(r"^ (?:ago|now|back|already|so far|in a row|on and off|off and on|since|running) ")
# "Third day now".
_COUNTED = re.compile(r" (?:past|last|third|fourth|fifth|\d+ (?:st|nd|rd|th)) ")
# Beside these a time is the twitch's.
_TWITCHY = r"(?:weird|strange|odd|twitch|jerk|jump|spasm|flutter|pulse|pulsing)"
_NEITHER_BEFORE = re.compile(
    r"(?:every|ran|run|running|cycl\w+|rode|biked?|walk\w*|hik\w+|swam|swim|play\w*|train\w*|lift\w*|exercis\w+|work\w* out|workout"
    r"|session|postpartum|post partum|within|aged?|im|after|gym|drove|sat|slept|sleep|drank|times|once|twice|per|than|first time"
    r"|married|retired|vegan|vegetarian"
    rf"|(?:i|ive|we) (?:have )?been doing (?!this|that|it|these|the same)(?:(?!{_TWITCHY})\w+ )?(?!{_TWITCHY})\w+) {_FILLER}"
)
# "not run that far in three years" tells of the training; "it has not stopped in three weeks" does not.
_IDLE_BEFORE = re.compile(
    r" (?:not|never|havent|hadnt|hasnt|didnt|wasnt) (?:really |even |been |actually )*"
    r"(?:r[au]n|done|did|train\w*|lift\w*|shift\w*|play\w*|exercis\w+"
    r"|cycl\w+|ridden|row\w*|sw[au]m|hik\w+|climb\w*|danc\w+|touched|dug|carried|to the) "
    rf"(?:(?!(?:but|because|cos|then|now|since|began|started) |{_TWITCHY})\w+ ){{0,6}}(?:in|for|since) {_FILLER}"
)
_NEITHER_AFTER = re.compile(
    r"^ (?:old|yo|of age|pregnant|postpartum|post partum|apart|a week"
    r"|run|ride|session|workout|class|walk|hike|game|match|swim|jog|race|drive|break|rest|sleep|shift"
    r"|hold|plank|of (?:running|cycling|training|gym|exercise|cardio|squats|sport|football|tennis)) "
)
# "2 hours after my run" is neither, "for 2 hours after my run" and "still, 2 hours after my run" are how long.
_DELAY_AFTER = re.compile(r"^ (?:after|later|before|into) ")
_STILL = re.compile(r" (?:still|already|even now) ")
_FOR_BEFORE = re.compile(r" for (?:about |like |around |maybe |up to )*$")
# "quarter of" an hour
_PART = re.compile(r" (?P<three>(?:three|3) )?quarters? of $")
# "Day 3"; but "week nine" may be the training plan's.
_DAY_NUMBER = re.compile(r" (?:day|into (?P<week>week)) (?P<number>\d+|one|two|three|four|five|six|seven)(?= )")
# "Ramipril, been on it for" ten years; but "I take ramipril, for 3 weeks my eyelid twitches".
_TAKEN_FOR = re.compile(
    r"(?: (?:,(?= (?:ive |have )*(?:been|on|took|taking|taken) )"
    r"|for|since|about|now|ive|been|on|it|them|took|taking|taken|a|day|daily|over|the|past|last))* ?"
)
_MORE, _LESS = 1.05, 0.95


class Duration(NamedTuple):
    """A stretch of time that a message names; places are characters of the reading's text."""

    kind: Kind
    seconds: float
    start: int
    end: int


def read_durations(text: str, today: date, medicines: Sequence[int] = ()) -> list[Duration]:
    """All durations in a reading's text, at most one of each kind, the longest of its kind.

    Args:
        text: `Reading.text`.
        today: what weekdays and months are counted back from.
        medicines: where in the text the name of a medicine ends; how long that is taken is no time of the twitch.

    Returns:
        Durations with seconds, in the order of the text. "non stop for 3 days" is both a bout and a since.
    """
    found = [duration for duration in _named(text, today) + _measured(text) if not _taken_for(text, duration, medicines)]
    constant = next((d for d in found if d.kind == "bout" and d.seconds == DAY), None)
    if constant and len(found) > 1:
        # "non stop for 20 minutes", "constantly, since tuesday": the stretch named beside it says how long the spell is.
        found.remove(constant)
        # "Today ... unbroken for twenty minutes" began today; it did not last that long.
        longest = max([d for d in found if d.kind != "since"] or found, key=lambda duration: duration.seconds)
        found = [d for d in found if d.kind == "since"] + [longest._replace(kind="bout")]
    best: dict[Kind, Duration] = {}
    for duration in found:
        if duration.kind not in best or duration.seconds > best[duration.kind].seconds:
            best[duration.kind] = duration
    return sorted(best.values(), key=lambda duration: duration.start)


def _taken_for(text: str, duration: Duration, medicines: Sequence[int]) -> bool:
    """Whether a time says how long a medicine named right before it is taken; "3 weeks ago" is when something began, and counts."""
    ago = text[duration.end :].startswith(" ago ")
    return (
        duration.kind != "bout"
        and not ago
        and any(end <= duration.start and _TAKEN_FOR.fullmatch(text[end : duration.start]) for end in medicines)
    )


def _named(text: str, today: date) -> list[Duration]:
    found = [
        Duration(kind, seconds, match.start() + 1, match.end()) for rule, kind, seconds in _PHRASE_RULES for match in rule.finditer(text)
    ]
    for match in _PERCENT.finditer(text):
        found.append(Duration("duration", int(match["number"]) / 100 * DAY, match.start() + 1, match.end()))
    for match in _DAY_NUMBER.finditer(text):
        days = _number(match["number"]) * (7 if match["week"] else 1)
        found.append(Duration("since", days * DAY, match.start() + 1, match.end()))
    for match in (*_SINCE_DAY.finditer(text), *_BARE_DAY.finditer(text)):
        days = (today.weekday() - _WEEKDAYS.index(match["day"][:3])) % 7 or 7
        found.append(Duration("since", days * DAY, match.start() + 1, match.end()))
    named = [(match, match["month"], match["date"]) for match in _SINCE_MONTH.finditer(text)]
    named += [(match, match["name"][:3], None) for match in _BARE_MONTH.finditer(text)]
    for match, month, day in named:
        months = (today.month - 1 - _MONTHS.index(month)) % 12 or (0.5 if today.day > 14 else 0.25)
        days = _days_since(today, _MONTHS.index(month) + 1, int(day)) if day else months * 30
        found.append(Duration("since", days * DAY, match.start() + 1, match.end()))
    for rule, (number, day) in _SINCE_FEAST:
        for match in rule.finditer(text):
            found.append(Duration("since", _days_since(today, number, day) * DAY, match.start() + 1, match.end()))
    return found


def _days_since(today: date, month: int, day: int) -> int:
    """Days from the last such day of the year; a day that a month does not have is taken for one that all have."""
    days = (today - date(today.year, month, day if 1 <= day <= _SHORTEST_MONTH else _SHORTEST_MONTH)).days
    return days if days >= 0 else days + 365


def _measured(text: str) -> list[Duration]:
    found: list[Duration] = []
    taken = 0
    for match in sorted([*_MEASURE.finditer(text), *_BARE_PLURAL.finditer(text)], key=lambda m: (m.start(), -m.end())):
        if match.start() < taken:
            continue
        taken = match.end()
        unit = _unit(match["unit"])
        seconds = _BARE[unit] * unit if match.re is _BARE_PLURAL else _amount(match, unit)
        before, after = text[: match.start() + 1], text[match.end() :]
        part = _PART.search(before)
        seconds *= (0.75 if part["three"] else 0.25) if part else 1.0
        spell = _BOUT_AFTER.search(after) or _FOR_BEFORE.search(before)
        delay = _DELAY_AFTER.search(after) and not spell and not _STILL.search(text)
        said_when = after.startswith(" ago ")
        if delay or (_NEITHER_BEFORE.search(before) and not said_when) or _IDLE_BEFORE.search(before) or _NEITHER_AFTER.search(after):
            continue
        kind = _kind(before, after, match[0], seconds)
        if found and unit < HOUR * 24 and text[found[-1].end : match.start() + 1] in (" ", " and "):
            # "an hour and twenty minutes"
            first = found.pop()
            kind, seconds = first.kind if first.kind != "duration" else kind, first.seconds + seconds
        found.append(Duration(kind, seconds, match.start() + 1, match.end()))
    return found


def _unit(word: str) -> float:
    return next(seconds for names, seconds in _UNITS.items() if re.fullmatch(names, word))


def _number(word: str) -> float:
    words = word.replace(" - ", " ").split()
    if words[0] in _NUMBERS:
        return float(sum(_NUMBERS[part] for part in words))
    return float(re.sub(r"(?: ?(?:ish|st|nd|rd|th))$", "", word).replace(",", "."))


def _amount(match: re.Match[str], unit: float) -> float:
    count = _number(match["of"] or match["number"])
    if match["half"] or match["and_half"]:
        count += 0.5
    if match["or_two"]:
        count = max(count, 2.0)
    return count * unit * (_MORE if match["more"] else _LESS if match["less"] else 1.0)


def _kind(before: str, after: str, measure: str, seconds: float) -> Kind:
    if _BOUT_AFTER.search(after) or (_AT_MOST.search(after) and seconds < HOUR):
        return "bout"
    if _SINCE_AFTER.search(after) or _SINCE_BEFORE.search(before) or _COUNTED.search(measure):
        return "since"
    if _BOUT_BEFORE.search(before):
        return "bout" if seconds < DAY else "since"
    if seconds < MINUTE:
        return "bout"
    return "since" if seconds >= DAY else "duration"
