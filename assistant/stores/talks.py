"""Rasa's SQL tracker store, with turns that cost no more the longer a talk gets, that outlives its database, and that can delete."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import SingletonThreadPool

from assistant.metrics import timed
from assistant.stores.folder import kept
from assistant.stores.outage import Outage, Patience
from assistant.stores.tables import (
    DELIVERIES,
    EVENTS,
    Stored,
    decoded,
    delete,
    insert,
    narrow,
    note,
    read_since,
    read_window,
    set_up_sqlite,
    silent,
    unhurried,
)
from assistant.stores.window import Event

logger = logging.getLogger(__name__)

T = TypeVar("T")
RETENTION_DAYS = 30
# Seconds that a delivery is remembered. Telegram gives up after a day, Slack after an hour.
DELIVERED = 7 * 86400
# How many of a tracker's events are in the store already: set on each tracker that comes from here.
STORED = "stored_events"
# The smaller window that a talk is to have from its next turn on, where this one was too large.
SMALLER = "smaller_window"
# A slot that actions/privacy.py sets.
DELETE = "delete_talk"


class TalkStore(SQLTrackerStore):
    """Named in endpoints.yml as `type: assistant.stores.talks.TalkStore`; takes what Rasa's `type: SQL` takes."""

    def __init__(self, domain: Any = None, dialect: str = "sqlite", retention_days: float = RETENTION_DAYS, **options: Any) -> None:
        """Set up.

        Args:
            domain: Rasa's domain.
            dialect: SQLAlchemy's name of the database's kind.
            retention_days: a talk is deleted so long after its last message; 0 keeps all.
            options: those of Rasa's `type: SQL`.
        """
        # Only Rasa's own `type: SQL` knows that a talk's file without a host is meant.
        super().__init__(domain=domain, dialect=dialect, **options)
        self.outage = Outage()
        self.patience = Patience()
        self._retention = float(retention_days) * 86400
        if self.engine.dialect.name == "sqlite":
            # SQLAlchemy opens SQLite's file anew for each transaction; one connection a thread saves a third of a turn's reading.
            self.engine: Engine = sa.create_engine(
                self.engine.url, poolclass=SingletonThreadPool, connect_args={"timeout": 10}, paramstyle="named"
            )
            self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
            set_up_sqlite(self.engine)

    @staticmethod
    def get_db_url(
        dialect: str = "sqlite", host: str | None = None, port: int | None = None, db: str = "rasa.db", *rest: Any, **more: Any
    ) -> Any:
        """The database's address, as Rasa makes it from the keys of endpoints.yml; a file of SQLite lies where all such files do."""
        return SQLTrackerStore.get_db_url(dialect, host, port, str(kept(db)) if dialect == "sqlite" else db, *rest, **more)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The talk's window (assistant/stores/window.py); while the database is down what is known of it here."""
        try:
            with timed("read"):
                read, smaller = self._read(lambda connection: read_window(connection, sender_id))
            held = self._up_to_date(sender_id, read)
            # Numbers of events that are to be deleted may come again.
            smaller = smaller if held == read else None
        except SQLAlchemyError as error:
            logger.error("cannot read a talk, it goes on from memory: %s", type(error).__name__)
            held, smaller = decoded(self.outage.recall(sender_id)), None
        self.outage.remember(sender_id, [data for data, _ in held])
        tracker = self._tracker(sender_id, [event for _, event in held])
        if tracker is not None:
            setattr(tracker, STORED, len(tracker.events))
            setattr(tracker, SMALLER, smaller)
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """All of a talk, for Rasa's HTTP API; Rasa's own asks past what is said below of a database that is away."""
        return self._tracker(conversation_id, self.events(conversation_id))

    def _tracker(self, conversation: str, events: list[Event]) -> DialogueStateTracker | None:
        return DialogueStateTracker.from_dict(conversation, events, self.domain.slots) if events and self.domain else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the turn's events, all or none; while the database is down they wait here. A talk marked for it is deleted instead."""
        conversation = tracker.sender_id
        if DELETE in tracker.slots and tracker.get_slot(DELETE):
            self.delete(conversation)
            return
        stored = getattr(tracker, STORED, None)
        if stored is None:
            stored = self._already(conversation)
        new = list(islice(tracker.events, stored, None))
        written = [(json.dumps(event), event) for event in (event.as_dict() for event in new)]
        texts = [data for data, _ in written]
        self.outage.remember(conversation, [*self.outage.recall(conversation), *texts])
        setattr(tracker, STORED, len(tracker.events))
        smaller = tracker.__dict__.pop(SMALLER, None)

        def write(connection: Connection) -> None:
            insert(connection, conversation, written)
            if smaller:
                narrow(connection, conversation, smaller)

        try:
            with timed("write"):
                self._write(write)
        except SQLAlchemyError as error:
            logger.error("cannot write a talk, its newest events wait: %s", type(error).__name__)
            self.outage.wait(conversation, texts)
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, conversation)

    def events(self, conversation: str, newest: int | None = None) -> list[Event]:
        """Events of a conversation, oldest first, as Rasa serialises them.

        Args:
            conversation: its id.
            newest: at most so many, the newest; without it all, those of earlier sessions included.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: if the database cannot be read.
        """
        query = sa.select(EVENTS.c.data).where(EVENTS.c.sender_id == conversation).order_by(EVENTS.c.id.desc()).limit(newest)
        held = self._read(lambda connection: connection.execute(query).scalars().all())
        events = [event for _, event in self._up_to_date(conversation, decoded(held[::-1]))]
        return events[-newest:] if newest else events

    def since(self, conversation: str, message_id: str) -> list[Event]:
        """Events of a conversation from a message on, if it is among the newest.

        Args:
            conversation: its id.
            message_id: `id` in the message's metadata, as the page gave it: letters, digits and hyphens.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: if the database cannot be read.
        """
        held = self._read(lambda connection: read_since(connection, conversation, message_id))
        events = [event for _, event in self._up_to_date(conversation, decoded(held))]
        # What waits to be written is here whole.
        named = (place for place, event in enumerate(events) if (event.get("metadata") or {}).get("id") == message_id)
        return events[next(named, len(events)) :]

    def delete(self, conversation: str) -> int | None:
        """Delete a conversation for good, now or as soon as the database is back.

        Returns:
            How many events it had; None if the deletion waits for the database.
        """
        try:
            gone = self._write(lambda connection: delete(connection, conversation))
            self._empty_log()
        except SQLAlchemyError as error:
            logger.error("cannot delete a talk, it will be as soon as possible: %s", type(error).__name__)
            self.outage.delete(conversation)
            return None
        self.outage.forget(conversation)
        return gone

    def first_time(self, delivery: str) -> bool:
        """Note a delivery of Telegram or Slack; whether it is new. If the database fails it counts as new: better twice than never."""
        try:
            self._write(lambda connection: note(connection, delivery))
        except IntegrityError:
            return False
        except SQLAlchemyError as error:
            logger.error("cannot note deliveries: %s", type(error).__name__)
        return True

    def delete_old(self) -> int:
        """Delete the talks that have been silent for `retention_days`, and give how many; and the deliveries of more than a week ago.

        Of several processes the first in each hour looks for talks. May run beside the turns, in a thread.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: if the database cannot be written.
        """
        now = time.time()
        with unhurried(self.engine) as connection:
            connection.execute(DELIVERIES.delete().where(DELIVERIES.c.at < now - DELIVERED))
        if not self._retention:
            return 0
        before = now - self._retention
        # Whichever process deletes them, and while the database is away.
        self.outage.forget_silent(before)
        if not self._sweeps(now):
            return 0
        with unhurried(self.engine) as connection:
            old = silent(connection, before)
        for conversation in old:
            with unhurried(self.engine) as connection:
                delete(connection, conversation)
        self._empty_log()
        return len(old)

    def _sweeps(self, now: float) -> bool:
        """Whether no process has looked for old talks in this hour yet."""
        try:
            with self.engine.begin() as connection:
                note(connection, f"sweep:{now // 3600:.0f}")
        except IntegrityError:
            return False
        return True

    def check(self) -> None:
        """Write what waits, if the database is there.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: if it is not.
        """
        self._write(lambda connection: connection.execute(sa.select(1)))

    def _empty_log(self) -> None:
        """What was deleted still stands in SQLite's log; whoever else reads just now delays this until the next time."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def _already(self, conversation: str) -> int:
        """How many events of a talk are stored, for a tracker that does not come from here (Rasa's HTTP API makes such)."""
        try:
            return len(self.events(conversation))
        except SQLAlchemyError:
            return 0

    def _up_to_date(self, conversation: str, held: list[Stored]) -> list[Stored]:
        """What the database holds of a talk, with what is still to be deleted and written of it."""
        if conversation in self.outage.to_delete:
            held = []
        return [*held, *decoded(self.outage.owed(conversation))]

    def _read(self, work: Callable[[Connection], T]) -> T:
        """Run work in one transaction; what waits is written before it if that can be: a full disk can still be read."""
        with suppress(SQLAlchemyError):
            self._try(self._catch_up)
        return self._try(lambda: self._run(work))

    def _write(self, work: Callable[[Connection], T]) -> T:
        """Run work in one transaction, and only when all is written that waits, so that a talk keeps its order."""
        self._try(self._catch_up)
        return self._try(lambda: self._run(work))

    def _try(self, work: Callable[[], T]) -> T:
        """Ask the database; once more if the connection was a dead one, unless that took its time."""
        try:
            with self.patience.asking():
                return work()
        except OperationalError:
            self.engine.dispose()
            with self.patience.asking():
                return work()

    def _run(self, work: Callable[[Connection], T]) -> T:
        with self.engine.begin() as connection:
            return work(connection)

    def _catch_up(self) -> None:
        """Write what waits."""
        if not self.outage.waiting():
            return
        with self.engine.begin() as connection:
            self.Base.metadata.create_all(connection)
            for conversation in self.outage.to_delete:
                delete(connection, conversation)
        if self.outage.to_delete:
            self._empty_log()
        self.outage.to_delete.clear()
        for conversation, events in self.outage.to_write():
            with self.engine.begin() as connection:
                insert(connection, conversation, decoded(events))


def talks(agent: Any) -> TalkStore:
    """The store of a running assistant.

    Args:
        agent: Rasa's agent (`app.ctx.agent`).

    Raises:
        TypeError: if endpoints.yml names another store.
    """
    # Rasa wraps every store that it creates (rasa/core/tracker_store.py, FailSafeTrackerStore).
    store = getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)
    if not isinstance(store, TalkStore):
        raise TypeError("endpoints.yml: tracker_store needs `type: assistant.stores.talks.TalkStore`; the chat page reads talks from it")
    return store
