"""Mends typing errors towards the project's own words, and leaves every real English word alone."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterable
from functools import lru_cache

from symspellpy import SymSpell, Verbosity

# Shorter words have too many neighbours: "leg" is one letter from "keg", "let" and "led".
_SHORTEST = 4
_LONG = 8
# So short a word is not mended, but may be another one; so may an English word that is as rare as this in symspellpy's texts ("hest").
_SHORT, _RARE = 3, 100_000
# So many other words are looked at.
_OTHERS = 8


@lru_cache(maxsize=1)
def english() -> dict[str, int]:
    """The English words that symspellpy ships, to know what is not a typing error, and how often each stands in its texts."""
    file = importlib.resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    lines = (line.rsplit(" ", 1) for line in file.read_text("utf-8-sig").splitlines())
    return {word.replace("'", ""): int(count) for word, count in lines}


class Spelling:
    """Mends one word at a time; a word that is known, short or far from all known words stays as it is."""

    def __init__(self, words: Iterable[str], pressing: Iterable[str] = ()) -> None:
        """Set up.

        Args:
            words: the words that patterns look for; the only ones that a word is mended to.
            pressing: those of them that it is worth to look for in the place of another.
        """
        self._pressing = frozenset(pressing)
        self._own = frozenset(word for word in words if word.isalpha())
        self._index = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        # Sorted: of two words equally near the same one is taken in every process.
        for word in sorted(self._own):
            self._index.create_dictionary_entry(word, 1)

    def __call__(self, word: str) -> str:
        """The word that was meant, or the word itself."""
        if len(word) < _SHORTEST or word in self._own or word in english() or not word.isascii():
            return word
        near = self._nearest(word)
        return near[0] if near and len(near[0]) >= _SHORTEST - 1 else word

    def others(self, word: str) -> list[str]:
        """Which other words may have been meant as well: "fiit" is mended to "hiit", and may be "fit"."""
        if len(word) < _SHORT or word in self._own or not word.isascii() or english().get(word, 0) > _RARE:
            return []
        mended = self(word)
        return [other for other in self._nearest(word) if other in self._pressing and other != mended][:_OTHERS]

    def _nearest(self, word: str) -> list[str]:
        """The own words with the fewest errors between, if they are few enough."""
        distance = 2 if len(word) >= _LONG else 1
        return [str(found.term) for found in self._index.lookup(word, Verbosity.CLOSEST, max_edit_distance=distance)]
