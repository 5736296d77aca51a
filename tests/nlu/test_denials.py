"""Where denials end: a sign after them is there, a sign among them is not."""

from __future__ import annotations

import pytest

from assistant.nlu.context import HOLDS
from assistant.nlu.findings import find


def status(message: str, sign: str) -> str:
    """The status that a message gives a sign, by patterns and context alone."""
    return next(str(entity["status"]) for entity in find(message) if entity["value"] == sign)


@pytest.mark.parametrize(
    ("message", "sign"),
    [
        ("no cough, no earache, chest pain", "chest_pain"),
        ("no cough, no temperature, slept fine, fainted in the shower", "collapse_unconscious"),
        ("no tablets, no allergies, brown urine", "rhabdo"),
        ("none of those, passed out", "collapse_unconscious"),
        ("nothing else, chest pain", "chest_pain"),
        ("no cramp, collapsed on the stairs", "collapse_unconscious"),
        ("no cramp - had a seizure", "seizure"),
        ("no rash, brown urine though", "rhabdo"),
        ("cough no, chest pain yes", "chest_pain"),
        ("no rash, throat closing", "lockjaw_swallow"),
        ("no cough, no rash, chest pain, should i wait or call someone", "chest_pain"),
        ("she doesnt believe i have chest pain", "chest_pain"),
        ("had a seizure the day after the race", "seizure"),
        ("passed out as soon as i stood up", "collapse_unconscious"),
        ("no cough, suicidal", "suicidal_or_self_harm"),
        ("ive never had a seizure until today", "seizure"),
        ("I have never seen her so confused", "confusion_drowsy"),
        ("it isnt heartburn, its chest pain", "chest_pain"),
        (
            "no weakness at all in the leg that jumped after I ran right round the lake on Sunday, but chest pain",
            "chest_pain",
        ),
    ],
)
def test_a_sign_after_denials_is_there(message: str, sign: str) -> None:
    assert status(message, sign) in HOLDS


@pytest.mark.parametrize(
    ("message", "sign"),
    [
        ("no cough, temperature or chest pain", "chest_pain"),
        ("no cough, no temperature, chest pain or fainting", "chest_pain"),
        ("no cough, no chest pain", "chest_pain"),
        ("no weakness, numbness, slurring", "numbness_sensory"),
        ("never fainted, collapsed or had a seizure", "seizure"),
        ("none of these, no fainting either", "collapse_unconscious"),
        ("never had a seizure", "seizure"),
        ("never had a seizure but today my calf wont stop", "seizure"),
        ("no post-exercise chest pain", "chest_pain"),
        ("no weakness/numbness", "numbness_sensory"),
        ("no cough, chest pain or fainting though", "chest_pain"),
        ("never fainted in my life, my calf twitches today", "collapse_unconscious"),
        ("no rash, chest pain, nothing", "chest_pain"),
    ],
)
def test_a_sign_among_denials_is_not(message: str, sign: str) -> None:
    assert status(message, sign) == "absent"


def test_a_span_inside_another_overlaps_with_it() -> None:
    # As medSpaCy has it, it does not, and "but" ends nothing in a long sentence.
    find("no chest pain")
    from medspacy.context import context_modifier

    assert context_modifier.tuple_overlaps((2, 6), (0, 7))
    assert context_modifier.tuple_overlaps((0, 7), (2, 6))
    assert not context_modifier.tuple_overlaps((2, 6), (6, 7))
