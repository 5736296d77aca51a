"""Lock stores: one turn of a talk at a time, in the order in which the messages came, with no waiting by the second.

Rasa's poll once a second (rasa/core/lock_store.py:94): eight messages of one sender at once took 7 s. Its Redis lock is read, then
written, and has no end: a worker that dies keeps it for ever.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockError, LockStore
from redis.asyncio import Redis
from redis.exceptions import LockError as RedisLockError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# Seconds. A turn takes some 20 ms; a worker that dies in one is out of the way after this.
LIFETIME = 20.0
# Seconds between two looks at a lock that another process holds.
LOOK = 0.01


class LocalLockStore(LockStore):
    """For one process: asyncio's own lock serves in the order of arrival."""

    def __init__(self, endpoint_config: Any = None) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LIFETIME, wait_time_in_seconds: float = LOOK
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold the talk's lock for one turn; called by Rasa's agent."""
        held = self._locks.get(conversation_id) or self._locks.setdefault(conversation_id, asyncio.Lock())
        async with held:
            yield TicketLock(conversation_id)


class RedisLockStore(LocalLockStore):
    """For several processes: the local lock keeps the order, Redis keeps the other processes out.

    Named in endpoints.yml as `type: assistant.stores.locks.RedisLockStore` with `url` (redis://...). Each lock has a token of its own and
    a time to live. While Redis is down each process goes by its local lock alone: to answer matters more than two tabs in step.
    """

    def __init__(self, endpoint_config: Any) -> None:
        super().__init__()
        self._redis = Redis.from_url(endpoint_config.url, socket_timeout=2, socket_connect_timeout=1)

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LIFETIME, wait_time_in_seconds: float = LOOK
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold the talk's lock for one turn in all processes."""
        async with super().lock(conversation_id):
            lock = self._redis.lock(f"talk:{conversation_id}", timeout=LIFETIME, sleep=LOOK, blocking_timeout=LIFETIME)
            try:
                if not await lock.acquire():
                    raise LockError("another process has held this talk for too long")
                held = True
            except RedisError as error:
                logger.error("cannot lock in Redis, only in this process: %s", type(error).__name__)
                held = False
            try:
                yield TicketLock(conversation_id)
            finally:
                if held:
                    await self._release(lock)

    @staticmethod
    async def _release(lock: Any) -> None:
        try:
            await lock.release()
        except RedisLockError:
            logger.error("a turn took longer than its lock lives")
        except RedisError as error:
            logger.error("cannot release a lock in Redis, it will end by itself: %s", type(error).__name__)

    async def check(self) -> None:
        """Ask whether Redis is there.

        Raises:
            redis.exceptions.RedisError: if it is not.
        """
        await self._redis.ping()
