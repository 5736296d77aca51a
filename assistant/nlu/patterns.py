"""The small pattern language of `content/`: plain words, {groups}, (a|b)?, `..` and `&`. docs/content.md explains it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain, pairwise, product
from typing import NamedTuple

from assistant.nlu.bounds import first_and_last
from assistant.nlu.remembering import OfWords

# `..` stands for up to this many words, within a sentence.
GAP = 4
# A word repeated a thousand times must not cost a thousand times a thousand.
# The first and the last: "monday no chest pain, tuesday no chest pain, ..., today chest pain".
MOST_PLACES = 8
# So many stretches of the newest messages are remembered.
STRETCHES = 32
# The only capturing group: what it holds is not part of what the pattern says.
_GAP = rf"((?: [^ .!?;\n]+){{0,{GAP}}}?)"
_ITEM = re.compile(r"\{(\w+)\}(\?)?|\(([^()]*)\)(\?)?|(\.\.)|([^\s(){}?]+|\?(?!\S))(\?)?")
_WORD_END = "(?= )"


class PatternError(ValueError):
    """A pattern cannot be read; the message says why."""


class Match(NamedTuple):
    """A pattern found in a reading's text: its label, and start and end character there of each piece between gaps."""

    label: str
    spans: tuple[tuple[int, int], ...]


class _Part(NamedTuple):
    """One side of a pattern, and for each of its items that is not optional the words of which it needs one."""

    expression: re.Pattern[str]
    needs: list[frozenset[str]]


def _word(word: str) -> str:
    return re.escape(word[:-1]) + r"[^ ]*" if word.endswith("*") else re.escape(word)


def _phrases(phrases: Iterable[str]) -> str:
    # Longest first, so that "left side" is preferred to "left".
    ordered = sorted(map(str.split, phrases), key=lambda words: (-len(words), words))
    return "|".join("".join(" " + _word(word) for word in words) for words in ordered)


