"""What is remembered of single words: a few thousand, of ordinary length. What is longer than any word would fill the memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

WORDS, LONGEST_WORD = 5_000, 30
T = TypeVar("T")


class OfWords(dict[str, T]):
    """What a function gives for each word: a dictionary, since a turn asks hundreds of times and a call costs eight times as much."""

    def __init__(self, work: Callable[[str], T]) -> None:
        """Set up.

        Args:
            work: asked once for each word that is remembered.
        """
        super().__init__()
        self._work = work

    def __missing__(self, word: str) -> T:
        """Work it out; when there are too many all are forgotten, which threads may do beside each other."""
        found = self._work(word)
        if len(word) <= LONGEST_WORD:
            if len(self) >= WORDS:
                self.clear()
            self[word] = found
        return found
