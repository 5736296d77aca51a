"""What a message says is there after all, whatever it said before."""

from __future__ import annotations

import pytest

from assistant.nlu.findings import find


def status(text: str, sign: str = "chest_pain") -> str:
    return next(str(entity["status"]) for entity in find(text) if entity["entity"] == "sign" and entity["value"] == sign)


@pytest.mark.parametrize(
    "text",
    [
        "I said no chest pain but actually I do have it",
        "an hour ago there was no chest pain, now there is",
        "i told you i dont have chest pain. now i do!",
        "Chest pain was a no before. Please change it to yes.",
        "the leaflet says chest pain is bad and thats what i have",
        "rash none, dizziness none, chest pain yes came on at lunch",
        "Had chest pain years ago. It's back.",
        "used to get chest pain in the army, and it has started again today",
        "in 2015 i had chest pain and i have it again now",
    ],
)
def test_it_is_there_after_all(text: str) -> None:
    assert status(text) == "present"


@pytest.mark.parametrize(
    ("text", "judged"),
    [
        # The twitch is back, not what was denied.
        ("no chest pain. the twitch stopped for a week, now it's back", "absent"),
        ("no chest pain. my sister twitches as well, she has it too", "absent"),
        ("no chest pain, meds yes i do", "absent"),
        ("no chest pain, yes i sleep well", "absent"),
        ("no chest pain here, and i dont have it now either", "absent"),
        ("what if i had chest pain and it comes back", "hypothetical"),
        ("had chest pain in 2010, now i do yoga", "past"),
        ("no chest pain, now there is a flutter in my calf", "absent"),
        ("I had chest pain in 2010. It came back negative, all clear.", "past"),
    ],
)
def test_something_else_is_meant(text: str, judged: str) -> None:
    assert status(text) == judged


@pytest.mark.parametrize(
    "text",
    [
        "i wasnt honest, my foot is weak",
        "i said no but yes there is numbness",
        "i lied, i do have swelling in it",
        "no wait, there's swelling in it",
    ],
)
def test_what_is_admitted_is_not_doubted(text: str) -> None:
    (sign,) = [e for e in find(text) if e["entity"] == "sign"]
    assert sign["status"] == "present"
    assert sign["undoubted"]
