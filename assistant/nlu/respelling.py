"""What a message may say as well: other spellings of what may be a typing error. Only signs are looked for in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import islice

from assistant.nlu.reading import MAX_CHARACTERS, POSSESSIVE, TOKEN, Reader, Reading, plain
from assistant.nlu.spelling import Spelling

# So many are tried in a message, each with so many characters on both sides: a long one must not cost many times as much.
MOST_OTHERS, AROUND = 12, 200


class Respelling:
    """Reads a message anew with each other spelling."""

    def __init__(self, reader: Reader, spelling: Spelling) -> None:
        """Set up.

        Args:
            reader: reads the message itself, too.
            spelling: knows the other words.
        """
        self._reader = reader
        self._spelling = spelling

    def readings(self, message: str) -> Iterator[tuple[Reading, int, int]]:
        """What stands around a word with another in its place, at most `MOST_OTHERS` times; and where it stands in the message."""
        text = unicodedata.normalize("NFC", message[:MAX_CHARACTERS])
        for start, end, other in islice(self._others(text), MOST_OTHERS):
            # Cut at a space: half a word may be another.
            before = text[:start] if start <= AROUND else text[start - AROUND : start].partition(" ")[2]
            after = text[end:] if len(text) - end <= AROUND else text[end : end + AROUND].rpartition(" ")[0]
            yield self._reader.read_anew(f"{before}{other}{after}"), start, end

    def _others(self, text: str) -> Iterator[tuple[int, int, str]]:
        """What may have been meant, and what it stands in the place of."""
        tokens = list(TOKEN.finditer(text))
        read = [self._reader.word[token[0]] for token in tokens]
        for at, token in enumerate(tokens):
            word = plain[token[0]]
            # "Idk", "my gf's back": no typing errors.
            if self._reader.rewrites(word) or not word[0].isalpha() or POSSESSIVE.search(token[0]):
                continue
            before, after = read[at - 1] if at else "", read[at + 1] if at + 1 < len(read) else ""
            for other in self._spelling.others(before, word, after):
                yield *token.span(), other
            if at and text[tokens[at - 1].end() : token.start()] == " ":
                for pair in self._spelling.across(plain[tokens[at - 1][0]], word):
                    yield tokens[at - 1].start(), token.end(), pair
