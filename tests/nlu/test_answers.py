"""Answers as people put them, by patterns and the interview alone: what each fills, with its question open."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.knowledge import knowledge
from assistant.nlu.findings import find
from assistant.triage import Said, collect

M, H, D = 60.0, 3600.0, 86400.0


def heard(answer: str, question: str | None) -> Said:
    """An answer of no clear intent, as the patterns read it."""
    return Said("inform", tuple(find(answer)), question)


def filled(question: str, answer: str) -> Any:
    """What the open question's slot holds after it; None if it stays open."""
    return collect({}, heard(answer, question), knowledge()).get(question)


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
        ("in bed after rowing", "no"),
        ("when i sit down after my round", "no"),
        ("when i'm sat on sofa now tho yes", "yes"),
        ("No, only after exercise. Hmm, wait, yesterday I did no class and it did it a bit", "yes"),
        ("i dont understand rest day", None),
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
        ("on rest days nothing at all", "no"),
        ("first it was only after spin, now on my days off as well", "yes"),
        ("whether i train or not", "yes"),
        ("i dont exercise, i told you", "yes"),
        ("when i dont exercise it is quiet", "no"),
        ("its fine on days without gym", "no"),
        ("on the day without football is quiet", "no"),
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


@pytest.mark.parametrize(
    ("answer", "medication"),
    [
        ("i do take hay fever pills from the shop", "no"),
        ("one tablet of cetirizine for allergy", "no"),
        ("cetirizine and lisinopril", "yes"),
        ("I'm on lisinopril, no wait, they took me off that in the spring", "no"),
    ],
)
def test_what_a_chemist_sells_or_was_stopped_is_no_prescribed_medicine(answer: str, medication: str) -> None:
    assert filled("medication", answer) == medication


def test_a_place_is_the_one_after_the_correction() -> None:
    assert collect({}, heard("My eyelid no sorry my calf", None), knowledge())["body_part"] == ["calf"]
    assert collect({}, heard("oops fat finger, i meant none of these", "symptoms"), knowledge()).get("body_part") is None


def test_off_is_neither_nothing_nor_a_sign() -> None:
    assert filled("symptoms", "not really, well i feel a bit off") is None
    assert filled("symptoms", "not really") == []


def test_nothing_that_was_always_so_comes_with_the_twitch() -> None:
    told = "No weakness, no numbness. My ankles are a tiny bit puffy in hot weather but they always have been for twenty years."
    changes = collect({}, heard(told, "symptoms"), knowledge())
    assert (changes["symptoms"], changes.get("signs"), changes.get("since")) == ([], None, None)


def test_a_spell_is_no_longer_than_all_of_it() -> None:
    assert collect({"bout": 86400.0}, heard("only started an hour ago", "since"), knowledge())["bout"] == 3600.0


def test_a_day_named_in_passing_is_no_new_beginning() -> None:
    assert "since" not in collect({"since": 259200.0}, heard("on sunday i am taking rest", "at_rest"), knowledge())
    assert collect({"since": 259200.0}, heard("its been on and off for 3 weeks", "at_rest"), knowledge())["since"] == 21 * 86400.0


def test_a_swelling_that_is_denied_is_taken_back() -> None:
    held = {"signs": ["dvt"], "symptoms": ["dvt"]}
    assert collect(held, heard("no wait, it is not swollen", None), knowledge())["signs"] == []
