"""Safety signs: every example in content/signs.yml is caught, its look-alikes are not; and what decides whether one counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assistant.knowledge import Level, Sign, knowledge
from assistant.nlu.findings import find
from assistant.triage import counts
from tests.conftest import Run

SIGNS = [sign for sign in knowledge().signs.values() if sign.said]
# Of the look-alikes, which also train the second look, so many may still be taken for something.
MOST_FALSE_ALARMS = 0.06
LEFT_TO_INTERVIEW = 0.6
# Of a sign's examples: some are at the edge of what can be told from a harmless remark.
MOST_MISSED = {Level.emergency: 0.05, Level.urgent: 0.15}

Understand = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def understand(agent: Any, run: Run) -> Understand:
    """The trained model's entities for a message."""
    return lambda text: list(run(agent.parse_message(text))["entities"])


def level(entities: list[dict[str, Any]]) -> Level:
    """The highest level that counts."""
    known = knowledge()
    return max((known.signs[e["value"]].rank for e in entities if e["entity"] == "sign" and counts(e, known)), default=Level.self_care)


def statuses(text: str) -> dict[str, str]:
    """What the patterns find, each sign with its status."""
    return {entity["value"]: entity["status"] for entity in find(text) if entity["entity"] == "sign"}


@pytest.mark.parametrize("sign", [sign for sign in SIGNS if sign.examples], ids=lambda sign: sign.id)
def test_examples_are_caught(sign: Sign, understand: Understand) -> None:
    wanted = min(sign.rank, Level.emergency)
    missed = [text for text in sign.examples if level(understand(text)) < wanted]
    # For what an appointment is enough for, the interview asks too.
    most = MOST_MISSED.get(sign.rank, LEFT_TO_INTERVIEW)
    assert len(missed) <= max(1, most * len(sign.examples)), missed


def test_harmless_messages_raise_no_alarm(understand: Understand) -> None:
    texts = knowledge().harmless
    alarms = [text for text in texts if level(understand(text)) >= Level.urgent]
    assert len(alarms) <= MOST_FALSE_ALARMS * len(texts), alarms


def test_look_alikes_raise_no_alarm(understand: Understand) -> None:
    texts = [text for sign in SIGNS for text in sign.not_this]
    alarms = [text for text in texts if level(understand(text)) >= Level.urgent]
    assert len(alarms) <= MOST_FALSE_ALARMS * len(texts), alarms


def test_every_emergency_has_examples_and_look_alikes() -> None:
    thin = {s.id for s in SIGNS if s.rank == Level.emergency and (len(s.examples) < 12 or len(s.not_this) < 8)}
    assert not thin


@pytest.mark.parametrize(
    ("text", "sign", "status"),
    [
        # stated
        ("i have chest pain", "chest_pain", "present"),
        ("my calf is twitching and my chest hurts", "chest_pain", "present"),
        ("fit, no meds, sleep well, eat well. since today my pee looks like cola", "rhabdo", "present"),
        ("weird but my face has dropped on one side", "stroke_face", "present"),
        # worded with a negation
        ("i can't breathe", "breathing_trouble", "present"),
        ("cannot move my left arm", "sudden_weakness_one_side", "present"),
        ("he wont wake up", "confusion_drowsy", "other_person"),
        ("there is no strength in my left arm all of a sudden", "sudden_weakness_one_side", "present"),
        # denied
        ("no chest pain", "chest_pain", "absent"),
        ("i dont have any chest pain", "chest_pain", "absent"),
        ("no numbness, no chest pain, no dark urine", "chest_pain", "absent"),
        ("chest pain: no", "chest_pain", "absent"),
        ("without chest pain", "chest_pain", "absent"),
        # denied, then stated
        ("no numbness but chest pain", "chest_pain", "present"),
        ("no dizziness, my chest hurts though", "chest_pain", "present"),
        # imagined or asked
        ("what if i get chest pain", "chest_pain", "hypothetical"),
        ("can dehydration cause chest pain", "chest_pain", "hypothetical"),
        ("is chest pain a sign of something", "chest_pain", "hypothetical"),
        ("i worry about getting chest pain", "chest_pain", "hypothetical"),
        # long ago
        ("had chest pain in 2015", "chest_pain", "past"),
        ("used to have chest pain", "chest_pain", "past"),
        # another person, here and now
        ("my dad has chest pain", "chest_pain", "other_person"),
        # denied of oneself, and there in another person
        ("no chest pain but my dad has it now", "chest_pain", "other_person"),
        ("i dont have chest pain, its my husband who does", "chest_pain", "other_person"),
        ("chest pain? no, my mum has it", "chest_pain", "other_person"),
        ("no chest pain, my dad has arthritis", "chest_pain", "absent"),
        # denied after it
        ("chest tightness? not even a hint", "chest_pain", "absent"),
        ("chest pain? not even sure", "chest_pain", "present"),
        ("chest pain no, dark pee no, passing out no", "collapse_unconscious", "absent"),
        ("fever no, chest pain", "chest_pain", "present"),
        ("chest pain, fever no", "chest_pain", "present"),
        ("i cant breathe no, please", "breathing_trouble", "present"),
        ("my chest hurts no, my arm", "chest_pain", "present"),
        ("chest pain? not me, its my dad", "chest_pain", "present"),
    ],
)
def test_status(text: str, sign: str, status: str) -> None:
    assert statuses(text).get(sign) == status


@pytest.mark.parametrize(
    "text",
    [
        "leg day killed me",
        "my chest muscle is twitching",
        "im dying of thirst lol",
        "my legs are like jelly after squats",
        "confused about how much water to drink",
        "that hill was a killer",
        "i crushed it today",
        "my pee is dark yellow",
    ],
)
def test_idioms_and_harmless_neighbours(text: str) -> None:
    assert level(find(text)) < Level.urgent
