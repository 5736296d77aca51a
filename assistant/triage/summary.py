"""What a person has told, on one page for a doctor: in their own words and as answers. Pure functions over content/summary.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel.lists import format_list

from assistant.knowledge import Knowledge
from assistant.knowledge.reply import Reply, choices
from assistant.triage.times import LOCALE, span
from assistant.triage.triage import UNKNOWN, Case

OPENING = "opening"
NOTHING_YET = ("check_me",)
AFTER_SUMMARY = ("ask_doctor_visit", "ask_when_doctor")

Value = float | bool | str | None


@dataclass(frozen=True)
class Line:
    """One line of the summary.

    `value` is the answer as data: seconds for a time, True or False for yes or no, None where it is not known; `words` are the
    person's own, where there are any.
    """

    id: str
    question: str
    answer: str
    value: Value
    words: str = ""


@dataclass(frozen=True)
class Told:
    """What is known of a person beside the case: the medicine, what they tried, and their own words by slot or sign id."""

    medicine: str = ""
    tried: tuple[str, ...] = ()
    words: Mapping[str, str] | None = None

    def said(self, name: str) -> str:
        """The person's words about a slot or sign, or an empty string."""
        return (self.words or {}).get(name, "")


def summarise(case: Case, told: Told, known: Knowledge) -> tuple[Line, ...]:
    """All lines of the summary, in the order of content/summary.yml, the signs last; none if nothing has been told."""
    if case == Case() and not told.said(OPENING):
        return ()
    answers = {
        OPENING: (told.said(OPENING), told.said(OPENING)) if told.said(OPENING) else None,
        "body_part": _list([part.replace("_", " ") for part in case.body_part], known),
        "bout": _time(case.bout, known),
        "since": _time(case.since, known),
        "at_rest": _yes_no(case.at_rest, known),
        "triggers": _causes(case.triggers, known),
        "medication": _medicine(case.medication, told.medicine, known),
        "tried": _list([known.facts[fact].short for fact in told.tried], known) if told.tried else None,
    }
    lines = []
    for name, question in known.summary.questions.items():
        answer = answers[name]
        if answer is not None:
            words = told.said(name) if name != OPENING and told.said(name) != told.said(OPENING) else ""
            lines.append(Line(name, question, answer[0], answer[1], words))
    return (*lines, *_signs(case, told, known))


def as_reply(lines: tuple[Line, ...], known: Knowledge, attached: dict[str, Any]) -> Reply:
    """The summary as a message; `attached` is what the page makes its printed form of."""
    words = known.summary.texts
    if not lines:
        return Reply(words["nothing_yet"], "summary", buttons=choices(NOTHING_YET, known))
    told = [f"{line.question}: {line.answer}" + (" " + words["quoted"].format(words=line.words) if line.words else "") for line in lines]
    text = "\n".join([words["title"], *told, words["note"]])
    return Reply(text, "summary", buttons=choices(AFTER_SUMMARY, known), attached=attached)


def _signs(case: Case, told: Told, known: Knowledge) -> list[Line]:
    words = known.summary.answers
    asked = case.symptoms if isinstance(case.symptoms, tuple) else ()
    stated = dict.fromkeys([*case.held, *asked])
    lines = []
    for sign in stated:
        name = known.signs[sign].name
        lines.append(Line(f"sign.{sign}", name[0].upper() + name[1:], words["yes"], True, told.said(sign)))
    for name, thing in known.summary.asked.items():
        if stated.keys() & set(thing.signs):
            continue
        if case.symptoms == ():
            lines.append(Line(f"asked.{name}", thing.name, words["no"], False))
        else:
            how = "not_named" if asked else _not_known(case.symptoms)
            lines.append(Line(f"asked.{name}", thing.name, words[how], None))
    return lines


def _not_known(value: Any) -> str:
    return "unknown" if value == UNKNOWN else "not_asked"


def _time(value: float | str | None, known: Knowledge) -> tuple[str, Value]:
    if isinstance(value, float):
        return span(value), value
    return known.summary.answers[_not_known(value)], None


def _yes_no(value: str | None, known: Knowledge) -> tuple[str, Value]:
    if value in ("yes", "no"):
        return known.summary.answers[value], value == "yes"
    return known.summary.answers[_not_known(value)], None


def _causes(value: Any, known: Knowledge) -> tuple[str, Value]:
    if not isinstance(value, tuple):
        return known.summary.answers[_not_known(value)], None
    return _list([known.facts[cause].short for cause in value], known)


def _medicine(value: str | None, name: str, known: Knowledge) -> tuple[str, Value]:
    answer, data = _yes_no(value, known)
    return (f"{answer} ({name})" if data and name else answer), data


def _list(parts: list[str], known: Knowledge) -> tuple[str, Value]:
    text = str(format_list(parts, locale=LOCALE)) if parts else known.summary.answers["none"]
    return text, text if parts else None
