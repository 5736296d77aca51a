"""The tracker store: it shows a talk as held, and what is deleted is really gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.stores.talks import TalkStore, talks
from tests.conftest import ROOT, Run


@pytest.fixture
def store(tmp_path: Path) -> TalkStore:
    return TalkStore(domain=Domain.empty(), db=str(tmp_path / "talks.db"))


def keep(store: TalkStore, run: Run, conversation: str, *said: str) -> None:
    events = [ActionExecuted("action_session_start"), SessionStarted(), *(UserUttered(text) for text in said)]
    run(store.save(DialogueStateTracker.from_events(conversation, events)))


def test_it_gives_a_talk_in_order_and_the_newest(store: TalkStore, run: Run) -> None:
    keep(store, run, "web:me", "one", "two", "three")
    keep(store, run, "web:you", "other")
    assert [event.get("text") for event in store.events("web:me")][2:] == ["one", "two", "three"]
    assert [event["text"] for event in store.events("web:me", 2)] == ["two", "three"]
    assert store.events("web:nobody") == []


def test_deleting_leaves_nothing_in_the_file_and_others_alone(store: TalkStore, run: Run, tmp_path: Path) -> None:
    keep(store, run, "web:me", "my grandmother Philomena " * 40)
    keep(store, run, "web:you", "other")
    assert b"Philomena" in (tmp_path / "talks.db").read_bytes()
    assert store.delete("web:me") == 3
    assert store.delete("web:me") == 0
    assert b"Philomena" not in (tmp_path / "talks.db").read_bytes()
    assert len(store.events("web:you")) == 3


def test_it_is_the_one_that_the_endpoints_name() -> None:
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    store: Any = TrackerStore.create(endpoints.tracker_store, Domain.empty())
    assert isinstance(store, TalkStore)


def test_another_store_is_a_mistake_that_says_what_to_do() -> None:
    class Agent:
        tracker_store = InMemoryTrackerStore(Domain.empty())

    with pytest.raises(TypeError, match=r"endpoints\.yml"):
        talks(Agent())
