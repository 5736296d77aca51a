"""The tracker store: it shows a talk as held, and what is deleted is really gone."""

from __future__ import annotations

import inspect
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore, TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.schema import CreateTable

from assistant.stores import outage as outages
from assistant.stores.outage import KNOCK, WAITED, LeftAloneError, Outage, Patience
from assistant.stores.tables import DELIVERIES, EVENTS, WINDOWS
from assistant.stores.talks import DELIVERED, TalkStore, talks
from assistant.stores.window import MOST
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


def written(folder: Path) -> bytes:
    """The database file and its log."""
    return b"".join(file.read_bytes() for file in folder.glob("talks.db*"))


def test_deleting_leaves_nothing_in_the_file_and_others_alone(store: TalkStore, run: Run, tmp_path: Path) -> None:
    keep(store, run, "web:me", "my grandmother Philomena " * 40)
    keep(store, run, "web:you", "other")
    assert b"Philomena" in written(tmp_path)
    assert store.delete("web:me") == 3
    assert store.delete("web:me") == 0
    assert b"Philomena" not in written(tmp_path)
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


@pytest.fixture
def filled(store: TalkStore, run: Run) -> TalkStore:
    keep(store, run, "web:me", "one")
    return store


def broken(*args: Any, **kwargs: Any) -> Any:
    raise OperationalError("no such server", None, ValueError())


def texts(tracker: Any) -> list[str]:
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


