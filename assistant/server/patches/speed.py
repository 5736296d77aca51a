"""What Rasa does at every turn and need not do: the same answers, at less cost (figures in docs/performance.md)."""

from __future__ import annotations

import copy
from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import rasa.core.actions.action as rasa_action
import rasa.core.policies.rule_policy as rasa_rules
import rasa.core.processor as rasa_processor
import rasa.engine.runner.dask as rasa_runner
import rasa.shared.core.domain as rasa_domain
import rasa.shared.core.events as rasa_events
import rasa.shared.core.slots as rasa_slots
import rasa.shared.core.trackers as rasa_trackers
from jsonschema import Draft7Validator
from rasa.core.channels.channel import UserMessage
from rasa.shared.exceptions import RasaException

from assistant.server.patches.behaviour import ActionsInProcess

# Messages whose understanding is remembered, the newest (docs/privacy.md).
UNDERSTOOD = 256


def cache_action_schema() -> None:
    """Rasa compiles a JSON schema at every custom action: 12.8 ms a call, 0.01 ms with a compiled one."""
    validator = Draft7Validator(rasa_action.RemoteAction.action_response_format_spec())

    def validate(self: Any, result: dict[str, Any]) -> bool:
        # What runs here is checked by mypy and tests; only what came over the network is looked through, 1 ms a call.
        if isinstance(self.action_endpoint, ActionsInProcess):
            return True
        error = next(validator.iter_errors(result), None)
        if error is not None:
            raise RasaException(f"An action returned what Rasa does not understand at {list(error.path)}")
        return True

    rasa_action.RemoteAction._validate_action_result = validate


def remember_event_types() -> None:
    """Rasa walks all subclasses of Event for each event of a talk that it reads: a third of the CPU of turn 100, nothing with a table."""
    find = rasa_events.Event.resolve_by_type
    rasa_events.Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(find))


def run_components_in_order() -> None:
    """Rasa has dask plan each of the three graphs of a turn anew, for threads that it does not use: 0.7 ms of a turn's 7.8."""

    def get(graph: dict[str, Any], targets: list[str]) -> tuple[Any, ...]:
        results: dict[str, Any] = {}

        def result(name: str) -> Any:
            if name not in results:
                first, *needs = graph[name]
                # An input stands there as its name and value, a component as itself and the names of what it needs.
                results[name] = first(*map(result, needs)) if callable(first) else graph[name]
            return results[name]

        return tuple(map(result, targets))

    # Only what this module calls dask; dask itself stays as it is.
    rasa_runner.dask = SimpleNamespace(get=get)


