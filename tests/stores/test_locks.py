"""Eight messages of one sender at once: answered in order, each once, and at once."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from rasa.core.lock_store import LockStore
from rasa.core.utils import AvailableEndpoints

from assistant.stores.locks import LocalLockStore
from tests.conftest import ROOT, Run


async def _one_after_the_other(store: LockStore, conversations: list[str]) -> list[tuple[str, int]]:
    log: list[tuple[str, int]] = []

    async def turn(number: int) -> None:
        async with store.lock(conversations[number]):
            log.append(("begin", number))
            await asyncio.sleep(0.01)
            log.append(("end", number))

    await asyncio.gather(*(turn(number) for number in range(len(conversations))))
    return log


def test_messages_of_one_talk_go_one_after_the_other_in_order(run: Run) -> None:
    begin = time.monotonic()
    log = run(_one_after_the_other(LocalLockStore(), ["me"] * 8))
    assert log == [step for number in range(8) for step in (("begin", number), ("end", number))]
    assert time.monotonic() - begin < 0.5


def test_other_talks_do_not_wait(run: Run) -> None:
    log = run(_one_after_the_other(LocalLockStore(), ["me", "you", "them"]))
    assert [what for what, _ in log] == ["begin"] * 3 + ["end"] * 3


def test_a_turn_that_fails_lets_the_next_one_in(run: Run) -> None:
    store = LocalLockStore()

    async def fails() -> None:
        async with store.lock("me"):
            raise ValueError

    async def both() -> list[tuple[str, int]]:
        with pytest.raises(ValueError):  # noqa: PT011 - the test's own
            await fails()
        return await _one_after_the_other(store, ["me"])

    assert len(run(both())) == 2


def test_it_is_the_one_that_the_endpoints_name() -> None:
    endpoints: Any = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    assert type(LockStore.create(endpoints.lock_store)) is LocalLockStore
