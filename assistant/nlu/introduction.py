"""Where a message begins to say something and where it ends to: what only greets, tells who writes or thanks is left out.

The encoder would see "27m, 6ft, no meds" or "hello, sorry to bother you" in all that follows, and thanks in all that went before.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from assistant.nlu.lexicon import lexicon
from assistant.nlu.reading import Reading


def introduces(reading: Reading, first: int, last: int) -> bool:
    """Whether a sentence, as a token span, only greets or says who writes: "34f, 5'6, no meds" (content/words.yml, `introduces`)."""
    words = [token.text for token in reading.tokens[first:last] if token.text.isalnum()]
    return all(word.isdigit() or word in lexicon().introduces for word in words)


# The intents and the second look ask for the same message.
@lru_cache(maxsize=8)
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


def without_thanks(text: str) -> str:
    """A message up to its closing thanks (content/words.yml, `thanks`); all of it where it says nothing else."""
    reading, known = lexicon().reader.read(text), lexicon()
    words = [token.text for token in reading.tokens]
    closing, closes = len(words), known.thanks | known.beside_thanks
    while closing and (words[closing - 1] in closes or not words[closing - 1].isalnum()):
        closing -= 1
    begins = next((place for place in range(closing, len(words)) if words[place] in known.thanks), 0)
    return unicodedata.normalize("NFC", text)[: reading.origin(0, begins)[1]] if begins else text