def look_only_at_rules_that_can_apply() -> None:
    """RulePolicy tries every rule on the words of a message, then on its intent; no rule here is on words: 1.1 ms of a turn's 23."""
    find, possible = rasa_rules.RulePolicy._find_action_from_rules, rasa_rules.RulePolicy._get_possible_keys

    def find_by_intent(self: Any, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> tuple[str | None, str | None, bool]:
        if use_text_for_last_user_input:
            return None, None, False
        found: tuple[str | None, str | None, bool] = find(self, tracker, domain, use_text_for_last_user_input)
        return found

    def possible_after_the_last_action(self: Any, lookup: dict[str, str], states: list[Any]) -> set[str]:
        after = _by_last_action(tuple(lookup)).get(_last_action(states), [])
        keys: set[str] = possible(self, {key: lookup[key] for key in after}, states)
        return keys

    rasa_rules.RulePolicy._find_action_from_rules = find_by_intent
    rasa_rules.RulePolicy._get_possible_keys = possible_after_the_last_action


def _last_action(states: list[Any]) -> str | None:
    name: str | None = states[-1].get(rasa_rules.PREVIOUS_ACTION, {}).get(rasa_rules.ACTION_NAME)
    return name


@lru_cache(maxsize=4)
def _by_last_action(rules: tuple[str, ...]) -> dict[str | None, list[str]]:
    found: dict[str | None, list[str]] = {}
    for rule in rules:
        found.setdefault(_last_action(rasa_rules.RulePolicy._rule_key_to_state(rule)), []).append(rule)
    return found


def show_rules_only_the_states_they_look_at() -> None:
    """RulePolicy replays a talk to write out, format and copy the state before each of its actions; its rules look at three at most."""

    def newest(self: Any, tracker: Any, domain: Any, use_text_for_last_user_input: bool = False, rule_only_data: Any = None) -> list[Any]:
        rules = tuple(self.lookup[rasa_rules.RULES]) + tuple(self.lookup[rasa_rules.RULES_FOR_LOOP_UNHAPPY_PATH])
        after = _by_last_action(rules).get(tracker.latest_action_name, [])
        recent = _Recent(tracker, max((len(self._rule_key_to_state(rule)) for rule in after), default=1))
        states: list[Any] = self.featurizer.prediction_states(
            [recent], domain, use_text_for_last_user_input=use_text_for_last_user_input
        )[0]
        return states

    rasa_rules.RulePolicy._prediction_states = newest


class _Recent:
    """A talk that tells Rasa's featurizer the newest of its states only."""

    def __init__(self, tracker: Any, most: int) -> None:
        self._tracker = tracker
        self._most = most

    def past_states(self, domain: Any, **ignored: Any) -> list[Any]:
        """The states before the newest actions and the present one, as rasa/shared/core/domain.py makes all of them."""
        # A form's replay leaves out what was said between its runs, so that after one the present is another than the talk says.
        if self._most == 1 and not any(type(event) is rasa_events.ActiveLoop for event in self._tracker.events):
            return [domain.get_active_state(self._tracker)]
        events = self._tracker.applied_events()
        actions = [place for place, event in enumerate(events) if isinstance(event, rasa_events.ActionExecuted)]
        wanted = actions[max(0, len(actions) + 1 - self._most) :]
        replayed, states = self._tracker.init_copy(), []
        for place, event in enumerate(events):
            if place in wanted:
                states.append(domain.get_active_state(replayed))
            replayed.update(event)
        return [*states, domain.get_active_state(replayed)]


def replay_plainly_where_nothing_is_undone() -> None:
    """Rasa asks of each event of a talk, at each replay, what it undoes: nothing, where no form ran and nothing was taken back."""
    applied = rasa_trackers.DialogueStateTracker.applied_events

    def applied_events(self: Any) -> list[Any]:
        events = list(self.events)
        kinds = [type(event) for event in events]
        if UNDO.intersection(kinds) or any(event.name for event in events if type(event) is rasa_events.ActiveLoop):
            found: list[Any] = applied(self)
            return found
        begins = max((place for place, kind in enumerate(kinds) if kind in BEGIN), default=-1)
        return events[begins + 1 :]

    rasa_trackers.DialogueStateTracker.applied_events = applied_events


UNDO = frozenset({rasa_events.ActionReverted, rasa_events.UserUtteranceReverted})
BEGIN = frozenset({rasa_events.Restarted, rasa_events.SessionStarted})


def copy_talks_without_replaying_them() -> None:
    """Rasa replays a talk from its first event to have a copy of it for each action.

    This copy also knows what the talk knew beside its events, and that a follow-up action has begun; no action asks for either.
    """

    def copied(self: Any) -> Any:
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.events = copy.copy(self.events)
        twin.slots = {name: copy.copy(slot) for name, slot in self.slots.items()}
        twin.active_loop = copy.copy(self.active_loop)
        return twin

    rasa_trackers.DialogueStateTracker.copy = copied


def copy_slots_plainly() -> None:
    """Rasa copies every slot of a talk for each of its copies, by pickling's protocol."""

    def copied(self: Any) -> Any:
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin

    rasa_slots.Slot.__copy__ = copied


def copy_nothing_for_lines_not_logged() -> None:
    """Rasa's processor copies events and entities for lines of its debug log, whether they are written or not."""
    rasa_processor.copy = SimpleNamespace(deepcopy=lambda held: held)


def remember_whether_the_domain_is_empty() -> None:
    """Rasa writes out its whole domain and an empty one at each message, to compare them: 0.3 ms."""
    look = rasa_domain.Domain.is_empty

    def is_empty(self: Any) -> bool:
        # Not by its hash, for which Rasa writes out all of it again.
        if not hasattr(self, "known_to_be_empty"):
            self.known_to_be_empty = look(self)
        return bool(self.known_to_be_empty)

    rasa_domain.Domain.is_empty = is_empty


def remember_what_was_understood() -> None:
    """Understanding goes by words and day alone; "yes", "no" and what a button says come again and again: 4.5 of a turn's 11 ms."""
    parse = rasa_processor.MessageProcessor._parse_message_with_graph

    # By the processor too, so that another model begins with nothing; by the day, as "since tuesday" is another time tomorrow.
    @lru_cache(maxsize=UNDERSTOOD)
    def understand(processor: Any, text: str, day: date) -> dict[str, Any]:
        found: dict[str, Any] = parse(processor, UserMessage(text), None)
        return found

    def parse_or_remember(self: Any, message: Any, tracker: Any, only_output_properties: bool = True) -> dict[str, Any]:
        if not only_output_properties:
            # That gives the message's id and metadata, too; the server never asks for it.
            found: dict[str, Any] = parse(self, message, tracker, only_output_properties)
            return found
        return copy.deepcopy(understand(self, message.text, date.today()))

    rasa_processor.MessageProcessor._parse_message_with_graph = parse_or_remember
