"""Rasa component: whether a person tells of a twitch of their own, whatever else the message seems to want.

The classifier of intents sees how a message sounds; this sees what is in it. "Swimmer, 19f. Shoulder does this tiny pulsing thing after
sets, a week or so" asks nothing, so it is a description; "... is that normal?" asks and describes.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.knowledge import Level, knowledge
from assistant.nlu.lexicon import lexicon

DESCRIBES = "describe_twitch"
# What someone tells of their own twitch, and nobody of twitching in general.
DETAILS = ("bout", "since", "duration", "at_rest", "body_part")
# In a message that wants nothing, or of someone whom the article leaves out, one is enough.
LEAST_DETAILS = 2
# Topics that want something even without a question: "tips to stop it", "magnesium for calf".
WANTS = frozenset(
    {
        "prevent",
        "relieve",
        "why",
        "what",
        "amount",
        "serious",
        "doctor",
        "magnesium",
        "potassium",
        "electrolyte",
        "supplement",
        "medicine",
    }
)
# A topic: "my dog's leg twitches" is none of a person.
ANIMAL, OUTSIDE = "animal", "out_of_scope"
# What the classifier makes of what it knows nothing of.
_UNHEARD = (OUTSIDE, "nlu_fallback")
# Only these may turn out to be a description after all.
_MISTAKEN = ("ask_", "express_", *_UNHEARD)
ABOUT_A_SIGN, WHY_ASKED, START_AGAIN = "ask_warning_sign", "ask_why_asked", "start_again"
SURE = 0.6
# So sure that it asks, the classifier is believed ("calf jumping after run normal or not"), unless a time is told.
ASKS, TIMES = 0.9, frozenset({"bout", "since", "duration"})


def imagines(entities: list[dict[str, Any]]) -> bool:
    """Whether a message asks about a sign for urgent help that is not here: "if my face drooped, what should I do"."""
    known = knowledge().signs
    return any(
        entity["entity"] == "sign"
        and entity["status"] == "hypothetical"
        and not entity.get("doubted")
        and known[entity["value"]].rank >= Level.urgent
        for entity in entities
    )


def details(entities: list[dict[str, Any]]) -> int:
    """How many kinds of detail of a twitch a message tells; none if it speaks of no twitch."""
    stated = {entity["entity"] for entity in entities if entity.get("status") == "present"}
    return len(stated & set(DETAILS)) if "twitch" in stated else 0


def wants(entities: list[dict[str, Any]], topics: frozenset[str]) -> bool:
    """Whether a message asks for something, in whatever form."""
    return bool(topics & WANTS) or any(entity["entity"] == "question" for entity in entities)


def tells(entities: list[dict[str, Any]], topics: frozenset[str]) -> bool:
    """Whether it is a person's own twitch that is told of."""
    if not wants(entities, topics) or any(entity["entity"] == "group" for entity in entities):
        return details(entities) > 0
    return details(entities) >= LEAST_DETAILS and "own" in topics


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Telling(GraphComponent):
    """Makes a description's intent `describe_twitch`, or, where the message wants something too, adds that to `also`.

    What speaks of an imagined sign, and of no twitch, becomes `ask_warning_sign`, what did not understand a question `ask_why_asked`,
    “start again, ...” `start_again`; an animal's twitch is out of scope.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Telling:
        """Rasa's way to make a component."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Look at each message; the findings must be there already."""
        for message in messages:
            _judge(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing is learnt."""
        return training_data


def _judge(message: Message) -> None:
    """What a message turns out to be: told of a twitch, of an animal's, of a sign that is imagined, or what it was."""
    intent, entities = message.get(INTENT) or {}, message.get(ENTITIES, [])
    name = str(intent.get("name") or "")
    if not name.startswith((DESCRIBES, *_MISTAKEN)):
        return
    sure = intent.get("confidence", 0.0)
    if any(entity["entity"] == "forgets" and entity["start"] == 0 for entity in entities):
        return _becomes(message, START_AGAIN)
    if any(entity["entity"] == "puzzled" and entity["value"] == "asked" for entity in entities) and name != DESCRIBES and sure < SURE:
        # "What do you mean, at rest?"
        return _becomes(message, WHY_ASKED)
    topics = frozenset(lexicon().topics.labels_in(lexicon().reader.read(message.get(TEXT) or "").text))
    if ANIMAL in topics:
        _becomes(message, OUTSIDE)
    elif any(entity["entity"] == "also" and entity["value"] == DESCRIBES for entity in entities):
        # One sentence tells of a twitch; what the others want is not known.
        if name in _UNHEARD:
            _becomes(message, DESCRIBES)
    elif name == DESCRIBES:
        return
    elif not tells(entities, topics):
        if imagines(entities) and (name in _UNHEARD or sure < SURE):
            _becomes(message, ABOUT_A_SIGN)
    elif name not in _UNHEARD and (_asks(intent, entities) or wants(entities, topics)):
        also = {"entity": "also", "value": DESCRIBES, "start": 0, "end": 0, "extractor": "Telling"}
        message.set(ENTITIES, [*entities, also], add_to_output=True)
    else:
        _becomes(message, DESCRIBES)


def _asks(intent: dict[str, Any], entities: list[dict[str, Any]]) -> bool:
    """Whether the classifier is so sure of a question that a twitch and its place do not make it a description."""
    timed = any(entity["entity"] in TIMES for entity in entities)
    return str(intent["name"]).startswith("ask_") and intent.get("confidence", 0.0) >= ASKS and not timed


def _becomes(message: Message, intent: str) -> None:
    """Give a message another intent, at least as sure as the one that it had."""
    sure = (message.get(INTENT) or {}).get("confidence", 0.0)
    message.set(INTENT, {"name": intent, "confidence": max(SURE, sure)}, add_to_output=True)
