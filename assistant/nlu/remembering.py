"""What is remembered of single words: the newest, of ordinary length. What is longer than any word would fill the memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, update_wrapper
from typing import ParamSpec, TypeVar, cast

WORDS, LONGEST_WORD = 5_000, 30
P = ParamSpec("P")
T = TypeVar("T")


def of_words(work: Callable[P, T]) -> Callable[P, T]:
    """Remember what a function gives whose last argument is a word."""
    known = cast(Callable[P, T], lru_cache(maxsize=WORDS)(work))

    def ask(*asked: P.args, **named: P.kwargs) -> T:
        ordinary = len(str(asked[-1])) <= LONGEST_WORD
        return known(*asked, **named) if ordinary else work(*asked, **named)

    return update_wrapper(ask, known)
