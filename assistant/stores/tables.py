"""The tables of the talks and what the store asks of them; each function works inside the caller's transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy.engine import Connection, Engine

from assistant.stores.window import Event, Row, Window, cut

# An event as it is stored, and as it reads.
Stored = tuple[str, Event]
EVENTS = SQLTrackerStore.SQLEvent.__table__
# Rasa's four bytes number two thousand million events: 27 days of a million talks. SQLite counts only what it calls INTEGER, in eight.
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
EVENTS.c.id.type = NUMBER
# In Rasa's own metadata, so that Rasa creates it with its table.
WINDOWS = sa.Table(
    "windows",
    SQLTrackerStore.Base.metadata,
    sa.Column("sender_id", sa.String(255), primary_key=True),
    sa.Column("first", NUMBER, nullable=False),
    sa.Column("kept", sa.Text, nullable=False),
)
# What Telegram and Slack have delivered before, and in which hours old talks were looked for.
DELIVERIES = sa.Table(
    "deliveries",
    SQLTrackerStore.Base.metadata,
    sa.Column("id", sa.String(255), primary_key=True),
    sa.Column("at", sa.Integer, index=True),
)
# Rasa's index on the sender alone makes PostgreSQL sort a talk's events anew at each turn.
sa.Index("events_of_a_talk", EVENTS.c.sender_id, EVENTS.c.id)
# What each turn asks; `_execute` writes it once, where parameters go by name (SQLite as set up here, psycopg2).
BY_NAME = ("named", "pyformat")
_OF_TALK = sa.bindparam("talk")
_EVENTS = sa.select(EVENTS.c.id, EVENTS.c.data).where(EVENTS.c.sender_id == _OF_TALK).order_by(EVENTS.c.id)
_OF_WINDOW = WINDOWS.c.sender_id == _OF_TALK
_FIRST = sa.func.coalesce(sa.select(WINDOWS.c.first).where(_OF_WINDOW).scalar_subquery(), sa.literal_column("0"))
_KEPT = sa.select(WINDOWS.c.kept).where(_OF_WINDOW).scalar_subquery().label("kept")
_NEWEST = _EVENTS.add_columns(_KEPT).where(EVENTS.c.id >= _FIRST)
# A message that is sent again is looked for among the newest 200 events, some 20 turns, and none but its turn's and later ones are read.
_BACKWARDS = _EVENTS.order_by(None).order_by(EVENTS.c.id.desc())
# As columns, since `_execute` takes no values but those that have a name.
_RECENT = _BACKWARDS.limit(sa.literal_column("200")).offset(sa.literal_column("0")).subquery()
_NAMED = sa.select(sa.func.min(_RECENT.c.id)).where(_RECENT.c.data.like(sa.bindparam("named"))).scalar_subquery()
_SINCE = _EVENTS.where(EVENTS.c.id >= _NAMED)
_FORGET_WINDOW = WINDOWS.delete().where(_OF_WINDOW)
_NARROW = WINDOWS.insert().values(sender_id=_OF_TALK, first=sa.bindparam("begin"), kept=sa.bindparam("older"))
_INSERT = EVENTS.insert().values({column.name: sa.bindparam(column.name) for column in EVENTS.c if column is not EVENTS.c.id})


@sa.event.listens_for(WINDOWS.metadata, "before_create")
def one_after_the_other(target: Any, connection: Connection, **_: Any) -> None:
    """Workers that start together create PostgreSQL's tables one after the other; Rasa sleeps five seconds where two collide."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(20211)"))


def decoded(events: list[str]) -> list[Stored]:
    """Stored events with how each reads."""
    return [(data, json.loads(data)) for data in events]


def read_window(connection: Connection, conversation: str) -> tuple[list[Stored], Window | None]:
    """The events of a talk's window; and a smaller one for the turns to come, if this one is too large."""
    newest = _execute(connection, _NEWEST, {"talk": conversation}).all()
    numbers = json.loads(newest[0].kept or "[]") if newest else []
    older = _these(connection, conversation, numbers) if numbers else []
    held = [(number, data) for number, data, *_ in [*older, *newest]]
    # Read at once, in half the time.
    events = json.loads(f"[{','.join(data for _, data in held)}]")
    rows = [Row(number, event) for (number, _), event in zip(held, events, strict=True)]
    smaller = cut(rows, len(older))
    needed = [
        (data, row.event)
        for (_, data), row in zip(held, rows, strict=True)
        if not smaller or row.id >= smaller.first or row.id in smaller.kept
    ]
    return needed, smaller


