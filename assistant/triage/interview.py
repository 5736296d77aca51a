"""The interview: what an answer means for the question asked, and which question comes next. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from assistant.knowledge import Knowledge, Level
from assistant.triage.said import ELSEWHERE, Said
from assistant.triage.times import span
from assistant.triage.told_times import TIMES, times
from assistant.triage.triage import DAY, SETTLED_BY, UNKNOWN, Case, established, triage

FORM = "interview_form"
# Red flags first; the order of the others is the order of what changes the level most.
QUESTIONS = ("symptoms", "at_rest", "bout", "since", "triggers", "medication")
# Asked this often without an answer that helps, a question is left open; once more where a yes named nothing, or a place alone was heard.
MOST_TRIES = 2
# So many questions are asked at most, repeated ones included: these are the first to be left out.
MOST_QUESTIONS = 6
SPARE = ("triggers", "medication")
# These name several things: a plain yes is asked which.
WHICH = ("symptoms", "triggers")
# What the question of triggers names (domain.yml); "all of them" is these.
NAMED = ("causes.muscle_fatigue", "causes.no_warm_up_or_stretch", "causes.dehydration", "causes.excess_caffeine")
# Who denies so many unasked has answered.
DENIED = 3
# One that is not named: "nothing prescribed" names none.
ANY_MEDICINE = "prescribed medicine"
_PASS = ("dont_know", "skip")
# Who guesses at signs (assistant/nlu/second_look.py); the patterns read them.
_GUESSES = "SecondLook"
_FREE = ("inform", "describe_twitch", "out_of_scope")


def collect(slots: Mapping[str, Any], said: Said, known: Knowledge) -> dict[str, Any]:
    """What the message changes in the slots.

    Args:
        slots: the slots before the message.
        said: the message.
        known: the content, for the signs' levels.

    Returns:
        Only the slots that change, with their new values.
    """
    changes: dict[str, Any] = {}
    changes.update(_signs(slots, said, known))
    changes.update(_guessed(slots, said, known))
    changes.update(times(slots, said))
    changes.update(_at_rest(slots, said))
    changes.update(_lists(slots, said))
    changes.update(_medication(said))
    changes.update(_asked_answer(said, changes))
    changes.update(_answered_wrongly(slots, said, changes))
    changes["established"] = _established_at_once(slots, {**slots, **changes}, said, known)
    return {name: value for name, value in changes.items() if slots.get(name) != value}


def next_question(slots: Mapping[str, Any], known: Knowledge) -> str | None:
    """The slot to ask for next; None when the interview is over, which an urgent sign makes it at once."""
    if triage(Case.from_slots(slots), known).level >= Level.urgent:
        return None
    return next((name for name in QUESTIONS if slots.get(name) is None), None)


def question_answered(named: Any, loop: str | None, requested: str | None) -> str | None:
    """The question that a message answers, or None.

    Args:
        named: what the channel says that it answers again (docs/web-api.md), whatever that is.
        loop: the form that is active.
        requested: the slot that it asked for.
    """
    if named in QUESTIONS:
        return str(named)
    return requested if loop == FORM else None


def full(asked: list[str], slots: Mapping[str, Any], question: str) -> bool:
    """Whether a question can be asked again only in the place of another.

    Args:
        asked: the questions asked so far, each once.
        slots: the slots.
        question: the one to be asked again.
    """
    left = [name for name in QUESTIONS if slots.get(name) is None and name != question]
    # Each of these gave its place to a question that was asked twice.
    spared = [name for name in SPARE if slots.get(name) == UNKNOWN and name not in asked]
    return len(asked) + len(left) + len(spared) >= MOST_QUESTIONS


def unnamed(said: Said) -> bool:
    """Whether a question that names several things is answered with no more than a yes."""
    return said.asked in WHICH and said.yes_no == "yes"


def spare(slots: Mapping[str, Any], question: str) -> str | None:
    """The question to leave out because another has to be asked twice, or None.

    Args:
        slots: the slots.
        question: the one to be asked again.
    """
    return next((name for name in SPARE if slots.get(name) is None and name != question), None)


def progress(asked: list[str], slots: Mapping[str, Any], following: str | None) -> list[int] | None:
    """Which question of how many comes next.

    Args:
        asked: the questions asked so far, each once.
        slots: the slots; what they answer is not asked.
        following: the question that comes next, or None.

    Returns:
        Such as [2, 5]; None when nothing is asked any more.
    """
    if following is None:
        return None
    done = [name for name in asked if name != following and slots.get(name) is not None]
    return [len(done) + 1, len(done) + sum(slots.get(name) is None for name in QUESTIONS)]


def _signs(slots: Mapping[str, Any], said: Said, known: Knowledge) -> dict[str, Any]:
    stated = [e["value"] for e in said.stated(known)]
    denied = [*said.values("sign", "absent"), *said.values("symptom", "absent")]
    asked = said.asked == "symptoms"
    # "Actually my calf does feel a bit weak", some questions later.
    if asked or (said.adds and slots.get("symptoms") is not None and not said.values("question")):
        stated += [sign for sign in said.values("symptom") if sign not in said.doubted]
    held = list(slots.get("signs") or [])
    # An emergency once stated is not talked away by a later "no"; "start again" forgets it.
    kept = [sign for sign in held if sign not in denied or known.signs[sign].rank == Level.emergency]
    signs = list(dict.fromkeys([*kept, *stated]))
    changes: dict[str, Any] = {"signs": signs} if signs != held else {}
    # "For 4 months now", "it keeps coming back": what needs a normal appointment says nothing of weakness or pain.
    named = [sign for sign in stated if known.signs[sign].rank != Level.see_doctor]
    nothing = said.yes_no == "no" and not said.has("vague")
    answered = named or denied or nothing or said.values("well")
    if (
        (asked and answered)
        or said.values("no_symptoms")
        or len(set(denied)) >= DENIED
        or set(slots.get("symptoms") or ()).intersection(denied)
    ):
        changes["symptoms"] = [sign for sign in signs if known.signs[sign].rank >= Level.urgent]
    return changes


def _guessed(slots: Mapping[str, Any], said: Said, known: Knowledge) -> dict[str, Any]:
    """The signs that were only guessed at: what a pattern reads is none any more, nor what comes after a yes or no to the question."""
    stated = [(e["value"], e.get("extractor")) for e in said.stated(known)]
    sure = [sign for sign, by in stated if by != _GUESSES or isinstance(slots.get(SETTLED_BY.get(sign, "")), str)]
    held, before = slots.get("signs") or [], slots.get("guessed") or []
    new = [sign for sign, _ in stated if sign not in held]
    guessed = [sign for sign in dict.fromkeys([*before, *new]) if sign not in sure]
    return {"guessed": guessed} if guessed != before else {}


def _at_rest(slots: Mapping[str, Any], said: Said) -> dict[str, Any]:
    asked, found = said.asked == "at_rest", said.values("at_rest")
    # "When I lie in bed" may be after exercise; to the question it is a yes, and where it is added to a no ("actually at rest too").
    rests = asked or (said.adds and slots.get("at_rest") == "no")
    found = list(dict.fromkeys("yes" if value == "lying" else value for value in found if rests or value != "lying"))
    contrast = said.has("contrast") or said.has("correction")
    if said.has("puzzled"):
        return {}
    # "Yes, only after the gym" names no rest; "yes at rest, nothing else" does.
    if asked and said.opening == "yes" and set(found) - {"no"}:
        return {"at_rest": "yes"}
    if "after" in found and not contrast and said.opening != "yes":
        # Lying down after a run is no rest day; unasked, it leaves the question open.
        return {"at_rest": "no"} if asked else {}
    plain = [value for value in found if value != "after"]
    if not plain and asked and said.opening is None:
        plain = said.values("when")
    if len(plain) > 1:
        # "No, it only comes when I sit down": how the answer opens decides; else, and before a "but", the careful one.
        return {"at_rest": said.opening if asked and said.opening in plain and not contrast else "yes"}
    return {"at_rest": plain[0]} if plain else {}


def _lists(slots: Mapping[str, Any], said: Said) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    pairs = [("triggers", "cause"), ("tried", "tried"), ("body_part", "body_part"), ("groups", "group")]
    for slot, entity in pairs[2:] if said.only_asks else pairs:
        values = _places(said) if slot == "body_part" else said.values(entity)
        before = slots.get(slot) if isinstance(slots.get(slot), list) else []
        # Whom the article leaves out is not taken back by a word.
        denied = said.values(entity, "absent") if slot != "groups" else []
        held = [value for value in before or [] if value not in denied]
        replace = slot == "body_part" and values and said.has("correction")
        if values or held != before:
            changes[slot] = values if replace else list(dict.fromkeys([*held, *values]))
    return changes


def _places(said: Said) -> list[Any]:
    """The places that are meant: "my eyelid, no sorry, my calf"."""
    corrected = max((e.get("start", 0) for e in said.entities if e["entity"] == "correction"), default=math.inf)
    after = [e["value"] for e in said.entities if e["entity"] == "body_part" and e.get("start", 0) > corrected]
    return list(dict.fromkeys(after)) or said.values("body_part")


def _medication(said: Said) -> dict[str, Any]:
    if said.only_asks:
        return {}
    if said.has("correction") and said.has("no_medicine"):
        # "I'm on lisinopril, no wait, they took me off it"
        return {"medication": "no"}
    own = [e["value"] for e in said.entities if e["entity"] == "medicine" and e.get("status") == "present"]
    # "Grandad's on statins. I'm not on anything."
    named = [medicine for medicine in own if medicine != ANY_MEDICINE] if said.values("no_medicine") else said.values("medicine")
    if named:
        return {"medication": "yes", "medicine_name": named[0]}
    if said.values("no_medicine") or (said.asked == "medication" and said.values("medicine", "absent")):
        return {"medication": "no"}
    return {}


def _asked_answer(said: Said, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What yes, no, "don't know" and "skip" mean for the open question."""
    asked = said.asked
    if asked is None or asked in changes:
        return {"last_answered": asked} if asked else {}
    if said.has("puzzled"):
        return {}
    if said.intent in _PASS or said.opening == "unsure":
        return {asked: UNKNOWN, "last_answered": asked}
    if asked in ("at_rest", "medication") and said.yes_no:
        return {asked: said.yes_no, "last_answered": asked}
    all_of_them = "all" in said.values("several")
    if asked == "triggers" and (all_of_them or said.yes_no == "no" or _told_freely(said)):
        return {asked: list(NAMED) if all_of_them else [], "last_answered": asked}
    return {}


