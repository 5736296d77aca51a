"""Answers as people put them, by patterns and the interview alone: what each fills, with its question open."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.knowledge import knowledge
from assistant.nlu.findings import find
from assistant.triage import Said, collect

M, H, D = 60.0, 3600.0, 86400.0


def filled(question: str, answer: str) -> Any:
    """What the open question's slot holds after an answer of no clear intent; None if it stays open."""
    return collect({}, Said("inform", tuple(find(answer)), question), knowledge()).get(question)


@pytest.mark.parametrize(
    ("answer", "sign"),
    [
        ("no, but my fingers are clumsy", "progressive_weakness"),
        ("nothing, only i keep tripping", "progressive_weakness"),
        ("shivery", "fever_unwell_muscle"),
        ("its puffy", "dvt"),
        ("one ankle is thicker", "dvt"),
        ("8 out of 10 pain", "rhabdo"),
        ("dark wee", "rhabdo"),
    ],
)
def test_what_comes_with_it(answer: str, sign: str) -> None:
    assert filled("symptoms", answer) == [sign]


@pytest.mark.parametrize(
    "answer",
    [
        "no wait, three weeks not days",
        "it keeps coming back every week",
        "my eyelid has done it for 4 months",
        "no sorry i meant the forearm",
        "been lifting for like 5 months now, happy with it",
        "since 6 weeks",
    ],
)
def test_what_says_nothing_of_symptoms_denies_none(answer: str) -> None:
    assert filled("symptoms", answer) is None


@pytest.mark.parametrize("answer", ["nope", "she has nothing", "none of that", "bit of pain", "2 out of 10", "he says nothing else"])
def test_nothing_comes_with_it(answer: str) -> None:
    assert filled("symptoms", answer) == []


@pytest.mark.parametrize(
    ("answer", "at_rest"),
    [
        ("on rest days i never notice it, do foam rollers help?", "no"),
        ("at rest it doesnt happen", "no"),
        ("yes at rest, nothing else", "yes"),
        ("yes, only after the gym", "no"),
        ("on rest days nothing changes, it goes on", "yes"),
        ("in bed there is nothing i can do to stop it", "yes"),
        ("in bed it never stops", "yes"),
        ("on my days off it still twitches", "yes"),
        ("only after swimming, but on the sofa as well", "yes"),
        ("no, well, sometimes at night too", "yes"),
        ("at other times too", "yes"),
        ("in the evenings", "yes"),
        ("most evenings", "yes"),
        ("when i sit down after training", "no"),
        ("after the match in bed", "no"),
        ("mostly after rowing", "yes"),
        ("after spin class", "no"),
        ("off days never", "no"),
    ],
)
def test_rest(answer: str, at_rest: str | None) -> None:
    assert filled("at_rest", answer) == at_rest


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [("two hours with breaks", None), ("comes and goes all day", None), ("each is 3 secs, on and off for an hour", 3.0)],
)
def test_how_long_one_lasts(answer: str, seconds: float | None) -> None:
    assert filled("bout", answer) == seconds


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [("a week", 7 * D), ("month", 30 * D), ("some days", 3 * D), ("3 weeks, no, 3 days", 3 * D), ("15 secs", None), ("last week", 7 * D)],
)
def test_since_when(answer: str, seconds: float | None) -> None:
    assert filled("since", answer) == seconds


@pytest.mark.parametrize("answer", ["only my inhaler", "no, just an inhaler", "pills for my heart", "the blood pressure ones"])
def test_a_medicine_named_after_a_no_is_one(answer: str) -> None:
    assert filled("medication", answer) == "yes"


def test_a_polite_no_is_a_no() -> None:
    assert filled("medication", "no sorry i dont take any") == "no"
