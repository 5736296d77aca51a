"""Where Rasa does not do what it must: actions in this process, an apology where one fails, a supported web server, its guard."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import logging
import time
import warnings
from typing import Any

import rasa.core.actions.action as rasa_action
import rasa.core.processor as rasa_processor
import rasa.core.run as rasa_run
import rasa.core.utils as rasa_utils
import rasa.shared.core.events as rasa_events
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection as SdkRejection
from sanic import Sanic, response

from assistant.nlu.halves import of_both_halves, with_what_was_told
from assistant.server.guard import equip
from assistant.triage import OF_THE_TALK

logger = logging.getLogger(__name__)

# The key that Rasa Pro uses for actions inside the server.
MODULE_KEY = "actions_module"
# Seconds. An action takes milliseconds; nobody waits longer for one on a server of its own (those in this process wait for nothing).
ACTION_PATIENCE = 4
# After so many seconds a message begins anew.
PAUSE = 300
COLLECTS, UNHEARD = "action_collect_findings", "unheard"
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
            if self.name() == COLLECTS:
                # What this action says Rasa drops; the safety policy says sorry.
                return [rasa_events.SlotSet(UNHEARD, True)]
            return list(await self._utter_responses([dict(r) for r in APOLOGY["responses"]], output_channel, nlg, tracker))

    rasa_action.RemoteAction.run = run_or_apologise


def hear_a_sentence_sent_in_two() -> None:
    """Rasa understands each message by itself: "my chest" and then "it hurts" would be two that say nothing.

    So would "a bad headache and seeing stars" of someone who was pregnant some messages before.
    """
    parse = rasa_processor.MessageProcessor.parse_message

    async def parse_with_the_one_before(
        self: Any, message: Any, tracker: Any = None, only_output_properties: bool = True
    ) -> dict[str, Any]:
        found: dict[str, Any] = await parse(self, message, tracker, only_output_properties)
        # "Start again" after "my face" is none.
        if tracker is not None and message.text and not str(found["intent"]["name"]).startswith(OF_THE_TALK):
            told = [*(tracker.get_slot("groups") or []), tracker.get_slot("medicine_name")]
            together = [*of_both_halves(_said_just_before(tracker), message.text), *with_what_was_told(told, message.text)]
            found["entities"] = [*found["entities"], *together]
        return found

    rasa_processor.MessageProcessor.parse_message = parse_with_the_one_before


def _said_just_before(tracker: Any) -> str:
    """The message before, if it is a recent one of this session. Rasa's own `latest_message` leaves out what was said inside a form."""
    for event in reversed(tracker.events):
        if isinstance(event, rasa_events.SessionStarted | rasa_events.Restarted):
            break
        if isinstance(event, rasa_events.UserUttered):
            return (event.text or "") if time.time() - event.timestamp < PAUSE else ""
    return ""


# Run beside another action that will speak; an apology from them would come twice.
SILENT_ACTIONS = ("validate_interview_form",)


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
