"""Rasa component: what the person wants, for the message as a whole and sentence by sentence."""

from __future__ import annotations

import random
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.knowledge import knowledge
from assistant.knowledge.answers import FOLLOW_UPS
from assistant.nlu.introduction import introduces, without_introduction
from assistant.nlu.lexicon import lexicon
from assistant.nlu.reading import MARKS, Reading
from assistant.nlu.restated import TWITCH
from assistant.nlu.spelling import english
from assistant.nlu.text_classifier import Sample, TextClassifier, Vectors, parts, whole

FILE = "intents.npz"
WORDS = "words.txt"
# A sentence adds an intent of its own to the message's only when it is this sure.
SURE = 0.6
# What ends in "?" asks something, in however few words ("normal?").
SURE_ASKED = 0.5
# A description beside a question only brings the interview's first question after the answer.
SURE_TOLD = 0.35
# A description that asks something is answered: the likeliest question, if it has this share of it all.
GUESSED = 0.15
# Below this the message as a whole is unclear; a question is then told by its topic (answers.yml, `topic`).
CLEAR = 0.5
# To forget all answers on a guess would be worse than to ask back.
COSTLY = {"start_again": 0.6, "stop": 0.4, "delete_talk": 0.6, "deny": 0.45}
# Another sentence of fewer words says too little by itself.
FEWEST_WORDS = 3
# Beside a correction ("delete that, i meant my thigh") it is mostly the answer that is meant.
DELETE, CORRECTS, SURE_BESIDE = "delete_talk", "correction=yes", 0.95
# In so many examples a word must stand to be known: "half the keyboard is dead, asdf works" makes no word of "asdf".
KNOWN_FROM = 2
# Letters that are no answer by themselves; "y", "n" and "k" are.
NO_WORDS = frozenset("abcdefghijlmopqrstuvwxz")
_RANKING = 5
# What findings.yml finds in a question.
ASKED = "question=yes"
# "Did a 10k yesterday" tells, with its subject left out.
TELLS = frozenset({"did", "have", "has", "was", "am"})
# Two questions in one sentence: "why does it happen and how do I stop it".
JOINS = frozenset({"and", "or", "also", "plus"})
# A question that follows what is told of a twitch: "my calf jumps since the run, is that normal".
AFTER_TELLING = ","
# After so many it is no question any more: all that stands before each is looked through.
MOST_COMMAS = 20
ASKING = frozenset({"how", "why", "what", "when", "where", "which", "can", "could", "should", "shall", "is", "are", "do", "does", "will"})
# "Why?" and "how much?" refer to the last answer; with more words than this a question stands for itself.
BARE = 8
# Of the training examples that `inside_stories` makes: how many, of how many words at most, how often the story comes first.
STORIES = 1000
SHORT = 16
STORY_FIRST = 0.6


@lru_cache(maxsize=1)
def taps() -> dict[str, str]:
    """What a tap on a choice sends, as it is read, with its intent: that is never guessed at."""
    known, read = knowledge(), lexicon().reader.read
    checks = {known.advice.choices[name]: "describe_twitch" for name in ("check_me", "check_me_says")}
    sent = checks | {answer.title: intent for intent, answer in known.answers.items()}
    return {read(text).text: intent for text, intent in sent.items()}


def is_question(intent: str) -> bool:
    """Whether an intent asks for something that the article may answer."""
    return intent.startswith(("ask_", "express_"))


