"""What Rasa does at every turn and need not do: the same answers, at less cost (figures in docs/performance.md)."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, overload

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


def fill_slots_by_their_action() -> None:
    """Rasa asks of each slot by each of its mappings whether it may be filled now; one action fills all of ours: 0.2 ms of 10."""
    run = rasa_action.ActionExtractSlots.run

    async def run_the_actions(self: Any, output_channel: Any, nlg: Any, tracker: Any, domain: Any) -> list[Any]:
        names = _actions_that_fill(domain)
        if names is None:
            return list(await run(self, output_channel, nlg, tracker, domain))
        found = [event for name in names for event in await self._run_custom_action(name, output_channel, nlg, tracker, domain)]
        return list(await self._execute_validation_action(found, output_channel, nlg, tracker, domain))

    rasa_action.ActionExtractSlots.run = run_the_actions


def _actions_that_fill(domain: Any) -> tuple[str, ...] | None:
    """The actions that fill all slots, each once and whatever was said; None if a slot is filled in another way."""
    # Not remembered by the domain's hash, for which Rasa writes out all of it.
    if not hasattr(domain, "actions_that_fill"):
        mappings = [mapping for slot in domain.slots if slot.name not in rasa_action.DEFAULT_SLOT_NAMES for mapping in slot.mappings]
        plain = all(mapping["type"] == "custom" and mapping.keys() <= {"type", "action"} for mapping in mappings)
        names = tuple(dict.fromkeys(mapping["action"] for mapping in mappings if "action" in mapping))
        domain.actions_that_fill = names if plain else None
    found: tuple[str, ...] | None = domain.actions_that_fill
    return found


def write_out_only_the_events_that_an_action_reads() -> None:
    """Rasa writes out every event of a talk's window for each action; what runs in this process reads the newest few: 0.1 ms of 10."""
    call = rasa_action.RemoteAction._action_call_format

    def of_a_talk(self: Any, tracker: Any, domain: Any) -> dict[str, Any]:
        if not isinstance(self.action_endpoint, ActionsInProcess):
            found: dict[str, Any] = call(self, tracker, domain)
            return found
        state = tracker.current_state() | {"events": _Written(tracker.events)}
        return {"next_action": self._name, "sender_id": tracker.sender_id, "tracker": state}

    rasa_action.RemoteAction._action_call_format = of_a_talk


class _Written(Sequence[dict[str, Any]]):
    """A talk's events as an action server would get them, each written out when it is read."""

    def __init__(self, events: Iterable[Any]) -> None:
        self._events = list(events)

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...

    def __getitem__(self, place: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(place, slice):
            return [event.as_dict() for event in self._events[place]]
        written: dict[str, Any] = self._events[place].as_dict()
        return written


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
    def understand(processor: Any, text: str, day: date) -> bytes:
        return pickle.dumps(parse(processor, UserMessage(text), None))

    def parse_or_remember(self: Any, message: Any, tracker: Any, only_output_properties: bool = True) -> dict[str, Any]:
        found: dict[str, Any]
        if not only_output_properties:
            # That gives the message's id and metadata, too; the server never asks for it.
            found = parse(self, message, tracker, only_output_properties)
            return found
        # A copy each: a turn may change what it is given.
        found = pickle.loads(understand(self, message.text, date.today()))  # noqa: S301 - made above
        return found

    rasa_processor.MessageProcessor._parse_message_with_graph = parse_or_remember
