"""Turns after the answer, and deliveries seen before."""

from __future__ import annotations

import asyncio
from pathlib import Path

from assistant.channels.background import Seen, Turns
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


def test_a_delivery_is_new_once_across_a_restart_and_two_processes(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/talks.db"
    first, second = Seen(store), Seen(store)
    assert first.first_time("telegram:1")
    assert not first.first_time("telegram:1")
    assert not second.first_time("telegram:1")
    assert second.first_time("slack:1")
    assert not Seen(store).first_time("slack:1")


def test_a_database_that_fails_silences_nobody(tmp_path: Path) -> None:
    seen = Seen(f"sqlite:///{tmp_path}/talks.db")
    seen._table.drop(seen._engine)
    assert seen.first_time("telegram:1")
    assert seen.first_time("telegram:1")
