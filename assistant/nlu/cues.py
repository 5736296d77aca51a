"""Finds ConText's cues among the words of a message: the phrases of content/context.yml.

spaCy's matcher tries each of two thousand patterns at every word, a twentieth of a turn; here a word is looked up as a phrase's first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Cues(Generic[T]):
    """Phrases, each with its rule."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        """Set up.

        Args:
            phrases: as content/context.yml writes them, each with its rule.

        Raises:
            ValueError: if a phrase begins with `!a`: it would have to be looked for at every word.
        """
        self._by_first: dict[str, list[tuple[list[_Word], T]]] = {}
        for phrase, rule in phrases:
            first, *rest = map(_Word.of, phrase.split())
            if first.other:
                raise ValueError(f"context.yml: the phrase {phrase!r} begins with `!`; write a word before it")
            for word in first.words:
                self._by_first.setdefault(word, []).append((rest, rule))

    def find(self, words: list[str]) -> list[tuple[T, int, int]]:
        """Rules with the words that they match, as first and one after the last; of the same words in the order of the rules."""
        return [
            (rule, place, place + 1 + len(rest))
            for place, word in enumerate(words)
            for rest, rule in self._by_first.get(word, ())
            if len(rest) < len(words) - place and all(wanted.fits(words[place + at]) for at, wanted in enumerate(rest, 1))
        ]


class _Word(NamedTuple):
    """One word of a phrase: `a|b` is either, `!a|b` any word but these."""

    words: frozenset[str]
    other: bool

    @classmethod
    def of(cls, written: str) -> _Word:
        return cls(frozenset(written.removeprefix("!").split("|")), written.startswith("!"))

    def fits(self, word: str) -> bool:
        return (word in self.words) != self.other
