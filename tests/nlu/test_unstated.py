"""What is only supposed, or said to be untrue, states nothing, however plain it is; what follows does."""

from __future__ import annotations

import pytest

from assistant.nlu.findings import find
from assistant.nlu.lexicon import lexicon


def statuses(text: str, sign: str = "chest_pain") -> list[str]:
    return [str(entity["status"]) for entity in find(text) if entity["entity"] == "sign" and entity["value"] == sign]


@pytest.mark.parametrize(
    "text",
    [
        "Let's say my chest hurts, is that 999?",
        "hypothetically: i have chest pain on the bike, what then",
        "suppose my wife has chest pain one night",
        "if i told you my chest hurts, what would you reply",
        "it is not true that my chest hurts, my son typed it",
    ],
)
def test_nothing_is_stated(text: str) -> None:
    assert statuses(text) == ["hypothetical"]


@pytest.mark.parametrize(
    "text",
    [
        "let's say it was a hard run, but my chest hurts",
        "in theory i am fit. my chest hurts",
        "i'm not saying it is bad, my chest hurts",
        "it's not that i am unfit, i have chest pain",
        "had a nightmare and woke with chest pain",
        "let's say it how it is: now my chest hurts",
        "i suppose my chest hurts from the bench",
        "would you call an ambulance my chest hurts",
        "you asked about pain my chest hurts a lot",
        "its not that bad my chest hurts a bit",
        "let's say i ran too far, my chest hurts",
    ],
)
def test_what_follows_is(text: str) -> None:
    assert statuses(text) == ["present"]


@pytest.mark.parametrize(
    ("text", "surely"),
    [
        ("can stress give people chest pain", True),
        ("what is meant by chest pain", True),
        ("let's say my chest hurts", True),
        ("how long to ice a numb foot", False),
        ("what loosens a jaw that is locked", False),
        ("can people get this? my chest hurts", False),
    ],
)
def test_what_is_asked_of_anybody(text: str, surely: bool) -> None:
    reading = lexicon().reader.read(text)
    spans = lexicon().context.unstated.read(reading).surely
    assert any(last - first == len(reading.tokens) for first, last in spans) is surely


def test_a_life_at_risk_is_never_only_supposed() -> None:
    assert statuses("let's say i want to kill myself", "suicidal_or_self_harm") == ["present"]


def test_what_begins_like_a_question_and_has_lost_its_subject_tells() -> None:
    assert statuses("is very bad, chest pain in the middle") == ["present"]
    assert statuses("is very bad chest pain a sign of dehydration?") == ["hypothetical"]
    assert statuses("is chest pain a sign of dehydration") == ["hypothetical"]
