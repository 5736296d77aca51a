"""Rasa's SQL tracker store, which can also show a talk as it was held, and delete it for good."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy.engine import Engine

Event = dict[str, Any]


class TalkStore(SQLTrackerStore):
    """Named in endpoints.yml as `type: assistant.stores.talks.TalkStore`; takes what Rasa's `type: SQL` takes."""

    def __init__(self, domain: Any = None, dialect: str = "sqlite", **options: Any) -> None:
        # Only Rasa's own `type: SQL` knows that a talk's file without a host is meant.
        super().__init__(domain=domain, dialect=dialect, **options)
        if self.engine.dialect.name == "sqlite":
            overwrite_what_is_deleted(self.engine)

    def events(self, conversation: str, newest: int | None = None) -> list[Event]:
        """Events of a conversation, oldest first, as Rasa serialises them.

        Args:
            conversation: its id.
            newest: at most so many, the newest; without it all, those of earlier sessions included.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: if the database cannot be read.
        """
        with self.session_scope() as session:
            rows = session.query(self.SQLEvent.data).filter(self.SQLEvent.sender_id == conversation)
            held = rows.order_by(self.SQLEvent.id.desc()).limit(newest).all()
            return [json.loads(data) for (data,) in reversed(held)]

    def delete(self, conversation: str) -> int:
        """Delete a conversation for good; gives how many events it had.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: if the database cannot be written; then nothing is deleted.
        """
        with self.session_scope() as session:
            gone: int = session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == conversation).delete()
            session.commit()
            return gone


def overwrite_what_is_deleted(engine: Engine) -> None:
    """SQLite leaves deleted text in its file until the place is used again, unless it is told to write zeros there."""

    @sa.event.listens_for(engine, "connect")
    def overwrite(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA secure_delete = ON")

    # Connections that were opened before the listener would not have it.
    engine.dispose()


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