def _first_words(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(phrase.split()[0] for phrase in phrases)


def _spelt_out(alternative: str, groups: Mapping[str, list[str]]) -> list[str]:
    """The words of a {group}, also of one among alternatives; other words as they are."""
    if not alternative.startswith("{"):
        return [alternative]
    name = alternative.strip("{}")
    if name not in groups:
        raise PatternError(f"the word group '{name}' does not exist")
    return groups[name]


class _Item(NamedTuple):
    """One item of a pattern: the phrases of which one stands there, or none, which is a gap; and whether it may be missing."""

    phrases: tuple[str, ...]
    optional: bool


def _items(part: str, groups: Mapping[str, list[str]]) -> list[_Item]:
    """One side of a pattern, item by item."""
    items, position = [], 0
    for item in _ITEM.finditer(part):
        if part[position : item.start()].strip():
            raise PatternError(f"cannot read '{part[position : item.start()].strip()}' in '{part}'")
        position = item.end()
        group, group_optional, inline, inline_optional, gap, plain, plain_optional = item.groups()
        if gap:
            items.append(_Item((), False))
            continue
        alternatives = ["{" + group + "}"] if group else inline.split("|") if inline is not None else [plain]
        phrases = tuple(phrase for each in alternatives for phrase in _spelt_out(each, groups))
        if not all(phrase.strip() for phrase in phrases):
            raise PatternError(f"an alternative is empty in '{part.strip()}'; write (a|b)? for what may be missing")
        items.append(_Item(phrases, bool(group_optional or inline_optional or plain_optional)))
    if part[position:].strip() or not any(item.phrases and not item.optional for item in items):
        raise PatternError(f"cannot read '{part.strip() or part}'")
    return items


def _compile(part: str, groups: Mapping[str, list[str]]) -> _Part:
    """One side of a pattern as a regular expression over a reading's text."""
    items = _items(part, groups)
    expression = "".join(f"(?:{_phrases(item.phrases)})" + "?" * item.optional if item.phrases else _GAP for item in items)
    needs = [_first_words(item.phrases) for item in items if item.phrases and not item.optional]
    return _Part(re.compile(expression + _WORD_END), needs)


def side_by_side(patterns: Iterable[str], groups: Mapping[str, list[str]]) -> set[tuple[str, str]]:
    """The pairs of words that stand one after the other in what the patterns say; no gap between them.

    Args:
        patterns: patterns that can be read.
        groups: the word groups that {name} refers to.
    """
    pairs: set[tuple[str, str]] = set()
    for part in chain.from_iterable(pattern.split("&") for pattern in patterns):
        before: set[str] = set()
        for item in _items(part, groups):
            phrases = [phrase.split() for phrase in item.phrases]
            pairs.update(pair for words in phrases for pair in pairwise(words))
            pairs.update(product(before, (words[0] for words in phrases)))
            before = {words[-1] for words in phrases} | (before if item.optional else set())
    return pairs


def _tightest(match: re.Match[str]) -> re.Match[str]:
    """The match with the least between its pieces: of "heart problems, chest pain" the pain is the chest's."""
    inner: re.Match[str] | None = match
    while inner and match.re.groups:
        match, inner = inner, match.re.search(inner.string, inner.start() + 1, match.end() + 1)
    return match


def _pieces(match: re.Match[str]) -> list[tuple[int, int]]:
    """Start and end of each piece between the gaps, without the space before it."""
    starts = [match.start(), *(match.end(gap + 1) for gap in range(match.re.groups))]
    ends = [*(match.start(gap + 1) for gap in range(match.re.groups)), match.end()]
    return [(start + 1, end) for start, end in zip(starts, ends, strict=True) if end > start]


class PatternSet:
    """Many labelled patterns, searched together.

    A message is looked through only for those patterns of which it has a word of each item, so that a thousand patterns cost
    little more than ten.
    """

    def __init__(self, patterns: Iterable[tuple[str, str]], groups: Mapping[str, list[str]]) -> None:
        """Compile.

        Args:
            patterns: pairs of label and pattern.
            groups: the word groups that {name} refers to.

        Raises:
            PatternError: if a pattern cannot be read.
        """
        self._rules: list[tuple[str, list[_Part]]] = []
        # Many patterns share an item's words, so these have numbers; the patterns themselves are found by the rarest.
        self._needs: list[frozenset[int]] = []
        self._by_need: dict[int, set[int]] = defaultdict(set)
        numbers: dict[frozenset[str], int] = {}
        for rule, (label, pattern) in enumerate(patterns):
            try:
                parts = [_compile(side, groups) for side in pattern.split("&")]
            except PatternError as error:
                raise PatternError(f"{label}: {error}") from None
            needs = [need for part in parts for need in part.needs]
            self._needs.append(frozenset(numbers.setdefault(need, len(numbers)) for need in needs))
            self._by_need[numbers[min(needs, key=len)]].add(rule)
            self._rules.append((label, parts))
        self._by_word: dict[str, set[int]] = defaultdict(set)
        self._by_prefix: dict[str, set[int]] = defaultdict(set)
        for need, number in numbers.items():
            for word in need:
                (self._by_prefix[word[:-1]] if word.endswith("*") else self._by_word[word]).add(number)
        self.labels = sorted({label for label, _ in self._rules})
        self._prefix_lengths = sorted({len(prefix) for prefix in self._by_prefix})
        self._with_word = OfWords(self._with)

    def find(self, text: str) -> list[Match]:
        """All patterns found in a reading's text; one with `&` once for each way to place its sides."""
        found: list[Match] = []
        for index in self._candidates(text):
            label, parts = self._rules[index]
            places = [
                [_pieces(_tightest(match)) for match in first_and_last(list(part.expression.finditer(text)), MOST_PLACES)]
                for part in parts
            ]
            found += [Match(label, tuple(chain.from_iterable(sides))) for sides in product(*places)]
        return found

    # Both classifiers ask for the topics of the same stretches.
    @lru_cache(maxsize=STRETCHES)  # noqa: B019 - the few sets live as long as the process
    def labels_in(self, text: str) -> frozenset[str]:
        """The labels of the patterns found in a reading's text."""
        found: set[str] = set()
        for index in self._candidates(text):
            label, parts = self._rules[index]
            if label not in found and all(part.expression.search(text) for part in parts):
                found.add(label)
        return frozenset(found)

    def _candidates(self, text: str) -> list[int]:
        """The patterns of which a text has a word of each item, in their order."""
        of_each = [self._with_word[word] for word in set(text.split())]
        met = frozenset().union(*(needs for needs, _ in of_each))
        rules = frozenset().union(*(rules for _, rules in of_each))
        return sorted(rule for rule in rules if self._needs[rule] <= met)

    def _with(self, word: str) -> tuple[frozenset[int], frozenset[int]]:
        """The needs that this may be a word of, and the patterns that are found by one of them."""
        begins = [self._by_prefix.get(word[:length], set()) for length in self._prefix_lengths if length <= len(word)]
        needs = frozenset(self._by_word.get(word, set()).union(*begins))
        return needs, frozenset(chain.from_iterable(self._by_need.get(need, ()) for need in needs))
