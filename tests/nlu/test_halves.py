"""A sentence that was sent in two messages."""

from __future__ import annotations

import pytest

from assistant.nlu.halves import of_both_halves, with_what_was_told
from tests.conftest import Talk


@pytest.mark.parametrize(
    ("before", "latest", "sign"),
    [
        ("my chest", "hurts badly", "chest_pain"),
        ("and his face", "is hanging on one side", "stroke_face"),
        ("my wee", "looks like cola", "rhabdo"),
        ("left arm", "just went dead", "sudden_weakness_one_side"),
        ("My chest.", "it hurts", "chest_pain"),
    ],
)
def test_two_halves_state_a_sign(before: str, latest: str, sign: str) -> None:
    assert sign in [entity["value"] for entity in of_both_halves(before, latest)]


@pytest.mark.parametrize(
    ("before", "latest"),
    [
        # The first states it by itself, and has been answered.
        ("my chest hurts", "from the bench press"),
        ("my face is drooping", "start again"),
        # Each names a part of what is none together.
        ("and my wee is clear", "dark chocolate helps"),
        ("now i want to", "die of laughter"),
        # No sign, a denied one, one that the latest states by itself, and one for a normal appointment.
        ("my hand", "it twitches too"),
        ("my chest", "does not hurt"),
        ("my chest", "chest pain"),
        ("my calf", "since six weeks"),
        # Whole sentences, and an answer.
        ("my calf twitches after every run I do", "hurts"),
        ("none of these", "chest pain went away"),
    ],
)
def test_other_messages_are_what_they_are(before: str, latest: str) -> None:
    assert of_both_halves(before, latest) == []


def test_the_second_half_gets_help_in_the_interview(talk: Talk) -> None:
    for text in ("my calf twitches after running", "no", "my chest"):
        talk.say(text)
    assert talk.say("it hurts")[0]["data"]["level"] == "emergency"


@pytest.mark.parametrize(
    ("told", "latest", "sign"),
    [
        ("pregnant_twitch", "banging headache and seeing stars all morning", "eclampsia_pregnancy"),
        ("pregnant_twitch", "my hands are swollen", "eclampsia_pregnancy"),
        ("statin", "my thighs ache a lot", "statin_muscle"),
        ("pregnant_twitch", "no headache", None),
        ("pregnant_twitch", "my calf twitches", None),
        ("under_16", "a bad headache", None),
    ],
)
def test_what_was_told_is_read_with_what_comes_later(told: str, latest: str, sign: str | None) -> None:
    assert [entity["value"] for entity in with_what_was_told([told], latest)] == ([sign] if sign else [])


def test_a_pregnancy_told_of_before_makes_a_headache_an_emergency(talk: Talk) -> None:
    talk.say("im 34 weeks gone and did prenatal yoga, calf twitching")
    talk.say("none of these")
    assert talk.say("banging headache and seeing stars all morning")[0]["data"]["level"] == "emergency"
