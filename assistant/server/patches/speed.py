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
import rasa.core.processor as rasa_processor
import rasa.engine.graph as rasa_graph
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
        return tuple(_result(graph, name, results) for name in targets)

    # Only what this module calls dask; dask itself stays as it is.
    rasa_runner.dask = SimpleNamespace(get=get)


def _result(graph: dict[str, Any], name: str, results: dict[str, Any]) -> Any:
    """What a node of a graph gives, each asked once. No function inside `get`: one that calls itself holds the whole talk in a circle."""
    if name not in results:
        first, *needs = graph[name]
        # An input stands there as its name and value, a component as itself and the names of what it needs.
        results[name] = first(*(_result(graph, need, results) for need in needs)) if callable(first) else graph[name]
    return results[name]


def remember_which_components_a_graph_needs() -> None:
    """Rasa looks up what understanding, or predicting, needs of the whole graph three times a turn: 0.04 ms of 6."""
    find = rasa_graph.GraphSchema.minimal_graph_schema

    def minimal_graph_schema(self: Any, targets: list[str] | None = None) -> Any:
        known, wanted = self.__dict__.setdefault("known_to_need", {}), tuple(targets or ())
        if wanted not in known:
            known[wanted] = find(self, targets)
        return known[wanted]

    rasa_graph.GraphSchema.minimal_graph_schema = minimal_graph_schema


def replay_plainly_where_nothing_is_taken_back() -> None:
    """Rasa asks of each event of a talk, at each replay, what it undoes, by what it is an instance of: 0.1 ms of 7."""
    applied = rasa_trackers.DialogueStateTracker.applied_events

    def applied_events(self: Any) -> list[Any]:
        events = list(self.events)
        kinds = [type(event) for event in events]
        if UNDO.intersection(kinds):
            found: list[Any] = applied(self)
            return found
        begins = max((place for place, kind in enumerate(kinds) if kind in BEGIN), default=-1)
        loops = {event.name for event in events if type(event) is rasa_events.ActiveLoop and event.name}
        kept: list[Any] = []
        for event, kind in zip(events[begins + 1 :], kinds[begins + 1 :], strict=True):
            again = kind is rasa_events.ActionExecuted and event.action_name in loops
            if again and not self._first_loop_execution_or_unhappy_path(event.action_name, kept):
                self._undo_till_previous_loop_execution(event.action_name, kept)
            else:
                kept.append(event)
        return kept

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
        twin.slots = {name: slot.__copy__() for name, slot in self.slots.items()}
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


def write_out_a_loop_without_copying_its_message() -> None:
    """Rasa copies all that was understood of the message that began a form, for each action: 0.2 ms of a turn in it."""
    # Only what this module calls dataclasses.
    rasa_trackers.dataclasses = SimpleNamespace(asdict=lambda loop: dict(vars(loop)))


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
