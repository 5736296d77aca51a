"""Mends typing errors towards the project's own words, and leaves every real English word alone."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterable
from functools import lru_cache

from symspellpy import SymSpell, Verbosity

from assistant.nlu.remembering import OfWords

# Shorter words have too many neighbours: "leg" is one letter from "keg", "let" and "led".
_SHORTEST = 4
_LONG = 8
# So short a word is not mended, but may be another one; so may an English word that is as rare as this in symspellpy's texts ("hest").
_SHORT, _RARE = 3, 100_000
# One that is up to so frequent may be another one only if that makes a phrase of an emergency: "out cod".
_COMMON = 20_000_000
# So many other words are looked at.
_OTHERS = 8
# Endings of the same word: who writes "attacks" does not mean "attack".
_ENDINGS = ("es", "ed", "s", "d")


@lru_cache(maxsize=1)
def english() -> dict[str, int]:
    """The English words that symspellpy ships, to know what is not a typing error, and how often each stands in its texts."""
    file = importlib.resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    lines = (line.rsplit(" ", 1) for line in file.read_text("utf-8-sig").splitlines())
    return {word.replace("'", ""): int(count) for word, count in lines}


class Spelling:
    """Mends one word at a time; a word that is known, short or far from all known words stays as it is."""

    def __init__(self, words: Iterable[str], pressing: Iterable[str] = (), phrases: Iterable[tuple[str, str]] = ()) -> None:
        """Set up.

        Args:
            words: the words that patterns look for; the only ones that a word is mended to.
            pressing: those of them that it is worth to look for in the place of another.
            phrases: pairs of words, one after the other, so pressing that a frequent word may be a typing error of one.
        """
        self._pressing = frozenset(pressing)
        self._phrases = frozenset(phrases)
        self._own = frozenset(word for word in words if word.isalpha())
        self._index = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        # Sorted: of two words equally near the same one is taken in every process.
        for word in sorted(self._own):
            self._index.create_dictionary_entry(word, 1)
        # What a word is mended to, and what else it may be, both ask.
        self._nearest = OfWords(self._find_nearest)
        self._one_error_away = OfWords(self._find_one_error_away)

    def __call__(self, word: str) -> str:
        """The word that was meant, or the word itself."""
        if len(word) < _SHORTEST or word in self._own or word in english() or not word.isascii():
            return word
        near = self._nearest[word]
        return near[0] if near and len(near[0]) >= _SHORTEST - 1 else word

    def others(self, before: str, word: str, after: str) -> list[str]:
        """Which other words may have been meant as well: "fiit" is mended to "hiit", and may be "fit".

        Args:
            before: the word before it, or nothing.
            word: in small letters, as typed.
            after: the word after it, or nothing.
        """
        often = english().get(word, 0)
        if len(word) < _SHORT or word in self._own or not word.isascii() or often > _COMMON:
            return []
        near = [other for other in self._nearest[word] if other in self._pressing][:_OTHERS] if often <= _RARE else []
        near += [other for other in self._one_error_away[word] if {(before, other), (other, after)} & self._phrases]
        mended = self(word)
        return [other for other in dict.fromkeys(near) if other != mended]

    def across(self, first: str, second: str) -> list[str]:
        """Which two words may have been meant if the space between two slipped: "num bdown"."""
        if all(english().get(word, 0) > _RARE for word in (first, second)):
            return []
        slipped = ((first + second[:1], second[1:]), (first[:-1], first[-1:] + second))
        return [" ".join(pair) for pair in slipped if pair in self._phrases or all(map(self._is_pressing, pair))]

    def _is_pressing(self, word: str) -> bool:
        # One letter is no word: nearly any two words could be told so.
        return len(word) > 1 and word in self._pressing

    def _find_one_error_away(self, word: str) -> tuple[str, ...]:
        """The pressing words with one error between, but for another form of the same word."""
        near = (str(found.term) for found in self._index.lookup(word, Verbosity.ALL, max_edit_distance=1))
        return tuple(other for other in near if other in self._pressing and not _same(word, other))

    def _find_nearest(self, word: str) -> tuple[str, ...]:
        """The own words with the fewest errors between, if they are few enough."""
        distance = 2 if len(word) >= _LONG else 1
        return tuple(str(found.term) for found in self._index.lookup(word, Verbosity.CLOSEST, max_edit_distance=distance))


def _same(word: str, other: str) -> bool:
    """Whether two words are one in two forms."""
    return bool({word, *_stems(word)} & {other, *_stems(other)})


def _stems(word: str) -> list[str]:
    return [word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending)]