def test_a_talk_goes_on_while_the_database_is_away_and_is_written_when_it_is_back(
    filled: TalkStore, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(filled.retrieve("web:me"))
    with monkeypatch.context() as outage:
        outage.setattr(filled.engine, "begin", broken)
        for text in ("two", "three"):
            tracker = run(filled.retrieve("web:me"))
            tracker.update(UserUttered(text))
            run(filled.save(tracker))
        assert texts(run(filled.retrieve("web:me"))) == ["one", "two", "three"]
        assert run(filled.retrieve("web:unknown")) is None
        assert filled.outage.waiting() == 2
        with pytest.raises(OperationalError):
            filled.check()
    filled.check()
    assert filled.outage.waiting() == 0
    assert [event.get("text") for event in filled.events("web:me")][2:] == ["one", "two", "three"]
    assert texts(run(filled.retrieve("web:me"))) == ["one", "two", "three"]


def test_what_is_to_be_deleted_while_the_database_is_away_is_gone_when_it_is_back(
    filled: TalkStore, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keep(filled, run, "web:you", "my grandmother Philomena")
    tracker = run(filled.retrieve("web:you"))
    with monkeypatch.context() as outage:
        outage.setattr(filled.engine, "begin", broken)
        tracker.update(UserUttered("and my grandfather"))
        run(filled.save(tracker))
        assert filled.delete("web:you") is None
        assert run(filled.retrieve("web:you")) is None
    assert b"Philomena" in written(tmp_path)
    filled.check()
    assert b"Philomena" not in written(tmp_path)
    assert filled.events("web:you") == []
    assert filled.outage.waiting() == 0


def test_a_dead_connection_is_tried_once_more(filled: TalkStore, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    begin, tries = filled.engine.begin, []

    def once_dead() -> Any:
        tries.append(1)
        return broken() if len(tries) == 1 else begin()

    monkeypatch.setattr(filled.engine, "begin", once_dead)
    assert texts(run(filled.retrieve("web:me"))) == ["one"]


@contextmanager
def read_only(store: TalkStore) -> Iterator[None]:
    """As with a full disk: what is there can be read."""

    def refuse(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA query_only = ON")

    sa.event.listen(store.engine, "connect", refuse)
    store.engine.dispose()
    yield
    sa.event.remove(store.engine, "connect", refuse)
    store.engine.dispose()


def test_talks_are_read_while_nothing_can_be_written_with_what_waits_of_them(filled: TalkStore, run: Run) -> None:
    keep(filled, run, "web:you", "hello")
    keep(filled, run, "web:gone", "hello")
    keep(filled, run, "web:long", *map(str, range(MOST)))
    # As after a restart.
    filled.outage = Outage()
    with read_only(filled):
        tracker = run(filled.retrieve("web:me"))
        for text in ("two", "three"):
            tracker.update(UserUttered(text, metadata={"id": text}))
            run(filled.save(tracker))
        assert texts(run(filled.retrieve("web:me"))) == ["one", "two", "three"]
        assert texts(run(filled.retrieve("web:you"))) == ["hello"]
        assert len(texts(run(filled.retrieve("web:long")))) == MOST
        assert [event["text"] for event in filled.events("web:me", 2)] == ["two", "three"]
        assert [event["text"] for event in filled.since("web:me", "three")] == ["three"]
        assert filled.since("web:me", "four") == []
        assert filled.delete("web:gone") is None
        assert run(filled.retrieve("web:gone")) is None
        assert filled.events("web:gone") == []
        with pytest.raises(OperationalError):
            filled.check()
    filled.check()
    assert [event.get("text") for event in filled.events("web:me")][2:] == ["one", "two", "three"]
    assert filled.events("web:gone") == []


def calls(service: socket.socket) -> int:
    """How often it was called since it was last asked."""
    service.setblocking(False)
    count = 0
    while True:
        try:
            service.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def test_a_database_that_never_answers_lets_turns_wait_once(run: Run) -> None:
    # Whoever calls gets no answer, as where packets are dropped.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = {"host": "127.0.0.1", "port": silent.getsockname()[1], "query": {"connect_timeout": "2"}}
        store = TalkStore(domain=Domain.empty(), dialect="postgresql", db="talks", **place)
        calls(silent)
        assert run(store.retrieve("web:me")) is None
        keep(store, run, "web:me", "one")
        assert texts(run(store.retrieve("web:me"))) == ["one"]
        assert store.first_time("telegram:1")
        assert store.delete("web:you") is None
        with pytest.raises(SQLAlchemyError):
            store.check()
        with pytest.raises(SQLAlchemyError):
            run(store.retrieve_full_tracker("web:me"))
        assert calls(silent) == 1


def test_one_that_let_turns_wait_is_asked_again_later_and_one_that_refuses_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=100.0, monotonic=lambda: clock.now)
    monkeypatch.setattr(outages, "time", clock)
    patience = Patience()

    def ask(takes: float) -> None:
        with patience.asking():
            clock.now += takes
            broken()

    for takes, later, error in (
        (WAITED / 2, 0, OperationalError),
        (WAITED * 2, KNOCK - 1, OperationalError),
        (0, 2, LeftAloneError),
        (WAITED * 2, 0, OperationalError),
        (0, 0, LeftAloneError),
    ):
        with pytest.raises(error):
            ask(takes)
        clock.now += later
    patience.renew()
    with pytest.raises(OperationalError):
        ask(0)


def test_a_turn_is_written_whole_or_not_at_all(filled: TalkStore, run: Run) -> None:
    tracker = run(filled.retrieve("web:me"))
    tracker.update(UserUttered("two"))
    tracker.update(UserUttered("three"))
    held = len(filled.events("web:me"))

    @sa.event.listens_for(filled.engine, "commit")
    def killed(connection: Any) -> None:
        raise OperationalError("disk full", None, ValueError())

    run(filled.save(tracker))
    sa.event.remove(filled.engine, "commit", killed)
    assert filled.outage.waiting() == 2
    filled.check()
    assert len(filled.events("web:me")) == held + 2


def windows(store: TalkStore) -> int:
    with store.engine.begin() as connection:
        return len(connection.execute(sa.select(WINDOWS)).all())


def test_a_long_talk_gets_its_smaller_window_with_the_turn_that_is_written(store: TalkStore, run: Run) -> None:
    keep(store, run, "web:me", *map(str, range(MOST)))
    tracker = run(store.retrieve("web:me"))
    tracker.update(UserUttered("and this"))
    assert windows(store) == 0
    run(store.save(tracker))
    assert windows(store) == 1
    assert texts(run(store.retrieve("web:me")))[-1] == "and this"


def test_what_is_deleted_and_begun_anew_while_nothing_can_be_written_is_not_hidden_by_the_old_talks_window(
    store: TalkStore, run: Run
) -> None:
    keep(store, run, "web:me", *map(str, range(MOST)))
    with read_only(store):
        assert store.delete("web:me") is None
        keep(store, run, "web:me", "begun anew")
        tracker = run(store.retrieve("web:me"))
        assert texts(tracker) == ["begun anew"]
        tracker.update(UserUttered("and this"))
    # SQLite numbers the new events as it did the old ones.
    run(store.save(tracker))
    assert windows(store) == 0
    assert texts(run(store.retrieve("web:me"))) == ["begun anew", "and this"]


def test_old_talks_are_deleted_and_others_stay(store: TalkStore, run: Run) -> None:
    old = [SessionStarted(timestamp=1.0), UserUttered("old", timestamp=2.0)]
    run(store.save(DialogueStateTracker.from_events("web:old", old)))
    run(store.save(DialogueStateTracker.from_events("web:both", [*old, UserUttered("new")])))
    keep(store, run, "web:new", "new")
    assert store.delete_old() == 1
    assert [len(store.events(name)) for name in ("web:old", "web:both", "web:new")] == [0, 3, 3]
    # Nor is the old one still known in memory, whichever process deleted it.
    assert [bool(store.outage.recall(name)) for name in ("web:old", "web:both", "web:new")] == [False, True, True]


def test_of_several_processes_one_looks_for_old_talks_in_each_hour(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=1_800_000_000.0)
    monkeypatch.setattr(time, "time", lambda: clock.now)
    first, second = (TalkStore(domain=Domain.empty(), db=str(tmp_path / "talks.db")) for _ in range(2))

    def keep_old(name: str) -> None:
        run(first.save(DialogueStateTracker.from_events(name, [SessionStarted(timestamp=1.0), UserUttered("old", timestamp=2.0)])))

    keep_old("web:old")
    assert first.delete_old() == 1
    keep_old("web:older")
    assert second.delete_old() == first.delete_old() == 0
    clock.now += 3600
    assert second.delete_old() == 1


def test_numbers_of_events_do_not_run_out() -> None:
    # Four bytes are 27 days of a million talks. What is replaced is still as it was:
    assert "id = sa.Column(sa.Integer, _create_sequence(__tablename__), primary_key=True)" in inspect.getsource(SQLTrackerStore)
    on_postgres, on_sqlite = (
        "".join(str(CreateTable(table).compile(dialect=dialect)) for table in (EVENTS, WINDOWS))
        for dialect in (postgresql.dialect(), sqlite.dialect())
    )
    assert "id BIGSERIAL NOT NULL" in on_postgres
    assert "first BIGINT NOT NULL" in on_postgres
    # Only so does SQLite number by itself.
    assert "id INTEGER NOT NULL" in on_sqlite


def test_a_delivery_is_new_once_across_a_restart_and_two_processes(tmp_path: Path) -> None:
    first, second = (TalkStore(domain=Domain.empty(), db=str(tmp_path / "talks.db")) for _ in range(2))
    assert first.first_time("telegram:1")
    assert not first.first_time("telegram:1")
    assert not second.first_time("telegram:1")
    assert second.first_time("slack:1")
    assert not TalkStore(domain=Domain.empty(), db=str(tmp_path / "talks.db")).first_time("slack:1")


def test_a_database_that_fails_silences_nobody(store: TalkStore) -> None:
    DELIVERIES.drop(store.engine)
    assert store.first_time("telegram:1")
    assert store.first_time("telegram:1")


@pytest.mark.parametrize("retention_days", [0, 30])
def test_deliveries_are_forgotten_after_a_week_while_it_runs(retention_days: int, tmp_path: Path) -> None:
    store = TalkStore(domain=Domain.empty(), db=str(tmp_path / "talks.db"), retention_days=retention_days)
    assert store.first_time("telegram:old")
    with store.engine.begin() as connection:
        connection.execute(DELIVERIES.update().values(at=time.time() - DELIVERED - 1))
    assert store.first_time("telegram:new")
    store.delete_old()
    assert [store.first_time(f"telegram:{name}") for name in ("old", "new")] == [True, False]


def test_a_message_is_found_by_the_name_that_its_page_gave_it(store: TalkStore, run: Run) -> None:
    said = [UserUttered(text, metadata={"id": name}) for text, name in (("one", "a"), ('"id": "c"', "A"), ("three", "b"))]
    run(store.save(DialogueStateTracker.from_events("web:me", [SessionStarted(), *said])))
    keep(store, run, "web:you", "other")
    assert [event["text"] for event in store.since("web:me", "b")] == ["three"]
    assert store.since("web:me", "a")[0]["text"] == "one"
    assert store.since("web:me", "c") == store.since("web:you", "a") == []


def test_what_waits_is_bounded() -> None:
    outage = Outage(talks=2, most_waiting=5)
    for name in ("a", "b", "c"):
        outage.remember(name, [name])
        outage.wait(name, [name] * 2)
    assert [outage.recall(name) for name in ("a", "b", "c")] == [[], ["b"], ["c"]]
    assert [name for name, _ in outage.to_write()] == ["b", "c"]
