"""Turns after the answer."""

from __future__ import annotations

import asyncio

from assistant.channels.background import Turns
from tests.conftest import Run


def test_turns_of_one_sender_keep_their_order_and_others_need_not_wait(run: Run) -> None:
    done: list[str] = []

    async def turn(name: str, takes: float) -> None:
        await asyncio.sleep(takes)
        done.append(name)

    async def hold() -> None:
        turns = Turns()
        turns.start("a", turn("a1", 0.05))
        turns.start("a", turn("a2", 0.0))
        turns.start("b", turn("b1", 0.0))
        await turns.finish()

    run(hold())
    assert done == ["b1", "a1", "a2"]


def test_stopping_waits_for_replies_in_flight_and_a_failure_stops_nothing(run: Run) -> None:
    done: list[str] = []

    async def fails() -> None:
        raise RuntimeError("what the person typed")

    async def replies() -> None:
        await asyncio.sleep(0.05)
        done.append("replied")

    async def hold() -> None:
        turns = Turns()
        turns.start("a", fails())
        turns.start("a", replies())
        await turns.finish()

    run(hold())
    assert done == ["replied"]
