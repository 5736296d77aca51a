"""The summary for a doctor: what was told is on it, nothing else is, and its FHIR form is valid."""

from __future__ import annotations

from typing import Any

import pytest
from fhir.resources.questionnaireresponse import QuestionnaireResponse

from assistant.knowledge import knowledge
from assistant.triage import Case
from assistant.triage.questionnaire import questionnaire_response
from assistant.triage.summary import Line, Told, as_reply, summarise
from assistant.triage.times import span
from assistant.triage.triage import DAY

NOTHING = Told()
WORDS = "calf jumping since tuesday"


def lines(told: Told = NOTHING, **slots: Any) -> dict[str, Line]:
    return {line.id: line for line in summarise(Case.from_slots(slots), told, knowledge())}


def test_nothing_told_nothing_summed_up() -> None:
    assert lines() == {}
    reply = as_reply((), knowledge(), {})
    assert reply.outcome == "summary"
    assert reply.buttons


def test_all_that_was_told_is_on_it() -> None:
    found = lines(
        Told("sertraline", words={"opening": WORDS, "bout": "about 10 secs"}),
        body_part=["calf"], bout=10.0, since=259200.0, at_rest="no", symptoms=[], medication="yes",
        triggers=["causes.no_warm_up_or_stretch"],
    )  # fmt: skip
    assert found["opening"].answer == WORDS
    assert (found["bout"].value, found["bout"].words) == (10.0, "about 10 secs")
    assert found["since"].value == 259200.0
    assert found["since"].answer == "3 days"
    assert (found["at_rest"].answer, found["at_rest"].value) == ("no", False)
    assert found["medication"].answer == "yes (sertraline)"
    assert found["body_part"].answer == "calf"
    assert {line.answer for name, line in found.items() if name.startswith("asked.")} == {"no"}


def test_unknown_is_not_no() -> None:
    found = lines(Told(words={"opening": WORDS}), symptoms="unknown", at_rest="unknown")
    assert found["at_rest"].value is None
    assert found["at_rest"].answer == "not known"
    assert found["bout"].answer == "not asked"
    assert {line.value for name, line in found.items() if name.startswith("asked.")} == {None}


def test_a_sign_stands_under_its_name_in_the_persons_words() -> None:
    found = lines(Told(words={"opening": WORDS, "dvt": "my calf is red and hot"}), signs=["dvt"], symptoms=["dvt"])
    assert found["sign.dvt"].value is True
    assert found["sign.dvt"].words == "my calf is red and hot"
    assert "asked.swelling" not in found
    assert found["asked.weakness"].value is None


@pytest.mark.parametrize(
    "slots",
    [
        {"symptoms": []},
        {"symptoms": ["dvt"], "signs": ["dvt"], "bout": 5.0, "since": "unknown", "at_rest": "yes"},
        {"bout": 0.5, "medication": "no", "triggers": [], "body_part": ["calf", "eyelid"]},
    ],
)
def test_its_fhir_form_is_valid(slots: dict[str, Any]) -> None:
    told = Told(words={"opening": WORDS, "bout": "a blink", "since": "no idea"})
    made = summarise(Case.from_slots(slots), told, knowledge())
    form = questionnaire_response(made, "2026-01-05T10:00:00+00:00")
    checked = QuestionnaireResponse.parse_obj(form)
    assert len(checked.item) == len(made)
    assert len({item.linkId for item in checked.item}) == len(made)
    assert (form["status"] == "completed") == all(line.value is not None for line in made)
    assert "subject" not in form


@pytest.mark.parametrize(
    ("days", "words"),
    [(3, "3 days"), (7, "7 days"), (14, "2 weeks"), (42, "6 weeks"), (60, "2 months"), (30, "4 weeks"), (90, "3 months")],
)
def test_a_time_is_told_as_people_say_it(days: int, words: str) -> None:
    assert span(days * DAY) == words
