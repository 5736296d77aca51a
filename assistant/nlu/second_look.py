"""Rasa component: a second look for safety signs that are put in words no pattern knows.

A classifier over stretches of the message, trained on the examples of content/signs.yml and data/signs against everything that is no
sign (their `not_this`, content/harmless.yml, data/harmless and the messages of data/nlu). It adds signs, and it doubts what a pattern
found where all of the message speaks against it (doubt.py).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.knowledge import Level, knowledge
from assistant.nlu.context import HOLDS
from assistant.nlu.doubt import ALONE, BY_NEAREST, BY_REGRESSION, doubt, may_be_doubted, plainly_had
from assistant.nlu.introduction import without_introduction, without_thanks
from assistant.nlu.lexicon import lexicon
from assistant.nlu.reading import MARKS, Reading
from assistant.nlu.stretches import NONE, examples, stretches
from assistant.nlu.text_classifier import TextClassifier, whole
from assistant.nlu.time_words import DAY
from assistant.nlu.unstated import Spans

FILE = "second_look.npz"
# How likely a sign of at least this level must be, chosen on held-out messages by what an error costs (docs/trials.md) ...
LIKELY = 0.3
# ... and the likeliest of the very level, as a share of "no sign at all": something must be there to name.
BESIDE_NONE = 0.42
# Where the message needs help today in any case, so much is enough for an emergency: in doubt the higher level.
IN_DOUBT = 0.15
# Where a pattern has read what is ordinary, an alarm must be surer: "so stiff I walk like a zombie", "loads of preworkout"; and a little
# surer where it has read a cause of twitches: "hot, and drank not much".
ORDINARY, BESIDE_ORDINARY, BESIDE_CAUSE = frozenset({"normal_soreness", "too_much_caffeine"}), 0.6, 0.45
# An ordinary fear is answered as such (express_health_fear); only where it is likelier than this does worry take over a life.
WORRY, SURE_OF_WORRY = "health_anxiety", 0.7
# What a time decides is not guessed at where the message gives that time (durations.py), or one of less than so many seconds.
MEASURED = {"over_two_weeks": ("since", math.inf), "long_single_bout": ("bout", math.inf), "eyelid_long": ("since", 60 * DAY)}
# So sure, it outranks ConText's word that the pattern's finding is denied, imagined or past ("never had pain like this in my chest").
OVERRULES = 0.9
# "Hypothetically, thirty of these tablets": who says so may mean it.
NEVER_SUPPOSED = frozenset({"suicidal_or_self_harm", "overdose_poisoning"})
# "No chest pain, no weakness, pee is normal": so many denials in one stretch are a list of what is not there; in a stretch of
# so few words one is enough.
DENIALS, FEW_WORDS = 2, 10
# A stretch as a token span, and how likely each label is in it.
Look = tuple[tuple[int, int], dict[str, float]]


def _denies(near: list[dict[str, Any]], words: int) -> bool:
    """Whether a stretch is about signs that are not there, by what the patterns found in it."""
    absent = {entity["value"] for entity in near if entity["status"] == "absent"}
    elsewhere = {entity["value"] for entity in near if entity["status"] not in HOLDS}
    return len(absent) >= DENIALS or (bool(elsewhere) and words <= FEW_WORDS)


def _moved(entity: dict[str, Any], by: int) -> dict[str, Any]:
    return {**entity, "start": entity["start"] + by, "end": entity["end"] + by}


def _surer(entity: dict[str, Any]) -> float:
    """How likely an alarm must be beside what a pattern has read."""
    if entity.get("status") != "present":
        return 0.0
    return BESIDE_ORDINARY if entity["value"] in ORDINARY else BESIDE_CAUSE if entity["entity"] == "cause" else 0.0


def _had(reading: Reading, entity: dict[str, Any]) -> bool:
    """Whether a finding is what somebody plainly has (doubt.py), by the words before it, its own, and the words after it."""
    start, end = entity["start"], entity["end"]
    before = [token.text for token in reading.tokens if token.end <= start]
    own = [token.text for token in reading.tokens if token.end > start and token.start < end]
    after = [token.text for token in reading.tokens if token.start >= end]
    return plainly_had(before, own, after)


def _says_when(reading: Reading) -> bool:
    """Whether a message says when, and nothing else (content/words.yml, `says_when`)."""
    words = lexicon().says_when
    return all(token.text in words for token in reading.tokens if token.text.isalpha())


def _baseless(reading: Reading) -> frozenset[str]:
    """The signs that are not guessed at in a message: what they are about is not named in it, or it is denied."""
    premises, denials = lexicon().guessed_with, lexicon().not_guessed_with
    return (frozenset(premises.labels) - premises.labels_in(reading.text)) | denials.labels_in(reading.text)


def _supposed(reading: Reading, unstated: Spans) -> list[tuple[int, int]]:
    """The sentences that only suppose something, and may ask of it: "let's say my chest hurts, is that 999?"

    They colour what stands beside them, so no stretch with one tells anything; the other sentences are looked at by themselves, too.
    """
    begins = [first for first, _ in unstated.supposed]
    return [(a, b) for a, b in reading.sentences() if any(a <= first < b for first in begins) and _covered(reading, (a, b), unstated.all)]


def _covered(reading: Reading, span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    """Whether all words of a stretch lie in some of these."""
    words = [place for place in range(*span) if reading.tokens[place].text not in MARKS]
    return all(any(first <= place < last for first, last in spans) for place in words)


def _overlap(entity: dict[str, Any], place: tuple[int, int]) -> bool:
    return bool(entity["start"] < place[1] and place[0] < entity["end"])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SecondLook(GraphComponent):
    """Adds `sign` entities with status `present`."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, model: TextClassifier | None = None) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SecondLook:
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
    ) -> SecondLook:
        """Rasa's way to read a trained component."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, TextClassifier.load(Path(folder) / FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the signs' examples and keep the result in the model storage."""
        told, more = examples(str(message.get(TEXT)) for message in training_data.intent_examples)
        pairs = told + more
        samples, labels = [sample for sample, _ in pairs], [label for _, label in pairs]
        self._model = TextClassifier.train(samples, labels, lexicon().topics.labels, nearest=len(told))
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(Path(folder) / FILE)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add to the training data."""
        return training_data

    @property
    def _trained(self) -> TextClassifier:
        if self._model is None:
            raise RuntimeError("the second look is not trained; run `make train`")
        return self._model

    def process(self, messages: list[Message]) -> list[Message]:
        """Look at each message again."""
        for message in messages:
            message.set(ENTITIES, self.look(message.get(TEXT) or "", message.get(ENTITIES, [])), add_to_output=True)
        return messages

    def look(self, text: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The entities after the second look: those found so far, some of them doubted, and signs that the patterns did not see.

        Args:
            text: what the person typed.
            found: the entities found so far.
        """
        said, skipped = without_introduction(text)
        reading = lexicon().reader.read(without_thanks(said))
        spans = stretches(reading)
        if not spans:
            # "Hello. Throat closing": too short by itself.
            skipped, reading = 0, lexicon().reader.read(text)
            spans = stretches(reading)
        if not spans or _says_when(reading):
            return found
        found = [_moved(entity, -skipped) for entity in found]
        model = self._trained
        rows = model.predict(reading, [[span] for span in spans])
        looks = [(span, dict(zip(model.labels, row, strict=True))) for span, row in zip(spans, rows.tolist(), strict=True)]
        words, manners, known = [token.text for token in reading.tokens], lexicon().topics.labels_in(reading.text), knowledge()
        kept = [
            doubt(entity, manners)
            if may_be_doubted(entity, words, manners, known) and not _had(reading, entity) and self._doubts(reading, looks, entity)
            else entity
            for entity in found
        ]
        return [_moved(entity, skipped) for entity in kept + self._see(reading, looks, kept)]

    def _doubts(self, reading: Reading, looks: list[Look], entity: dict[str, Any]) -> bool:
        """Whether all that touches a finding's sentence speaks against it, and so does that sentence by itself (doubt.py)."""
        own = [span for span in reading.sentences() if _overlap(entity, reading.origin(*span))]
        if not own:
            return False
        first, last = own[0][0], own[-1][1]
        near = [(span, shares) for span, shares in looks if span[0] < last and first < span[1]]
        if not near or min(shares[NONE] for _, shares in near) < BY_REGRESSION:
            return False
        if self._nearest_none(reading, [span for span, _ in near]) < BY_NEAREST:
            return False
        if len(own) == len(reading.sentences()):
            return True
        # In its message a sentence takes on the colour of the others: "it soon stops. he just had a fit".
        alone = lexicon().reader.read(" ".join(reading.stretch([span]) for span in own))
        spans = whole(alone).spans
        none = self._trained.predict(alone, [spans])[0][self._trained.labels.index(NONE)]
        return bool(none >= ALONE and self._nearest_none(alone, spans) >= ALONE)

    def _nearest_none(self, reading: Reading, spans: list[tuple[int, int]]) -> float:
        """The least share of "no sign" among the examples nearest to each stretch."""
        rows = self._trained.nearest(reading, [[span] for span in spans])
        return float(rows.T[self._trained.labels.index(NONE)].min())

    def _see(self, reading: Reading, looks: list[Look], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Signs that the patterns did not see. What they judged (a sign denied, say) is not judged again in the same stretch."""
        # Too sure of none for any level, as of most stretches.
        looks = [(span, likely) for span, likely in looks if 1 - likely[NONE] >= min(LIKELY, IN_DOUBT)]
        if not looks:
            return []
        known = knowledge()
        judged = [entity for entity in found if entity["entity"] == "sign"]
        times = {entity["entity"]: entity["value"] for entity in found if entity["entity"] in ("bout", "since")}
        measured = {sign for sign, (time, least) in MEASURED.items() if time in times and times[time] < least}
        alarmed = any(e["status"] in HOLDS and known.signs[e["value"]].rank >= Level.urgent for e in judged)
        surer = 0.0 if alarmed else max(map(_surer, found), default=0.0)
        baseless = measured | _baseless(reading)
        ranks = {label: known.signs[label].rank for label in self._trained.labels if label != NONE and label not in baseless}
        unstated = lexicon().context.unstated.read(reading)
        supposed = _supposed(reading, unstated)
        added: dict[str, dict[str, int]] = {}
        for span, likely in looks:
            start, end = reading.origin(*span)
            near = [entity for entity in judged if _overlap(entity, (start, end))]
            denied = _denies(near, span[1] - span[0])
            nobodys = _covered(reading, span, unstated.surely)
            fancied = any(first < span[1] and span[0] < last for first, last in supposed)
            worried = likely.get(WORRY, 0.0) >= SURE_OF_WORRY
            for sign, together in self._pressing(likely if worried else {**likely, WORRY: 0.0}, ranks, alarmed):
                held = any(sign == entity["value"] and entity["status"] in HOLDS for entity in judged)
                judged_here = denied or any(sign == entity["value"] for entity in near)
                if (judged_here and nobodys) or (fancied and sign not in NEVER_SUPPOSED):
                    continue
                least = OVERRULES if judged_here else surer if ranks[sign] >= Level.urgent else 0.0
                if not held and together >= least:
                    added.setdefault(sign, {"start": start, "end": end})
        return [
            {"entity": "sign", "value": sign, "status": "present", "role": "present", **place, "extractor": "SecondLook"}
            for sign, place in added.items()
        ]

    @staticmethod
    def _pressing(shares: dict[str, float], ranks: dict[str, Level], alarmed: bool) -> list[tuple[str, float]]:
        """The likeliest sign of each level that is likely enough, and how likely it is that there is one of at least that level."""
        found = []
        for level in (Level.see_doctor, Level.urgent, Level.emergency):
            together = sum(shares[label] for label, rank in ranks.items() if rank >= level)
            likeliest = max((label for label, rank in ranks.items() if rank == level), key=lambda label: shares[label])
            doubt = alarmed and level == Level.emergency
            least, beside = (IN_DOUBT, IN_DOUBT) if doubt else (LIKELY, BESIDE_NONE)
            if together >= least and shares[likeliest] >= beside * shares[NONE]:
                found.append((likeliest, together))
                alarmed = alarmed or level >= Level.urgent
        return found
