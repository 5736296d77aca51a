"""Where a message states nothing: in questions about people in general, and in what is only supposed or said to be untrue.

ConText's cues reach over a few words and end at the next "I have" or "my chest"; questions reach to the end of their sentence,
suppositions to that of their clause.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from assistant.nlu.cues import Cues
from assistant.nlu.reading import Reading

CLAUSE_END = frozenset(",-–—:(")
# So many of a sentence are looked at: each may reach to its end.
MOST_CLAUSES = 100
IS = frozenset({"is", "are"})
# An opening comma or colon belongs to the phrase: "hypothetically, my chest hurts".
OPENS = frozenset(',:"')


class Spans(NamedTuple):
    """Where a message states nothing, as token spans."""

    questions: list[tuple[int, int]]
    # Those of them that ask of anybody: not what may be about oneself ("how long to ice a numb foot").
    of_anybody: list[tuple[int, int]]
    # What is only supposed, or said to be untrue.
    supposed: list[tuple[int, int]]

    @property
    def all(self) -> list[tuple[int, int]]:
        """All of them."""
        return [*self.questions, *self.supposed]

    @property
    def surely(self) -> list[tuple[int, int]]:
        """Where nothing can be meant of the person."""
        return [*self.of_anybody, *self.supposed]


class Unstated:
    """Tells where, by the words of content/context.yml, `general_question` and `supposed`."""

    def __init__(self, general: Mapping[str, Iterable[str]], supposed: Mapping[str, Iterable[str]]) -> None:
        """Set up.

        Args:
            general: lists of words named fillers, starts, persons, unless, told, anybody; or nothing.
            supposed: phrases that begin a clause (begins), and words that end their reach before it ends (until); or nothing.
        """
        self._general = {name: frozenset(words) for name, words in general.items()}
        self._named = self._general.get("persons", frozenset()) | self._general.get("unless", frozenset())
        # What may stand before a supposition: "I suppose my chest hurts" is none.
        self._before = CLAUSE_END | self._general.get("fillers", frozenset())
        self._ends = CLAUSE_END | frozenset(map(str, supposed.get("until", ())))
        self._supposed = Cues((str(phrase), None) for phrase in supposed.get("begins", ()))

    def spans(self, reading: Reading) -> list[tuple[int, int]]:
        """Token spans, each with the first token and the one after its last."""
        return self.read(reading).all

    def read(self, reading: Reading) -> Spans:
        """The same by their kind."""
        words, sentences = [token.text for token in reading.tokens], reading.sentences()
        questions = [span for first, last in sentences for span in self._questions(words, first, last)]
        anybody = self._general.get("anybody", frozenset())
        of_anybody = [span for span in questions if not anybody.isdisjoint(words[slice(*span)])]
        return Spans(questions, of_anybody, [span for first, last in sentences for span in self._suppositions(words, first, last)])

    def _questions(self, words: list[str], first: int, last: int) -> list[tuple[int, int]]:
        """Questions about people in general, each to the end of its sentence."""
        if not self._general:
            return []
        found = []
        for begin in [first, *(index + 1 for index in range(first, last) if words[index] in CLAUSE_END)][:MOST_CLAUSES]:
            start = next((at for at in range(begin, last) if words[at] not in self._general["fillers"]), last)
            rest = words[start:last]
            if rest and rest[0] in self._general["starts"] and not self._named.intersection(rest) and not self._tells(rest):
                found.append((start, last))
        return found

    def _tells(self, clause: list[str]) -> bool:
        """Whether what begins like a question tells, its subject left out: "is very swollen"."""
        return clause[0] in IS and clause[-1] != "?" and not self._general.get("told", frozenset()).isdisjoint(clause[1:2])

    def _suppositions(self, words: list[str], first: int, last: int) -> list[tuple[int, int]]:
        """What follows "let's say" or "it is not true that", each to the end of its clause."""
        found = []
        for _, start, end in self._supposed.find(words[first:last])[:MOST_CLAUSES]:
            if start == 0 or words[first + start - 1] in self._before:
                begin = next((at for at in range(first + end, last) if words[at] not in OPENS), last)
                found.append((first + start, next((at for at in range(begin, last) if words[at] in self._ends), last)))
        return found
