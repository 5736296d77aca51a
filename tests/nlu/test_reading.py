"""Reading: normalised words that know where they stand in what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.nlu.findings import find
from assistant.nlu.lexicon import lexicon
from assistant.nlu.reading import MAX_CHARACTERS, Reader

READER = Reader({"idk": "dont know", "can not": "cant", "u": "you"})


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Can't Breathe!", " cant breathe ! "),
        ("can not move", " cant move "),
        ("idk why", " dont know why "),
        ("sooooo weak", " soo weak "),
        ("ＴＷＩＴＣＨ", " twitch "),
        ("café au lait", " cafe au lait "),
        ("2.5 hrs", " 2.5 hrs "),
        ("a\nb", " a \n b "),
        ("", " "),
        ("   ", " "),
        ("🙂", " 🙂 "),
        ("u ok", " you ok "),
    ],
)
def test_normalises(typed: str, text: str) -> None:
    assert READER.read(typed).text == text


def test_words_know_their_place() -> None:
    typed = "Hi, idk. My CALF twitches"
    reading = READER.read(typed)
    start, end = reading.origin(*reading.token_span(reading.text.index("calf"), reading.text.index("calf") + 4))
    assert typed[start:end] == "CALF"


def test_tokens_know_their_place_in_the_text() -> None:
    reading = READER.read("Hi, idk. My CALF twitches")
    start, end = reading.place(6, 8)
    assert reading.text[start : end + 1] == " calf twitches "
    assert reading.token_span(start, end) == (6, 8)


def test_each_token_is_one_word() -> None:
    assert all(len(token.text.split()) <= 1 for token in READER.read("idk can not u\n ok").tokens)


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("twiching", "twitching"),
        ("mussel", "muscle"),
        ("weaknes", "weakness"),
        # A pattern that names a misspelling keeps it from being mended for all the others.
        ("siezure", "seizure"),
        ("swolen", "swollen"),
        ("sucidal", "suicidal"),
        ("overdoze", "overdose"),
        ("calfs", "calfs"),
        ("sertraline", "sertraline"),
    ],
)
def test_mends_spelling(typed: str, mended: str) -> None:
    assert lexicon().reader.read(typed).text.split() == [mended]


def test_what_is_too_long_is_cut() -> None:
    assert len(READER.read("a " * MAX_CHARACTERS).tokens) <= MAX_CHARACTERS


@given(st.text(max_size=200))
def test_any_text_can_be_read(typed: str) -> None:
    for entity in find(typed):
        assert 0 <= entity["start"] <= entity["end"] <= len(typed)