def narrow(connection: Connection, conversation: str, window: Window) -> None:
    """Read no more than this window from now on."""
    _execute(connection, _FORGET_WINDOW, {"talk": conversation})
    _execute(connection, _NARROW, {"talk": conversation, "begin": window.first, "older": json.dumps(window.kept)})


def read_since(connection: Connection, conversation: str, message_id: str) -> list[str]:
    """The events from the one on in whose metadata this `id` stands; none if it is not among the newest."""
    # As json.dumps writes it; in what a person typed the quotes have strokes before them.
    named = f"%{json.dumps({'id': message_id})[1:-1]}%"
    return [row.data for row in _execute(connection, _SINCE, {"talk": conversation, "named": named})]


def _these(connection: Connection, conversation: str, numbers: list[int]) -> list[Any]:
    """The events of these numbers, oldest first."""
    statement, room = _numbered((len(numbers) - 1).bit_length())
    # No event has the number 0.
    filled = [*numbers, *[0] * (room - len(numbers))]
    values = {f"number{place}": number for place, number in enumerate(filled)}
    return list(_execute(connection, statement, {"talk": conversation, **values}))


@lru_cache
def _numbered(bits: int) -> tuple[sa.sql.Select, int]:
    """Asks for events by their numbers, and for how many: few statements serve for all lengths."""
    room = 1 << bits
    return _EVENTS.where(EVENTS.c.id.in_([sa.bindparam(f"number{place}") for place in range(room)])), room


def insert(connection: Connection, conversation: str, events: list[Stored]) -> None:
    """Write events in Rasa's own columns."""
    rows = []
    for data, event in events:
        intent = ((event.get("parse_data") or {}).get("intent") or {}).get("name")
        place = {"sender_id": conversation, "type_name": event["event"], "timestamp": event.get("timestamp")}
        rows.append({**place, "intent_name": intent, "action_name": event.get("name"), "data": data})
    if rows and connection.dialect.name == "postgresql":
        # SQLAlchemy's own way here: it sends PostgreSQL all of them at once.
        connection.execute(EVENTS.insert(), rows)
    elif rows:
        _execute(connection, _INSERT, rows)


def _execute(connection: Connection, statement: sa.sql.ClauseElement, values: dict[str, Any] | list[dict[str, Any]]) -> Any:
    """Run a statement, once for each of several values. SQLAlchemy's own way took 1.3 ms for a window's three statements, this 0.3."""
    if connection.dialect.paramstyle not in BY_NAME:
        return connection.execute(statement, values)
    return connection.exec_driver_sql(_written(connection.dialect, statement), values)


@lru_cache
def _written(dialect: sa.engine.Dialect, statement: sa.sql.ClauseElement) -> str:
    return str(statement.compile(dialect=dialect))


def delete(connection: Connection, conversation: str) -> int:
    """Delete a conversation; gives how many events it had."""
    _execute(connection, _FORGET_WINDOW, {"talk": conversation})
    gone: int = connection.execute(EVENTS.delete().where(EVENTS.c.sender_id == conversation)).rowcount
    return gone


def note(connection: Connection, name: str) -> None:
    """Note that this has come.

    Raises:
        sqlalchemy.exc.IntegrityError: if it had come before.
    """
    connection.execute(DELIVERIES.insert().values(id=name[:255], at=int(time.time())))


def silent(connection: Connection, before: float) -> list[str]:
    """The talks whose newest event is older. It looks at all talks."""
    newest = sa.select(sa.func.max(EVENTS.c.id).label("id")).group_by(EVENTS.c.sender_id).subquery()
    query = sa.select(EVENTS.c.sender_id).join(newest, EVENTS.c.id == newest.c.id).where(EVENTS.c.timestamp < before)
    found: list[str] = connection.execute(query).scalars().all()
    return found


@contextmanager
def unhurried(engine: Engine) -> Iterator[Connection]:
    """A transaction for which no turn waits: what PostgreSQL gives a statement (`query` in endpoints.yml) does not hold in it."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        yield connection


def set_up_sqlite(engine: Engine) -> None:
    """SQLite as talks need it: quick to write, and nothing left of what is deleted."""

    @sa.event.listens_for(engine, "connect")
    def set_up(connection: Any, record: Any) -> None:
        # A log that is written ahead: one wait for the disk a turn, where the default has four or five; as safe against power cuts.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        # Deleted text stays in the file until its place is used again, unless zeros are written there.
        connection.execute("PRAGMA secure_delete = ON")

    # Connections that were opened before the listener would not have it.
    engine.dispose()
