"""Where a message begins to say something, and where it ends to."""

from __future__ import annotations

import pytest

from assistant.nlu.introduction import without_introduction, without_thanks


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("he wont wake up Thank you so much!", "he wont wake up"),
        ("my calf hurts. Thanks in advance x", "my calf hurts."),
        ("thanks for your help, but he is still not breathing", "thanks for your help, but he is still not breathing"),
        ("Thank you so much", "Thank you so much"),
        ("I thank you", "I"),
        ("no thanks needed, my leg is numb", "no thanks needed, my leg is numb"),
    ],
)
def test_closing_thanks_are_left_out(text: str, said: str) -> None:
    assert without_thanks(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello, sorry to bother you. my leg is numb", "my leg is numb"),
        ("34f, 5'6, no meds. my calf jumps", "my calf jumps"),
        ("my calf jumps. hello", "my calf jumps. hello"),
        ("Hello!", "Hello!"),
    ],
)
def test_an_introduction_is_left_out(text: str, said: str) -> None:
    found, start = without_introduction(text)
    assert (found, text[start:]) == (said, said)
