"""What the tests share. The launcher's preparation comes first: Rasa must not be imported before it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from assistant.contract import data_of, outcome_of
from assistant.server.launch import prepare

prepare()

from tests.running import server, services  # noqa: E402, F401 - fixtures for all tests

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "models" / "assistant.tar.gz"

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(scope="session")
def run() -> Run:
    """Runs a coroutine on one event loop for the whole session."""
    loop = asyncio.new_event_loop()
    return loop.run_until_complete


@pytest.fixture(scope="session")
def agent(run: Run) -> Any:
    """The real assistant: the trained model with its actions in this process, talks kept in memory."""
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints

    if not MODEL.exists():
        pytest.fail("there is no model; run `make train`")
    os.chdir(ROOT)
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    endpoints.tracker_store = None
    return run(load_agent(str(MODEL), endpoints=endpoints))


class Talk:
    """A conversation with the real assistant."""

    def __init__(self, agent: Any, run: Run, sender: str) -> None:
        self._agent, self._run, self.sender = agent, run, sender

    def say(self, text: str) -> list[dict[str, Any]]:
        """One turn; each reply with its metadata at `data`."""
        from rasa.core.channels.channel import UserMessage

        from assistant.channels.base import Replies

        replies = Replies("test")
        self._run(self._agent.handle_message(UserMessage(text, replies, self.sender, input_channel="test")))
        for reply in replies.messages:
            reply["data"] = data_of(reply)
        return replies.messages

    def tracker(self) -> Any:
        """The conversation's tracker."""
        return self._run(self._agent.tracker_store.get_or_create_tracker(self.sender))

    def slots(self) -> dict[str, Any]:
        """The conversation's slots."""
        values: dict[str, Any] = self.tracker().current_slot_values()
        return values

    def _last_turn(self) -> list[Any]:
        from rasa.shared.core.events import UserUttered

        events = list(self.tracker().events)
        last = max(index for index, event in enumerate(events) if isinstance(event, UserUttered))
        return events[last:]

    def actions(self) -> list[str]:
        """The actions run since the latest message."""
        from rasa.shared.core.events import ActionExecuted

        return [event.action_name for event in self._last_turn() if isinstance(event, ActionExecuted)]

    def intent(self) -> str | None:
        """The intent of the latest message."""
        name: str | None = self._last_turn()[0].intent_name
        return name


def outcome(replies: list[dict[str, Any]]) -> str | None:
    """The outcome of a turn: that of its last message that is not an interview question (docs/contract.md)."""
    return outcome_of(reply["data"] for reply in replies) or None


@pytest.fixture
def talk(agent: Any, run: Run, request: pytest.FixtureRequest) -> Talk:
    """A new conversation."""
    return Talk(agent, run, request.node.nodeid)


@pytest.fixture
def days_pass(agent: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Called, it makes every message after it open a new session."""
    from rasa.shared.core.domain import SessionConfig

    return lambda: monkeypatch.setattr(agent.processor.domain, "session_config", SessionConfig(1e-9, carry_over_slots=False))
