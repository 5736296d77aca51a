"""Turns that go on after the request is answered, and what has been delivered before."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

logger = logging.getLogger(__name__)

# Telegram gives up after a day, Slack after an hour.
_REMEMBERED = 7 * 86400
DEFAULT_STORE = "sqlite:///talks.db"


class Turns:
    """Turns in the background: those of one sender in their order, all of them finished before the server stops."""

    def __init__(self) -> None:
        self._last: dict[str, asyncio.Task[None]] = {}

    def start(self, sender: str, turn: Coroutine[Any, Any, None]) -> None:
        """Run a turn after the sender's earlier ones."""
        before = self._last.get(sender)
        task = asyncio.get_running_loop().create_task(self._run(before, turn))
        self._last[sender] = task
        task.add_done_callback(lambda done: self._forget(sender, done))

    async def finish(self, *_: Any) -> None:
        """Wait until all turns are done; a listener of Sanic's `before_server_stop`."""
        while self._last:
            await asyncio.wait(list(self._last.values()))
            await asyncio.sleep(0)

    def _forget(self, sender: str, done: asyncio.Task[None]) -> None:
        if self._last.get(sender) is done:
            del self._last[sender]

    @staticmethod
    async def _run(before: asyncio.Task[None] | None, turn: Coroutine[Any, Any, None]) -> None:
        if before is not None:
            await asyncio.wait([before])
        try:
            await turn
        except Exception as error:
            # The message of an exception may hold what the person typed; its type does not.
            logger.error("a turn failed after it was acknowledged: %s", type(error).__name__)


class Seen:
    """Which deliveries have come before, in a database, so that neither a restart nor a second process answers twice."""

    def __init__(self, store: str = DEFAULT_STORE) -> None:
        """Set up.

        Args:
            store: a database address of SQLAlchemy; the tracker store's will do.
        """
        # Ten seconds of patience: the tracker store writes to the same file.
        options: dict[str, Any] = {"connect_args": {"timeout": 10}} if store.startswith("sqlite") else {}
        self._engine = sa.create_engine(store, future=True, **options)
        self._table = sa.Table(
            "deliveries", sa.MetaData(), sa.Column("id", sa.String(255), primary_key=True), sa.Column("at", sa.Integer, index=True)
        )
        self._table.metadata.create_all(self._engine, checkfirst=True)
        with self._engine.begin() as connection:
            connection.execute(self._table.delete().where(self._table.c.at < time.time() - _REMEMBERED))

    def first_time(self, delivery: str) -> bool:
        """Note a delivery; whether it is new. If the database fails it counts as new: better twice than never."""
        try:
            with self._engine.begin() as connection:
                connection.execute(self._table.insert().values(id=delivery[:255], at=int(time.time())))
        except IntegrityError:
            return False
        except SQLAlchemyError as error:
            logger.error("cannot note deliveries: %s", type(error).__name__)
        return True
