"""Where a message begins to say something: what only greets, or tells who writes, is left out of what is classified.

The encoder would see "27m, 6ft, no meds" or "hello, sorry to bother you" in all that follows.
"""

from __future__ import annotations

from assistant.nlu.lexicon import lexicon
from assistant.nlu.reading import Reading


def introduces(reading: Reading, first: int, last: int) -> bool:
    """Whether a sentence, as a token span, only greets or says who writes: "34f, 5'6, no meds" (content/words.yml, `introduces`)."""
    words = [token.text for token in reading.tokens[first:last] if token.text.isalnum()]
    return all(word.isdigit() or word in lexicon().introduces for word in words)


def beginning(text: str) -> int:
    """The character at which a message begins to say something; 0 where all of it only introduces."""
    reading = lexicon().reader.read(text)
    spans = reading.sentences()
    first = next((span for span in spans if not introduces(reading, *span)), None)
    return 0 if first is None or first == spans[0] else reading.origin(*first)[0]
