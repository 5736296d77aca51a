"""The interview's result in words: why, what to do now, how to keep it away. Pure functions over content/advice.yml."""

from __future__ import annotations

from babel.lists import format_list

from assistant.knowledge import Knowledge, Level
from assistant.knowledge.answers import name_sources
from assistant.knowledge.reply import Reply, choices
from assistant.triage.times import LOCALE, span
from assistant.triage.triage import A_FEW_MINUTES, DAY, TWO_WEEKS, Case, Result, established, triage

RELIEF = ("relief.massage", "relief.stretch", "relief.rest", "relief.warm_bath")
# What is told of prevention when no cause was named.
PREVENTION = (
    "prevention.warm_up",
    "prevention.water_before",
    "prevention.limit_caffeine_before",
    "prevention.gradual_changes",
)
AFTER_SELF_CARE = ("ask_causes", "ask_prevention", "ask_when_doctor", "summary")
AFTER_REFERRAL = ("summary", "ask_doctor_visit", "ask_relief", "ask_causes")
# Who needs help today is not offered how to ease it.
AFTER_URGENT = ("summary", "ask_doctor_visit", "start_again")


def advise(
    case: Case, result: Result, known: Knowledge, tried: tuple[str, ...] = (), withhold: frozenset[str] = frozenset()
) -> list[Reply]:
    """What to say when the interview is over.

    Args:
        case: the findings, for the reasons.
        result: what `triage` made of them.
        known: the content.
        tried: relief facts that the person has tried already.
        withhold: facts not to be offered to this person.

    Returns:
        The replies in order; the last bears the level.
    """
    if result.level >= Level.urgent:
        return [_referral(result.level.name, case, result, known)]
    relief = [fact for fact in RELIEF if fact not in tried and fact not in withhold]
    if result.level == Level.see_doctor:
        return [_referral("see_doctor", case, result, known, relief[:2])]
    return [
        _verdict(case, result, known),
        _why(case, known),
        _later(case, known, withhold),
        _now(case, result, known, relief, tried),
    ]


def unchanged(result: Result, gone: bool, known: Knowledge) -> Reply:
    """What was told after the advice changes nothing in it.

    Args:
        result: the one that was told.
        gone: whether what was told is that the twitch is gone.
        known: the content.
    """
    buttons = choices(("summary", "start_again"), known)
    text = known.advice.texts["gone" if gone else "unchanged"]
    return Reply(text, result.level.name, result.level, (), result.signs, buttons=buttons)


def refer(signs: tuple[str, ...], level: Level, case: Case, known: Knowledge) -> Reply:
    """A referral for signs just stated, before or outside the interview."""
    return _referral(level.name, case, Result(level, signs, ()), known)


def help_first(case: Case, known: Knowledge) -> Reply | None:
    """What is said in the place of an answer that eases or reassures, to someone who needs help today; else None.

    A calf that is swollen, hot and red must not be rubbed.
    """
    result = triage(case, known)
    if result.level < Level.urgent:
        return None
    signs = _deciding(result, known)
    text = known.advice.texts[f"help_first_{result.level.name}"].format(names=_list([known.signs[sign].name for sign in signs]))
    return Reply(text, result.level.name, result.level, (), signs, buttons=choices(AFTER_URGENT, known))


def in_case(signs: tuple[str, ...], known: Knowledge) -> Reply:
    """What to do if signs that were mentioned are there after all; the turn's answer follows."""
    level = max(known.signs[sign].rank for sign in signs)
    names = _list([known.signs[sign].name for sign in signs])
    return Reply(known.advice.texts[f"in_case_{level.name}"].format(names=names), "interview", signs=signs)


def _deciding(result: Result, known: Knowledge) -> tuple[str, ...]:
    """The signs of the result's own level."""
    return tuple(sign for sign in result.signs if known.signs[sign].rank == result.level)


