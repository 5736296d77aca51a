"""The safety policy: what a person says of a warning sign outranks every rule, in every turn.

An emergency is answered with a plain domain response, `utter_emergency_<sign id>`, so that it needs neither the intent
classifier nor the action server. A sign of a lower level goes to `action_refer`; where it is doubted that a sign is here,
`action_in_case` says what to do if it is, before everything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, takewhile
from typing import Any

from rasa.core.featurizers.tracker_featurizers import TrackerFeaturizer
from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_DEACTIVATE_LOOP_NAME, ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.knowledge import Level, knowledge
from assistant.triage import OF_THE_TALK, Said, confirmed, counts, question_answered

EMERGENCY = "utter_emergency_"
# The message could not be taken into the slots: nothing is answered as if it had said nothing.
SORRY = "utter_sorry"
REFER = "action_refer"
IN_CASE = "action_in_case"
# What is said in the turn after an emergency's reply.
STILL = "utter_still_an_emergency"
# Intents of "ok", "but she says she is fine", "on my way".
SAYS_NOTHING = ("out_of_scope", "nlu_fallback", "affirm", "deny", "dont_know", "inform", "goodbye")
# The latest message and the one before.
BOTH = 2
# Above RulePolicy (6) and every other policy of Rasa.
PRIORITY = 100


def stated_level(tracker: DialogueStateTracker) -> tuple[Level, str | None]:
    """The highest level among the signs that the latest message states, or its times establish, and the sign of it to be answered.

    That is the first, but one that needs first aid comes before the others.
    """
    known, entities = knowledge(), [*(tracker.latest_message.entities if tracker.latest_message else []), *_confirmed(tracker)]
    stated = [str(e["value"]) for e in entities if e["entity"] == "sign" and counts(e, known)]
    signs = [known.signs[sign] for sign in (*stated, *(tracker.get_slot("established") or ()))]
    pressing = max(signs, key=lambda sign: (sign.rank, sign.first_aid), default=None)
    return (pressing.rank, pressing.id) if pressing else (Level.self_care, None)


def next_safety_action(tracker: DialogueStateTracker) -> str | None:
    """The action that safety demands now, or None where the other policies decide."""
    level, sign = stated_level(tracker)
    if level < Level.emergency:
        still = _still(tracker)
        if still is not None:
            return still
        if level < Level.urgent and _unheard(tracker):
            return str(ACTION_LISTEN_NAME) if SORRY in _actions_since_message(tracker) else SORRY
        if _doubted(tracker) and IN_CASE not in _actions_since_message(tracker):
            return IN_CASE
    return _reply(tracker, level, sign) if sign is not None and level > Level.self_care else None


def _reply(tracker: DialogueStateTracker, level: Level, sign: str) -> str | None:
    """What a stated sign gets."""
    # In the interview a sign for a normal appointment is kept for the result; the questions go on.
    if level == Level.see_doctor and tracker.active_loop_name:
        return None
    reply = EMERGENCY + sign if level == Level.emergency else REFER
    done = _actions_since_message(tracker)
    if reply not in done:
        return reply
    # What comes next is help, not questions.
    if tracker.active_loop_name and str(ACTION_DEACTIVATE_LOOP_NAME) not in done:
        return str(ACTION_DEACTIVATE_LOOP_NAME)
    return str(ACTION_LISTEN_NAME)


def _still(tracker: DialogueStateTracker) -> str | None:
    """What comes right after an emergency's reply gets no small talk and nothing of the article, but what it asks of the talk itself."""
    before, intent = _action_before(tracker), tracker.latest_message.intent_name if tracker.latest_message else None
    # Once that has been said, a question is answered; what says nothing hears it again.
    follows = before.startswith(EMERGENCY) or (before == STILL and (intent in SAYS_NOTHING or intent is None))
    if not follows or (intent or "").startswith(OF_THE_TALK):
        return None
    return str(ACTION_LISTEN_NAME) if STILL in _actions_since_message(tracker) else STILL


def _action_before(tracker: DialogueStateTracker) -> str:
    """The first action of the turn before, or an empty string."""
    turns, name = 0, ""
    for event in _latest_first(tracker):
        turns += isinstance(event, UserUttered)
        if turns == BOTH:
            break
        if turns and isinstance(event, ActionExecuted) and event.action_name:
            name = str(event.action_name)
    return name


def _confirmed(tracker: DialogueStateTracker) -> list[Any]:
    """Signs that the message before only mentioned, and the latest says are there."""
    messages = list(islice((event for event in _latest_first(tracker) if isinstance(event, UserUttered)), BOTH))
    if len(messages) < BOTH:
        return []
    latest, before = messages
    asked = question_answered((latest.metadata or {}).get("answers"), tracker.active_loop_name, tracker.get_slot("requested_slot"))
    return list(confirmed(Said(latest.intent_name, tuple(latest.entities), asked), before.entities, knowledge()))


def _unheard(tracker: DialogueStateTracker) -> bool:
    """Whether what the latest message tells could not be taken into the slots; "hello" tells nothing."""
    tells = tracker.active_loop_name or (tracker.latest_message and tracker.latest_message.entities)
    return bool(tracker.get_slot("unheard") and tells)


def _doubted(tracker: DialogueStateTracker) -> bool:
    """Whether the latest message names a sign of which the second look doubts that it is here."""
    return bool(tracker.latest_message) and any(entity.get("doubted") for entity in tracker.latest_message.entities)


def _latest_first(tracker: DialogueStateTracker) -> Iterator[Event]:
    """The events of this session; what was said in one before it says nothing of now."""
    return takewhile(lambda event: not isinstance(event, SessionStarted), reversed(tracker.events))


def _actions_since_message(tracker: DialogueStateTracker) -> list[str]:
    done: list[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name:
            done.append(event.action_name)
    return done


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class SafetyPolicy(Policy):
    """Rasa's form of `next_safety_action`."""

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: TrackerFeaturizer | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context, featurizer)
        # A content error stops the server here, not in the middle of a talk.
        knowledge()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa asks for the priority here."""
        return {"priority": PRIORITY}

    @staticmethod
    def supported_data() -> SupportedData:
        """It learns from nothing; Rasa asks."""
        return SupportedData.ML_AND_RULE_DATA

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Nothing is learnt: safety is a rule."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Certain of one action, or of none."""
        action = next_safety_action(tracker)
        scores = self._default_predictions(domain)
        if action is not None:
            scores[domain.index_for_action(action)] = 1.0
        # Rasa lets only "no user" predictions outrank a form that waits for its answer (ensemble.py, rule 1).
        return self._prediction(scores, is_no_user_prediction=action is not None)
