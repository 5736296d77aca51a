"""Words are worked out once, and do not fill the memory."""

from __future__ import annotations

from assistant.nlu.reading import Reader
from assistant.nlu.remembering import LONGEST_WORD, WORDS, OfWords


def test_a_word_is_worked_out_once() -> None:
    asked: list[str] = []
    lengths = OfWords(lambda word: asked.append(word) or len(word))
    assert [lengths[word] for word in ("calf", "leg", "calf")] == [4, 3, 4]
    assert asked == ["calf", "leg"]


def test_only_words_of_ordinary_length_are_remembered() -> None:
    reader = Reader({})
    reader.read("calf " + "c" * (LONGEST_WORD + 1))
    assert list(reader.word) == ["calf"]


def test_of_too_many_words_none_fills_the_memory() -> None:
    lengths = OfWords(len)
    assert all(lengths[str(number)] == len(str(number)) for number in range(2 * WORDS))
    assert len(lengths) <= WORDS