def _referral(name: str, case: Case, result: Result, known: Knowledge, relief: list[str] | None = None) -> Reply:
    words = known.advice.texts
    signs = _deciding(result, known)
    reasons = [_reason(sign, case, known) for sign in (result.signs if result.level < Level.urgent else signs)]
    parts = [words[name].format(reasons=_list(reasons), source=name_sources(signs, known))]
    if "suspected_medicine" in result.signs:
        parts.append(words["medicine"])
    facts = [fact for sign in signs for fact in known.signs[sign].facts]
    if relief:
        text, told = known.tell(words["until_then"].format(relief=" ".join("{" + fact + "}" for fact in relief)))
        parts.append(text)
        facts += told
    buttons = choices(AFTER_URGENT if result.level >= Level.urgent else AFTER_REFERRAL, known)
    return Reply(" ".join(parts), name, result.level, tuple(dict.fromkeys(facts)), result.signs, buttons=buttons)


def _reason(sign: str, case: Case, known: Knowledge) -> str:
    """Why this sign is there: by the answer that established it, else as the person stated it."""
    if sign not in established(case):
        return known.advice.reasons["guessed" if sign in case.guessed else "stated"].format(name=known.signs[sign].name)
    if sign == "long_single_bout" and isinstance(case.bout, float) and case.bout >= DAY:
        return known.advice.reasons["unbroken"]
    times = {"bout": case.bout, "since": case.since}
    return known.advice.reasons[sign].format(**{name: span(value) for name, value in times.items() if isinstance(value, float)})


def _verdict(case: Case, result: Result, known: Knowledge) -> Reply:
    words, because = known.advice.reasons, []
    if isinstance(case.bout, float) and case.bout <= A_FEW_MINUTES:
        because.append(words["short_bout"])
    if case.at_rest == "no":
        because.append(words["only_after_exercise"])
    if isinstance(case.since, float) and case.since <= TWO_WEEKS:
        because.append(words["short_time"])
    if case.symptoms == ():
        because.append(words["no_symptoms"])
    name = "self_care" if because and not result.unknown else "self_care_unknown"
    # The reasons go in first: facts' marks stay marks until then.
    text, facts = known.tell(known.advice.texts[name].replace("{reasons}", _list(because)))
    return Reply(text, "self_care", Level.self_care, tuple(facts), result.signs)


def _why(case: Case, known: Knowledge) -> Reply:
    causes = [cause for cause in case.triggers if cause in known.facts] if isinstance(case.triggers, tuple) else []
    words = known.advice.texts
    text, facts = known.tell(
        words["why_me"].replace("{causes}", _list([known.facts[cause].because for cause in causes])) if causes else words["why_general"]
    )
    return Reply(text, "causes", facts=tuple(dict.fromkeys([*facts, *causes])))


def _later(case: Case, known: Knowledge, withhold: frozenset[str]) -> Reply:
    causes = [cause for cause in case.triggers if cause in known.facts] if isinstance(case.triggers, tuple) else []
    wanted = [fact for cause in causes for fact in known.facts[cause].prevented_by] or list(PREVENTION)
    facts = [fact for fact in dict.fromkeys(wanted) if fact not in withhold] or ["prevention.warm_up"]
    text = known.advice.texts["later"].replace("{prevention}", known.say_facts(facts))
    return Reply(text, "prevention", facts=tuple(facts))


def _now(case: Case, result: Result, known: Knowledge, relief: list[str], tried: tuple[str, ...]) -> Reply:
    words, parts = known.advice.texts, []
    if tried:
        parts.append(words["tried"].replace("{tried}", _list([known.facts[fact].short for fact in tried])))
    marks = " ".join("{" + fact + "}" for fact in relief)
    parts.append(words["now"].replace("{relief}", marks) if relief else words["nothing_left"])
    if case.places > 1:
        parts.append(words["several_places"])
    if result.unknown:
        open_questions = _list([known.advice.reasons[f"open_{name}"] for name in result.unknown])
        parts.append(words["get_help_unknown"].replace("{unknown}", open_questions))
    else:
        parts.append(words["get_help"])
    text, facts = known.tell(" ".join(parts))
    sources = ("NHS_TWITCH",)
    return Reply(text, "self_care", Level.self_care, tuple(facts), result.signs, sources, choices(AFTER_SELF_CARE, known))


def _list(parts: list[str]) -> str:
    return format_list(parts, locale=LOCALE) if parts else ""
