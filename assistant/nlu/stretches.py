"""Stretches of messages: which ones the second look sees, and which ones it learns from."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import pairwise

from assistant.knowledge import knowledge
from assistant.nlu import wordings
from assistant.nlu.lexicon import lexicon
from assistant.nlu.reading import SENTENCE_END, SINGLE_ENDS, SINGLE_MARKS, Reading
from assistant.nlu.text_classifier import Sample, parts, whole

NONE = "none"
# A stretch of words: long enough for a sign with its circumstances, short enough not to be drowned by a long story.
LONGEST, STEP = 20, 10
FEWEST_WORDS = 3
# Of the stories that it is trained on: how many harmless ones, of sentences of how many words, and how often the sign comes last.
STORIES, SHORT, SIGN_LAST = 1500, 16, 0.7
OTHERS = ("my husbands", "my wifes", "my sons", "my daughters", "my dads", "my mums", "my partners", "my mates", "his", "her", "their")


def stretches(reading: Reading, ends: frozenset[str] = SENTENCE_END) -> list[tuple[int, int]]:
    """Token spans to look at: each sentence, two short neighbours, long ones in overlapping pieces, all of a short message.

    Args:
        reading: the message.
        ends: what ends a sentence.
    """
    sentences = reading.sentences(ends)
    found = []
    for first, last in sentences:
        found += [(start, min(start + LONGEST, last)) for start in range(first, max(first + 1, last - LONGEST + STEP), STEP)]
    found += [(a[0], b[1]) for a, b in pairwise(sentences) if b[1] - a[0] <= LONGEST]
    if 0 < len(reading.tokens) <= 2 * LONGEST:
        found.append((0, len(reading.tokens)))
    return [(first, last) for first, last in dict.fromkeys(found) if last - first >= FEWEST_WORDS]


def examples(messages: Iterable[str]) -> tuple[list[tuple[Sample, str]], list[tuple[Sample, str]]]:
    """What it learns from, each with a sign id, or `none`: messages as they are; and what is made of them.

    Args:
        messages: the intents' examples. Those that state a sign ("my urine is brown") would teach the wrong thing.
    """
    stated = wordings.all_stated()
    # Sorted: the same data gives the same model, in whatever order Rasa reads its files.
    read, signs = lexicon().reader.read, lexicon().signs
    asked = [text for text in sorted(messages) if not signs.find(read(text).text)]
    alike = wordings.all_harmless()
    harmless = list(dict.fromkeys([*alike, *asked]))
    told = [(whole(read(text)), sign) for text, sign in [*stated, *((text, NONE) for text in harmless)]]
    # All of a harmless message is harmless; where in a long one the sign stands, nobody has marked.
    pieces = []
    for text in harmless:
        reading = read(text)
        # What "…" tears apart may be half a joke: "I have taken too many tablets… to the repair shop".
        spans = stretches(reading, SINGLE_ENDS)
        pieces += [(Sample(reading, [span]), NONE) for span in spans if span != (0, len(reading.tokens))]
    return told, pieces + as_typed([*stated, *((text, NONE) for text in alike)]) + stories(stated, harmless)


def as_typed(labelled: list[tuple[str, str]]) -> list[tuple[Sample, str]]:
    """The same once more without marks, and after what people say of themselves: neither may change what is seen.

    Without these, an emergency in twenty was lost to a missing comma or to "34f, no meds" before it. What the intents learn from is
    left out: it is unlike any sign, and would take another minute.
    """
    dice = random.Random(0)  # noqa: S311 - nothing secret; the same model each time
    read = lexicon().reader.read
    introductions = wordings.introductions()
    made = []
    for text, label in labelled:
        words = [token.text for token in read(text).tokens]
        if not FEWEST_WORDS <= len(words) <= 2 * LONGEST:
            continue
        unmarked = [word for word in words if word not in SINGLE_MARKS]
        if FEWEST_WORDS <= len(unmarked) < len(words):
            made.append((whole(read(" ".join(unmarked))), label))
        introduced = [read(dice.choice(introductions)).text.strip(), " ".join(words)]
        reading = read(" . ".join(introduced))
        _, told = parts(reading, introduced)
        made += [(whole(reading), label), (told, label)]
    return made


def stories(stated: list[tuple[str, str]], harmless: list[str]) -> list[tuple[Sample, str]]:
    """More to learn from: harmless sentences in a row are harmless, and a sign among them is that sign, there and nowhere else.

    Without these, whatever is longer than an example would be foreign to the classifier, and it would guess.
    """
    dice = random.Random(0)  # noqa: S311 - nothing secret; the same model each time
    read = lexicon().reader.read
    short = [text for text in (read(text).text.strip() for text in harmless) if FEWEST_WORDS <= len(text.split()) <= SHORT]
    signs = [(text, sign) for text, sign in ((read(text).text.strip(), sign) for text, sign in stated) if len(text.split()) <= LONGEST]
    alike = [text for text in (read(text).text.strip() for text in knowledge().harmless) if len(text.split()) <= SHORT]
    # What is harmless of oneself is harmless of another.
    others = [f" {text} ".replace(" my ", f" {dice.choice(OTHERS)} ").strip() for text in short if " my " in f" {text} "]
    made = [(whole(read(text)), NONE) for text in others]
    short += others
    for _ in range(STORIES):
        # Half of them end with a look-alike, as people end a story with what they do not have.
        told = [*dice.sample(short, dice.choice((1, 1, 2))), dice.choice(dice.choice((short, alike)))]
        reading = read(" . ".join(told))
        made += [(sample, NONE) for sample in (whole(reading), *parts(reading, told))]
    for text, sign in signs:
        story, last = dice.choice(short), dice.random() < SIGN_LAST
        told = [story, text] if last else [text, story]
        reading = read(" . ".join(told))
        first, second = parts(reading, told)
        made += [(whole(reading), sign), (first, NONE if last else sign), (second, sign if last else NONE)]
    return made
