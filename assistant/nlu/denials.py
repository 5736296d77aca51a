"""Where a list of denials ends: "no fever, no rash, chest pain", "none of these, passed out", "no cramps, brown pee though".

ConText's cue "no" reaches over commas, since people write "no weakness, numbness or slurring". Where such a list ends is told by its
shape: each of its things had a "no" of its own, or there was nothing left to deny; or what follows is an act, or is affirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile

from assistant.nlu.reading import MARKS, Reading

DIVIDES = frozenset(",–—(")
# What a thing and its "no" stand between.
AROUND = DIVIDES | MARKS | {"/"}
# Only with a space on both sides: "no cramp - passed out", but "post-exercise".
HYPHEN = "-"
# So many things with a "no" of their own in turn: the next one would have one as well.
OWN = 2
PAIR = 2
# So many words name a thing.
NAME = 4
# "Never" is one of the first words of its cue ("i have never").
CUE = 3
# So is one of these, where it is until now.
NOT, ENDS_NOW = frozenset({"not", "havent", "hasnt", "hadnt"}), ("before", "until", "till")


class DenialLists:
    """Tells where they end, by the words of content/context.yml, `denials`."""

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        """Set up.

        Args:
            words: lists named complete, acts, affirmed, go_on, begins, now and tells.
        """
        self._complete, self._acts, self._affirmed, self._go_on, self._begins, self._now, self._tells = (
            frozenset(map(str, words.get(name, ()))) for name in ("complete", "acts", "affirmed", "go_on", "begins", "now", "tells")
        )

    def read(self, reading: Reading, denials: set[int]) -> tuple[set[int], list[int]]:
        """What the shape of a message says of its denials.

        Args:
            reading: the message.
            denials: the places of words that deny what follows them.

        Returns:
            Those of the denials that deny only what was before ("never had a fit before today"), and where a list of denials ends: the
            places of the marks after its last thing.
        """
        before: set[int] = set()
        ends: list[int] = []
        words = [token.text for token in reading.tokens]
        for first, last in reading.sentences() if denials else []:
            parts = _parts(reading, first, last)
            own, complete = 0, False
            for start, end in parts:
                part, here = words[start:end], denials.intersection(range(start, end))
                before |= {place for place in here if self._first_time(words[place:end])}
                if here:
                    # Of two things, one denied and one not, the other is there.
                    own, complete = own + 1, len(parts) == PAIR or self._complete.issuperset(part)
                elif own and self._ends(part, words[start:last], own >= OWN or complete):
                    ends.append(start - 1)
                    own = 0
        return before, ends

    def bare(self, before: list[str]) -> bool:
        """Whether the "no" after these words denies the one thing before it: "dark pee no", but not "i cant breathe no, please"."""
        thing = list(takewhile(lambda word: word not in AROUND, reversed(before)))
        return 0 < len(thing) <= NAME and not self._tells.intersection(thing)

    def _first_time(self, denial: list[str]) -> bool:
        """Whether it denies only what was before: "never had a fit before today", "never had it this bad", "not had a fit until now"."""
        told = f" {' '.join(denial)} "
        ends = [now for now in self._now if "never" in denial[:CUE] or (NOT.intersection(denial[:CUE]) and now.startswith(ENDS_NOW))]
        return any(f" {now} " in told for now in ends)

    def _ends(self, part: list[str], rest: list[str], over: bool) -> bool:
        """Whether a part of a sentence that has no denial of its own is none of the things denied before it."""
        if self._affirmed.intersection(part):
            return not self._go_on.intersection(part)
        # The part itself may begin with "I".
        ahead = [*part, *takewhile(lambda word: word not in self._begins, rest[len(part) :])]
        return (over or self._acts.issuperset(part[:1])) and not self._go_on.intersection(ahead)


def _parts(reading: Reading, first: int, last: int) -> list[tuple[int, int]]:
    """What stands between the marks of a sentence."""
    marks = [place for place in range(first, last) if _divides(reading, place)]
    return [(start, end) for start, end in zip([first, *(mark + 1 for mark in marks)], [*marks, last], strict=True) if end > start]


def _divides(reading: Reading, place: int) -> bool:
    mark = reading.tokens[place]
    if mark.text != HYPHEN:
        return mark.text in DIVIDES
    before, after = reading.tokens[max(place - 1, 0)], reading.tokens[min(place + 1, len(reading.tokens) - 1)]
    return before.end < mark.start and mark.end < after.start
