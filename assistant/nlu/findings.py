"""Rasa component: picks safety signs, body parts, causes, medicines and times out of a message, each with its status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.context import HOLDS, Status
from assistant.nlu.durations import read_durations
from assistant.nlu.lexicon import lexicon
from assistant.nlu.patterns import Match
from assistant.nlu.reading import MARKS, SENTENCE_END, Reading
from assistant.nlu.restated import TWITCH, restated
from assistant.nlu.time_words import WEEK
from assistant.nlu.whose_time import Named

Entity = dict[str, Any]
CLAUSE_BEGINS = frozenset(
    {*SENTENCE_END, ",", "-", ":", "and", "but", "so", "or", "please", "hi", "hello", "hey", "anyway", "also", "then"}
)
ASKS_ANYWHERE = frozenset({"?", "why", "how", "hows", "whys", "wondering", "wonder"})
# Its patterns find a long time; whether that is the twitch's is told where times are read ("a knee injury two years ago").
OVER_TWO_WEEKS, TWO_WEEKS = "over_two_weeks", 2 * WEEK
# A finding that is stated twice counts by the first of these.
_WEIGHT: tuple[Status, ...] = ("present", "other_person", "absent", "hypothetical", "past")


def find(message: str, today: date | None = None) -> list[Entity]:
    """All findings in a message.

    Args:
        message: what the person typed.
        today: what "since tuesday" counts back from; the present day by default.

    Returns:
        Entities with `entity`, `value`, `status`, `role` (the same as status, for slot mappings), `start` and `end`.
        Times are in seconds. A sign is there once, with the status that weighs most, and `undoubted` if it holds by what stands in
        more than one sentence, or by a later word (restated.py).
    """
    tools = lexicon()
    found = _found_in(tools.reader.read(message), today)
    known = {entity["value"] for entity in found if entity["entity"] == "sign"}
    for other, start, end in tools.respelling.readings(message):
        # "A fiit", "out cod": in doubt of the spelling, what states a sign.
        new = any(match.label not in known for match in _signs_in(other))
        for entity in _found_in(other, today) if new else ():
            if entity["entity"] == "sign" and entity["status"] in HOLDS and entity["value"] not in known:
                known.add(entity["value"])
                found.append({**entity, "start": start, "end": end})
    return sorted(found, key=lambda entity: (entity["start"], entity["entity"], str(entity["value"])))


def _found_in(reading: Reading, today: date | None) -> list[Entity]:
    """The findings in a reading."""
    tools = lexicon()
    if not reading.tokens:
        return []
    matches = [Match(f"sign={match.label}", match.spans) for match in _signs_in(reading)]
    matches += [match for match in tools.findings.find(reading.text) if _in_place(match, reading)]
    unstated = tools.context.unstated.spans(reading)
    statuses = tools.context.judge(reading, matches, unstated)
    there = restated(reading, matches, statuses)
    statuses = ["present" if match in there else status for match, status in zip(matches, statuses, strict=True)]
    best: dict[str, tuple[Status, Match]] = {}
    sentences: dict[str, set[int]] = {}
    for status, match in zip(statuses, matches, strict=True):
        if status in HOLDS and match.label.startswith("sign="):
            sentences.setdefault(match.label, set()).update(_sentences(match, reading))
        held = best.get(match.label)
        if held is None or _WEIGHT.index(status) < _WEIGHT.index(held[0]):
            best[match.label] = (status, match)
    entities = []
    durations = read_durations(
        reading.text, today or date.today(), _named(matches, statuses, [reading.place(*span) for span in unstated])
    )
    for status, match in best.values():
        name, value = match.label.split("=", 1)
        entity = _entity(reading, name, value, status, match.spans[0])
        undoubted = match in there or len(sentences.get(match.label, ())) > 1
        entities.append({**entity, "undoubted": True} if undoubted else entity)
    for duration in durations:
        place = (duration.start, duration.end)
        entities.append(_entity(reading, duration.kind, duration.seconds, "present", place))
    if not any(duration.kind == "since" and duration.seconds > TWO_WEEKS for duration in durations):
        entities = [entity for entity in entities if entity["value"] != OVER_TWO_WEEKS or entity["status"] not in HOLDS]
    return entities


def _named(matches: Sequence[Match], statuses: Sequence[Status], unstated: Sequence[tuple[int, int]]) -> Named:
    """What the times of a message may belong to, as places of the reading's text."""
    judged = list(zip(matches, statuses, strict=True))
    over = [match for match, status in judged if status == "past" and match.label.startswith(("sign=", TWITCH))]
    return Named(
        medicines=[match.spans[0] for match in matches if match.label.startswith("medicine=")],
        twitches=[place for match, status in judged if match.label == TWITCH and status != "past" for place in match.spans],
        past=[place for match in over for place in match.spans],
        unstated=unstated,
    )


def _sentences(match: Match, reading: Reading) -> set[int]:
    """The sentences that its pieces stand in, each as the number of ends before it."""
    firsts = [reading.token_span(*span)[0] for span in match.spans]
    return {sum(token.text in SENTENCE_END for token in reading.tokens[:first]) for first in firsts}


def _signs_in(reading: Reading) -> list[Match]:
    """The signs that the patterns find, whatever their status."""
    return lexicon().signs.find(reading.text) + _alone(reading, lexicon().alone)


def _alone(reading: Reading, signs: dict[str, str]) -> list[Match]:
    """The sign that a message states by being no more than a word or two ("overdose", "no pulse!!")."""
    sign = signs.get(" ".join(token.text for token in reading.tokens if token.text not in MARKS))
    return [Match(sign, ((1, len(reading.text) - 1),))] if sign else []


def _in_place(match: Match, reading: Reading) -> bool:
    """What a message opens with stands at its beginning, or ends it after "?"; "does this" asks where a clause begins, or before it."""
    if match.label.startswith("opens="):
        first, last = reading.token_span(*match.spans[0])
        # Who asks back may answer then: "like when i'm chilling? not really".
        answers = last >= len(reading.tokens) and first > 0 and reading.tokens[first - 1].text == "?"
        return first == 0 or answers
    if match.label.startswith("question="):
        first = reading.token_span(*match.spans[0])[0]
        begins = first == 0 or reading.tokens[first - 1].text in CLAUSE_BEGINS
        return begins or reading.tokens[first].text in ASKS_ANYWHERE or any(token.text == "?" for token in reading.tokens)
    return True


def _entity(reading: Reading, name: str, value: Any, status: Status, place: tuple[int, int]) -> Entity:
    start, end = reading.origin(*reading.token_span(*place))
    return {
        "entity": name,
        "value": value,
        "status": status,
        "role": status,
        "start": start,
        "end": end,
        "extractor": "FindingsExtractor",
    }


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FindingsExtractor(GraphComponent):
    """Adds the findings to a message as entities."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FindingsExtractor:
        """Rasa's way to make a component; content errors surface here, before the server says that it is ready."""
        lexicon()
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add entities to each message."""
        for message in messages:
            message.set(ENTITIES, message.get(ENTITIES, []) + find(message.get(TEXT) or ""), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training needs no findings; they are not learnt."""
        return training_data
