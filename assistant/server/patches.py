"""Every change to Rasa's internals, with its reason; tests/server/test_patches.py fails when Rasa changes under one."""

from __future__ import annotations

import asyncio
import copy
import importlib
import inspect
import logging
import warnings
from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import rasa.core.actions.action as rasa_action
import rasa.core.policies.rule_policy as rasa_rules
import rasa.core.processor as rasa_processor
import rasa.core.run as rasa_run
import rasa.core.utils as rasa_utils
import rasa.engine.runner.dask as rasa_runner
import rasa.shared.core.domain as rasa_domain
import rasa.shared.core.events as rasa_events
from jsonschema import Draft7Validator
from rasa.core.channels.channel import UserMessage
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection as SdkRejection
from sanic import Sanic, response

from assistant.server.guard import equip

logger = logging.getLogger(__name__)

# The key that Rasa Pro uses for actions inside the server.
MODULE_KEY = "actions_module"
# Seconds. An action takes milliseconds; a person waits no longer than this, also for emergency advice.
ACTION_PATIENCE = 4
# Messages whose understanding is remembered, the newest (docs/privacy.md).
UNDERSTOOD = 256
APOLOGY = {"events": [], "responses": [{"response": "utter_sorry"}]}


class ActionsInProcess(EndpointConfig):
    """An action endpoint that runs rasa-sdk's executor in this process instead of asking a server over HTTP."""

    def __init__(self, module: str) -> None:
        super().__init__(url=f"in-process:{module}")
        # rasa-sdk sends the domain with every call unless told otherwise: 30 KB a turn that no action reads.
        self.kwargs["enable_selective_domain"] = True
        self._executor = ActionExecutor()
        importlib.import_module(module)
        self._executor.register_package(module)

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Run the action named in the `json` argument, as Rasa's RemoteAction calls it."""
        call = kwargs["json"]
        try:
            return await self._executor.run(call)
        except SdkRejection as rejection:
            raise rasa_action.ActionExecutionRejection(rejection.action_name, rejection.message) from rejection


def run_actions_in_process() -> None:
    """Read `actions_module` in endpoints.yml. Rasa Open Source knows only `url`, a second process that can be down."""
    read = rasa_utils.AvailableEndpoints.read_endpoints.__func__

    def read_endpoints(cls: type[rasa_utils.AvailableEndpoints], endpoint_file: str) -> rasa_utils.AvailableEndpoints:
        endpoints: rasa_utils.AvailableEndpoints = read(cls, endpoint_file)
        module = endpoints.action.kwargs.get(MODULE_KEY) if endpoints.action else None
        if module and not endpoints.action.url:
            endpoints.action = ActionsInProcess(module)
        return endpoints

    rasa_utils.AvailableEndpoints.read_endpoints = classmethod(read_endpoints)


def apologise_for_failed_actions() -> None:
    """An action that raises, or an action server that is down or slow, gets an apology.

    Rasa says nothing at all (rasa#5588), and waits for five minutes.
    """
    run = rasa_action.RemoteAction.run

    async def run_or_apologise(self: Any, output_channel: Any, nlg: Any, tracker: Any, domain: Any) -> list[Any]:
        try:
            # Not `wait_for`: it makes a task of each action, between which the turns of other talks come first.
            async with asyncio.timeout(ACTION_PATIENCE):
                return list(await run(self, output_channel, nlg, tracker, domain))
        except rasa_action.ActionExecutionRejection:
            raise
        except Exception as error:
            # The message of an exception may hold what the person typed; its type does not.
            logger.error("action %s failed: %s", self.name(), type(error).__name__)
            if self.name() in SILENT_ACTIONS:
                return []
            return list(await self._utter_responses([dict(r) for r in APOLOGY["responses"]], output_channel, nlg, tracker))

    rasa_action.RemoteAction.run = run_or_apologise


# Run beside another action that will speak; an apology from them would come twice.
SILENT_ACTIONS = ("validate_interview_form",)


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
        last = states[-1].get(rasa_rules.PREVIOUS_ACTION)
        after = {key: lookup[key] for key in lookup if self._rule_key_to_state(key)[-1].get(rasa_rules.PREVIOUS_ACTION) == last}
        keys: set[str] = possible(self, after, states)
        return keys

    rasa_rules.RulePolicy._find_action_from_rules = find_by_intent
    rasa_rules.RulePolicy._get_possible_keys = possible_after_the_last_action


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


def run_on_a_supported_sanic() -> None:
    """Rasa calls Sanic as of 21.12; newer ones put a manager process before even a single worker, and print a banner."""
    run = Sanic.run
    # Workers are forked: Rasa has set this method already, and a spawned one would build the application without Rasa's arguments.
    Sanic.start_method, Sanic.START_METHOD_SET = "fork", True

    def run_plainly(self: Any, *args: Any, workers: int = 1, **kwargs: Any) -> None:
        # Of Rasa's listeners, which take an argument that newer ones do without; after Rasa's own filters.
        warnings.filterwarnings("ignore", category=DeprecationWarning, message=r"\[DEPRECATION")
        run(self, *args, workers=workers, single_process=workers == 1, motd=False, **kwargs)

    Sanic.run = run_plainly  # type: ignore[method-assign]
    # Gone since 22.6; `rasa shell` reads a stream from Rasa's own REST channel.
    response.stream = response.ResponseStream  # type: ignore[attr-defined]


def guard_the_application() -> None:
    """Rasa's application knows no limits, health or metrics, and compares the API's token with `==` (assistant/server/guard.py)."""
    configure = rasa_run.configure_app

    def configure_and_equip(*args: Any, **kwargs: Any) -> Any:
        token = inspect.signature(configure).bind(*args, **kwargs).arguments.get("auth_token")
        app = configure(*args, **kwargs)
        equip(app, token)
        return app

    rasa_run.configure_app = configure_and_equip


def apply() -> None:
    """Apply all patches; must run once, before a command of Rasa runs."""
    run_actions_in_process()
    apologise_for_failed_actions()
    cache_action_schema()
    remember_event_types()
    run_components_in_order()
    look_only_at_rules_that_can_apply()
    remember_whether_the_domain_is_empty()
    remember_what_was_understood()
    run_on_a_supported_sanic()
    guard_the_application()
