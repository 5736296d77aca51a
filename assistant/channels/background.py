"""Turns that go on after the request is answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

logger = logging.getLogger(__name__)


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