def inside_stories(examples: list[tuple[str, str]]) -> list[tuple[Sample, str]]:
    """More training examples: a question with a description of a twitch before or after it is still that question.

    Args:
        examples: pairs of normalised text and intent.
    """
    told = [text.strip() for text, intent in examples if intent == "describe_twitch" and len(text.split()) < SHORT]
    asked = [(text.strip(), intent) for text, intent in examples if intent in knowledge().answers and len(text.split()) < SHORT]
    dice = random.Random(0)  # noqa: S311 - nothing secret; the same model each time
    chosen = dice.sample(asked, min(STORIES, len(asked))) if told else []
    made = []
    for (question, intent), story in zip(chosen, dice.choices(told, k=len(chosen)), strict=True):
        first, second = (story, question) if dice.random() < STORY_FIRST else (question, story)
        reading = lexicon().reader.read(f"{first} . {second}")
        here, there = parts(reading, [first, second])
        of_first, of_second = ("describe_twitch", intent) if first == story else (intent, "describe_twitch")
        made += [(whole(reading), intent), (here, of_first), (there, of_second)]
    return made


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Sets `intent` and `intent_ranking`; what else the message holds becomes entities named `also`."""

    def __init__(
        self,
        model_storage: ModelStorage,
        resource: Resource,
        model: TextClassifier | None = None,
        words: frozenset[str] = frozenset(),
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._model = model
        self._words = words

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        """Rasa's way to make an untrained component."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """Rasa's way to read a trained component."""
        with model_storage.read_from(resource) as folder:
            words = frozenset((Path(folder) / WORDS).read_text(encoding="utf-8").split())
            return cls(model_storage, resource, TextClassifier.load(Path(folder) / FILE), words)

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the intent examples and keep the result in the model storage."""
        read = lexicon().reader.read
        # Sorted: the same data gives the same model, in whatever order Rasa reads its files.
        examples = sorted((read(e.get(TEXT)).text, e.get(INTENT)) for e in training_data.intent_examples)
        examples += [(read(answer.title).text, intent) for intent, answer in knowledge().answers.items()]
        samples = [(whole(read(text)), intent) for text, intent in examples] + inside_stories(examples)
        # How a thing is said ("lol", "years ago") says nothing of what is wanted.
        topics = [topic for topic in lexicon().topics.labels if topic not in lexicon().manners]
        labels = [intent for _, intent in samples]
        self._model = TextClassifier.train([sample for sample, _ in samples], labels, topics, nearest=len(examples))
        counted = Counter(word for text, _ in examples for word in text.split() if word.isalnum())
        self._words = frozenset(word for word, times in counted.items() if times >= KNOWN_FROM)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(Path(folder) / FILE)
            (Path(folder) / WORDS).write_text(" ".join(sorted(self._words)), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add to the training data."""
        return training_data

    @property
    def _trained(self) -> TextClassifier:
        if self._model is None:
            raise RuntimeError("the intent classifier is not trained; run `make train`")
        return self._model

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify each message."""
        for message in messages:
            ranking, also = self.classify(message.get(TEXT) or "")
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            entities = [{"entity": "also", "value": intent, "start": 0, "end": 0, "extractor": "IntentClassifier"} for intent in also]
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages

    def classify(self, text: str) -> tuple[list[dict[str, Any]], list[str]]:
        """Classify one message.

        Returns:
            The ranking (`name`, `confidence`), and further intents that sentences of the message are sure of.
        """
        model, tapped = self._trained, taps().get(lexicon().reader.read(text).text)
        if tapped:
            return [{"name": tapped, "confidence": 1.0}], []
        reading = lexicon().reader.read(without_introduction(text)[0])
        spans = reading.sentences()
        # Keys hit at random, emoji, another script, "b": to guess at a wish would be dishonest.
        said = [token.text for token in reading.tokens if token.text not in MARKS]
        if not any(word in self._words or word in english() for word in said) or (len(said) == 1 and said[0] in NO_WORDS):
            return [{"name": None, "confidence": 0.0}], []
        # Each sentence, or question in it, that says enough by itself, and how sure it must be.
        pieces = [piece for span in spans for piece in _questions_in(reading, span)]
        ends = [(piece, _asks(reading, piece)) for piece in pieces] if len(pieces) > 1 else []
        told = [(span, asks) for span, asks in ends if asks or span[1] - span[0] >= FEWEST_WORDS]
        wishes = [(a, b) for a, b in spans if not introduces(reading, a, b)]
        asked = wishes or [(0, len(reading.tokens))]
        rows = model.predict(reading, [asked, *([span] for span, _ in told)])
        bare = [model.labels.index(f"ask_{kind}") for kind in FOLLOW_UPS]
        if len(reading.tokens) > BARE:
            rows[:, bare] = 0.0
        for name, least in COSTLY.items():
            place = model.labels.index(name)
            # Looked at only where it decides.
            doubtful = name == DELETE and rows[:, place].max() >= least and _corrects(reading)
            rows[:, place] = np.where(rows[:, place] < (SURE_BESIDE if doubtful else least), 0.0, rows[:, place])
        order = rows[0].argsort()[::-1][:_RANKING]
        ranking = [{"name": model.labels[i], "confidence": float(rows[0][i])} for i in order]
        heard = [(row, asks) for row, (_, asks) in zip(rows[1:], told, strict=True)]
        likeliest = [(model.labels[int(row.argmax())], float(row.max()), asks) for row, asks in heard]
        wanted = [name for name, share, asks in likeliest if share >= (SURE_ASKED if asks else SURE)]
        if ranking[0]["name"] == "describe_twitch" and not any(map(is_question, wanted)):
            asking = [row for row, asks in heard if asks]
            wanted += self._guess([rows[0], *asking]) if asking or _asks(reading, spans[-1]) else []
        ranking, also = _lead_with_question(ranking, wanted)
        told_beside = any(name == "describe_twitch" and share >= SURE_TOLD for name, share, _ in likeliest)
        if told_beside and is_question(ranking[0]["name"]) and "describe_twitch" not in also:
            also.append("describe_twitch")
        if ranking[0]["confidence"] < CLEAR and any(_asks(reading, span) for span in spans):
            ranking = _by_topic(reading, ranking)
        return ranking, also

    def _guess(self, rows: list[Vectors]) -> list[str]:
        """The likeliest question that the article answers, by the message and by its sentences that end in "?"; or none."""
        shares = dict(zip(self._trained.labels, np.mean(rows, axis=0), strict=True))
        likeliest = max((intent for intent in shares if intent in knowledge().answers), key=lambda intent: shares[intent])
        return [likeliest] if shares[likeliest] >= GUESSED else []


def _questions_in(reading: Reading, span: tuple[int, int]) -> list[tuple[int, int]]:
    """A sentence, cut where a question is joined to what stands before."""
    first, last = span
    words = [token.text for token in reading.tokens]
    asking = [place for place in range(first + FEWEST_WORDS, last - FEWEST_WORDS) if words[place + 1] in ASKING]
    commas = [place for place in asking if words[place] == AFTER_TELLING][:MOST_COMMAS]
    told = {place for place in commas if _tells(reading, (first, place))}
    cuts = [place for place in asking if words[place] in JOINS or place in told]
    return list(zip([first, *(cut + 1 for cut in cuts)], [*cuts, last], strict=True))


def _tells(reading: Reading, span: tuple[int, int]) -> bool:
    """Whether a part of a sentence names a twitch."""
    return any(match.label == TWITCH for match in lexicon().findings.find(reading.stretch([span])))


def _corrects(reading: Reading) -> bool:
    """Whether a message takes an answer back (findings.yml, `correction`)."""
    return any(match.label == CORRECTS for match in lexicon().findings.find(reading.text))


def _asks(reading: Reading, span: tuple[int, int]) -> bool:
    """Whether a sentence ends in "?", or begins or ends as questions do that have lost their mark ("shall i ...", "... or not")."""
    text = reading.stretch([span])
    places = [match.spans[0] for match in lexicon().findings.find(text) if match.label == ASKED]
    opens = text.split()[0] not in TELLS
    return any((start == 1 and opens) or not text[end:].strip(" .!") for start, end in places)


def _by_topic(reading: Reading, ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The ranking, led by the answer to the only topic that is named ("is a big americano before the gym a bad plan")."""
    topics = lexicon().topics.labels_in(reading.text)
    named = [intent for intent, answer in knowledge().answers.items() if answer.topic in topics]
    if len(named) != 1:
        return ranking
    return [{"name": named[0], "confidence": CLEAR}, *(entry for entry in ranking if entry["name"] != named[0])]


def _lead_with_question(ranking: list[dict[str, Any]], parts: list[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """A question inside a description is answered first; the description is remembered in `also`.

    A long message may be unclear as a whole and clear in one of its sentences: then that sentence says what it is about.
    """
    clear = [part for part in parts if is_question(part) or part == "describe_twitch"]
    if ranking[0]["confidence"] < CLEAR and clear:
        ranking = [{"name": clear[0], "confidence": SURE}, *(entry for entry in ranking if entry["name"] != clear[0])]
    top = ranking[0]["name"]
    also = [part for part in dict.fromkeys(parts) if part != top and (is_question(part) or part == "describe_twitch")]
    questions = [part for part in also if is_question(part)]
    if not is_question(top) and questions:
        lead = questions[0]
        confidence = max(ranking[0]["confidence"], SURE)
        ranking = [{"name": lead, "confidence": confidence}] + [entry for entry in ranking if entry["name"] != lead]
        also = [part for part in [top, *also] if part != lead and (is_question(part) or part == "describe_twitch")]
    return ranking, also