def _answered_wrongly(slots: Mapping[str, Any], said: Said, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What "sorry, wrong button" takes back where it names nothing: a "none of these" is asked again, another "no" is a yes."""
    last = slots.get("last_answered")
    if "there" not in said.values("restated") or set(changes) - {said.asked, "last_answered"} or last == said.asked:
        return {}
    stays_open = {said.asked or last: None}
    if last == "symptoms" and not slots.get(last):
        return {**stays_open, last: None, "last_answered": None}
    if last in ("at_rest", "medication") and slots.get(last) == "no":
        return {**stays_open, last: "yes"}
    return {}


def _established_at_once(before: Mapping[str, Any], after: Mapping[str, Any], said: Said, known: Knowledge) -> list[str] | None:
    """The signs that a description outside the interview establishes ("five weeks now"), or None: they are acted on in that turn.

    Where nothing is left to ask, the advice tells of them. Of a twitch elsewhere the article says nothing, its time does.
    """
    if not (said.describes or said.intent == ELSEWHERE) or said.asked is not None or next_question(after, known) is None:
        return None
    known_before = established(Case.from_slots(before))
    return [sign for sign in established(Case.from_slots(after)) if sign not in known_before] or None


def _told_freely(said: Said) -> bool:
    """Something was different that the article has no word for: asking again would not bring more."""
    return said.intent in _FREE and not said.values("question")


def acknowledge(slots: Mapping[str, Any], changes: Mapping[str, Any], said: Said, known: Knowledge) -> str:
    """What a correction changed, in short ("calf"), or an empty string.

    Only an answer that replaces an earlier one is acknowledged, and never beside a sign that needs help now.
    """
    if any(known.signs[e["value"]].rank >= Level.urgent for e in said.stated(known)):
        return ""
    for name in ("body_part", *TIMES):
        before, after = slots.get(name), changes.get(name)
        if before and before != UNKNOWN and after and (name != "body_part" or said.values("correction")):
            if name in TIMES and (not isinstance(after, float) or (name == "since" and after < DAY)):
                # "I don't know" is no time, and "only today" no measure.
                continue
            return span(after) if isinstance(after, float) else str(said.first(name)).replace("_", " ")
    return ""
