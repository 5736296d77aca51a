"""What keeps a long text from costing many times as much: of too many things in it the first and the last are looked at."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def first_and_last(found: list[T], most: int) -> list[T]:
    """All, or half of `most` from either end where there are more; in their order."""
    half = most // 2
    return found if len(found) <= most else [*found[:half], *found[len(found) - half :]]
