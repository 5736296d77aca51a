"""Finds ConText's cues among the words of a message: the phrases of content/context.yml.

spaCy's matcher tries each of two thousand patterns at every word, a twentieth of a turn; here a word and the next are looked up as a
phrase's first two.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
# No word of a message.
OTHER = ""


class Cues(Generic[T]):
    """Phrases, each with its rule."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        """Set up.

        Args:
            phrases: as content/context.yml writes them, each with its rule.

        Raises:
            ValueError: if a phrase begins with `!a`: it would have to be looked for at every word.
        """
        by_first: dict[str, list[_Begun[T]]] = {}
        for phrase, rule in phrases:
            first, *rest = map(_Word.of, phrase.split())
            if first.other:
                raise ValueError(f"context.yml: the phrase {phrase!r} begins with `!`; write a word before it")
            for word in first.words:
                by_first.setdefault(word, []).append((rest, rule))
        self._by_first = {word: _by_second(begun) for word, begun in by_first.items()}

    def find(self, words: list[str]) -> list[tuple[T, int, int]]:
        """Rules with the words that they match, as first and one after the last; of the same words in the order of the rules."""
        return [
            (rule, place, place + 1 + len(rest))
            for place, word in enumerate(words)
            if word in self._by_first
            for rest, rule in self._begun(word, words[place + 1 : place + 2])
            if len(rest) < len(words) - place and all(wanted.fits(words[place + at]) for at, wanted in enumerate(rest, 1))
        ]

    def _begun(self, word: str, following: list[str]) -> list[_Begun[T]]:
        """The phrases that may begin here."""
        by_second = self._by_first[word]
        return by_second.get(following[0] if following else OTHER, by_second[OTHER])


def _by_second(begun: list[_Begun[T]]) -> dict[str, list[_Begun[T]]]:
    """Of phrases with the same first word those that may go on with each word that one of them names, and, at OTHER, with any other."""
    named = {word for rest, _ in begun for second in rest[:1] for word in second.words}
    return {word: [(rest, rule) for rest, rule in begun if not rest or rest[0].fits(word)] for word in (*named, OTHER)}


class _Word(NamedTuple):
    """One word of a phrase: `a|b` is either, `!a|b` any word but these."""

    words: frozenset[str]
    other: bool

    @classmethod
    def of(cls, written: str) -> _Word:
        return cls(frozenset(written.removeprefix("!").split("|")), written.startswith("!"))

    def fits(self, word: str) -> bool:
        return (word in self.words) != self.other


# The rest of a phrase whose first word is there, and its rule.
_Begun = tuple[list[_Word], T]
