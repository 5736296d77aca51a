"""Reads a message into normalised words that keep their place in what the person typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from assistant.nlu.remembering import OfWords

# The channels cut at 10,000 characters; this bounds the cost for any other way in. One character may stand for many words (U+FDFA).
MAX_CHARACTERS, MAX_TOKENS = 10_000, 5_000
_REMEMBERED = 8
_APOSTROPHE = "['’`´ʼ′＇]"
TOKEN = re.compile(rf"\d+(?:[.,]\d+)?|[^\W\d_]+(?:{_APOSTROPHE}[^\W\d_]+)*|[^\w\s]|\n", re.UNICODE)
_APOSTROPHES = re.compile(_APOSTROPHE)
POSSESSIVE = re.compile(f"{_APOSTROPHE}s$", re.IGNORECASE)
# Some stand for several in one character: "…", "‼", "⁉".
_SEVERAL = frozenset({"..", "...", "!!", "??", "?!", "!?"})
SINGLE_ENDS = frozenset(".!?;\n")
SENTENCE_END = SINGLE_ENDS | _SEVERAL
SINGLE_MARKS = frozenset(".,!?;:")
MARKS = SINGLE_MARKS | _SEVERAL
_STRETCHED = re.compile(r"(.)\1{2,}")


class Token(NamedTuple):
    """A word or mark: its normalised text, and where it stands in the message."""

    text: str
    start: int
    end: int


class Reading(NamedTuple):
    """A message as normalised tokens.

    ``text`` is the tokens joined by one space, with a space at both ends: what patterns are matched on.
    """

    tokens: tuple[Token, ...]
    text: str

    def token_span(self, start: int, end: int) -> tuple[int, int]:
        """Tokens covered by a stretch of `text`: index of the first, and of the one after the last."""
        first = self.text.count(" ", 0, start + 1) - 1
        return max(first, 0), max(first, 0) + len(self.text[start:end].split())

    def place(self, first: int, last: int) -> tuple[int, int]:
        """The stretch of `text` that tokens `first` to `last` (not included) cover, from a space to the one after."""
        start = sum(len(token.text) + 1 for token in self.tokens[:first])
        return start, start + sum(len(token.text) + 1 for token in self.tokens[first:last])

    def origin(self, first: int, last: int) -> tuple[int, int]:
        """Where tokens `first` to `last` (not included) stand in the message: start and end character."""
        return self.tokens[first].start, self.tokens[last - 1].end

    def stretch(self, spans: list[tuple[int, int]]) -> str:
        """The text of some token spans, in the form of `text`."""
        return " " + " ".join(token.text for first, last in spans for token in self.tokens[first:last]) + " "

    def sentences(self, ends: frozenset[str] = SENTENCE_END) -> list[tuple[int, int]]:
        """The sentences as token spans; a mark that ends one (`ends`) belongs to it."""
        found, start = [], 0
        for index, token in enumerate(self.tokens):
            if token.text in ends:
                found.append((start, index + 1))
                start = index + 1
        if start < len(self.tokens):
            found.append((start, len(self.tokens)))
        return [(a, b) for a, b in found if any(token.text.isalnum() for token in self.tokens[a:b])]


def _plain(raw: str) -> str:
    """A word in small letters, without apostrophes and accents."""
    word = _APOSTROPHES.sub("", unicodedata.normalize("NFKD", raw).lower())
    return "".join(letter for letter in word if not unicodedata.combining(letter)) or raw


plain = OfWords(_plain)


class Reader:
    """Turns a message into a `Reading`."""

    def __init__(self, rewrite: Mapping[str, str], spell: Callable[[str], str] | None = None) -> None:
        """Set up.

        Args:
            rewrite: one or two words (apostrophes left out) to the one word that stands for them.
            spell: mends the spelling of one word; words that `rewrite` knows never reach it.
        """
        self._one = {key: value for key, value in rewrite.items() if " " not in key}
        self._two = {tuple(key.split()): value for key, value in rewrite.items() if " " in key}
        self._spell = spell or (lambda word: word)
        # One word as it is read by itself.
        self.word = OfWords(self._word)

    # Four components read the same message.
    @lru_cache(maxsize=_REMEMBERED)  # noqa: B019 - there is one reader, it lives as long as the process
    def read(self, message: str) -> Reading:
        """Normalise: lower case, no apostrophes, letters repeated for effect cut, spelling mended."""
        return self.read_anew(message)

    def read_anew(self, message: str) -> Reading:
        """The same, not remembered: what is read once must not push out what is read four times."""
        # NFC keeps lengths in nearly all messages; styled letters are mapped one by one below.
        raw = unicodedata.normalize("NFC", message[:MAX_CHARACTERS])
        tokens: list[Token] = []
        for match in TOKEN.finditer(raw):
            word = self.word[match[0]]
            pair = (tokens[-1].text, word) if tokens else ("", "")
            start = tokens.pop().start if pair in self._two else match.start()
            # A short form may stand for several words ("idk"): each is a token at its place.
            tokens += [Token(part, start, match.end()) for part in self._two.get(pair, word).split() or [match[0]]]
        del tokens[MAX_TOKENS:]
        return Reading(tuple(tokens), " " + " ".join(token.text for token in tokens) + " " if tokens else " ")

    def rewrites(self, word: str) -> bool:
        """Whether a word stands for another, so that it is no typing error ("idk")."""
        return word in self._one

    def _word(self, raw: str) -> str:
        """One word as it is read by itself; sometimes several ("dont know")."""
        word = plain[raw]
        if word in self._one:
            return self._one[word]
        if not word[0].isalpha():
            return word
        word = self._spell(_STRETCHED.sub(r"\1\1", word))
        return self._one.get(word, word)
