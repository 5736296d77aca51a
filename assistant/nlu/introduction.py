"""Where a message begins to say something: what only greets, or tells who writes, is left out of what is classified.

The encoder would see "27m, 6ft, no meds" or "hello, sorry to bother you" in all that follows.
"""

from __future__ import annotations

import unicodedata

from assistant.nlu.lexicon import lexicon
from assistant.nlu.reading import Reading


def introduces(reading: Reading, first: int, last: int) -> bool:
    """Whether a sentence, as a token span, only greets or says who writes: "34f, 5'6, no meds" (content/words.yml, `introduces`)."""
    words = [token.text for token in reading.tokens[first:last] if token.text.isalnum()]
    return all(word.isdigit() or word in lexicon().introduces for word in words)


def without_introduction(text: str) -> tuple[str, int]:
    """A message from where it begins to say something, and the character at which that is; all of it where it only introduces."""
    reading = lexicon().reader.read(text)
    spans = reading.sentences()
    first = next((span for span in spans if not introduces(reading, *span)), None)
    if first is None or first == spans[0]:
        return text, 0
    start = reading.origin(*first)[0]
    # Places count the characters of the composed form (reading.py).
    return unicodedata.normalize("NFC", text)[start:], start
