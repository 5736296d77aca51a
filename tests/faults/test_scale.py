"""Several processes on one PostgreSQL and one Redis: every talk ends as on one process, whichever answers its turns."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.stores.tables import WINDOWS, unhurried
from assistant.stores.talks import TalkStore
from assistant.stores.window import MOST
from tests.conftest import Run, Talk
from tests.faults.stage import Assistant, Postgres, RedisServer, assistant, until

TALKS = 200
SCRIPTS = [
    ["my calf twitches after my run", "no", "only after running", "few seconds", "since yesterday", "2 coffees", "no"],
    ["hello", "does coffee cause twitching", "why", "how do i stop it", "thanks"],
    ["my thigh jumps after squats", "my pee is brown", "does water help", "bye"],
    [
        "27f, calf keeps jumping after my run since tuesday, only then, couple of seconds. no meds",
        "no",
        "no warm up",
        "summary for my doctor",
    ],
    ["eyelid twitching after spin class", "why do you ask", "no", "no", "what about magnesium", "ten seconds", "start again", "hi"],
]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def locks() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, locks: RedisServer) -> Iterator[list[Assistant]]:
    folder = tmp_path_factory.mktemp("two")
    shared: dict[str, Any] = {"tracker_store": postgres.endpoint(), "lock_store": locks.endpoint()}
    with assistant(folder, **shared) as first, assistant(folder, **shared) as second:
        yield [first, second]


def test_200_talks_on_two_processes_end_as_on_one(two: list[Assistant], agent: Any, run: Run) -> None:
    wanted = []
    for number, script in enumerate(SCRIPTS):
        talk = Talk(agent, run, f"alone{number}")
        wanted.append([[reply["text"] for reply in talk.say(text)] for text in script])

    def hold(number: int) -> list[list[str]]:
        dice = random.Random(number)
        return [[reply["text"] for reply in dice.choice(two).say(f"talk{number}", text)] for text in SCRIPTS[number % len(SCRIPTS)]]

    with ThreadPoolExecutor(16) as pool:
        for number, got in enumerate(pool.map(hold, range(TALKS))):
            assert got == wanted[number % len(SCRIPTS)], number
    for number in range(0, TALKS, 40):
        assert two[0].said(f"talk{number}") == SCRIPTS[number % len(SCRIPTS)]


def test_eight_messages_of_one_sender_at_once_are_answered_each_once_by_two_processes(two: list[Assistant]) -> None:
    two[0].say("hasty", "hello")
    begin = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: two[number % 2].say("hasty", f"does coffee cause twitching {number}"), range(8)))
    took = time.monotonic() - begin
    assert all(reply["data"]["outcome"] == "topic" for (reply, *_) in answers)
    assert sorted(two[1].said("hasty")) == ["does coffee cause twitching " + str(number) for number in range(8)] + ["hello"]
    # With Rasa's lock stores this took seven seconds: each waits for a whole one.
    assert took < 4


def test_a_message_that_the_page_sends_again_to_another_process_gets_the_same_replies(two: list[Assistant]) -> None:
    session = two[0].post("/webhooks/web/session")["session"]
    call = {"session": session, "id": "same", "message": "my calf twitches after my run"}
    with ThreadPoolExecutor(8) as pool:
        first, *others = pool.map(lambda number: two[number % 2].post("/webhooks/web/message", **call), range(8))
    assert first["messages"][-1]["progress"][0] == 1
    assert others == [first] * 7
    held = two[1].post("/webhooks/web/history", session=session)["messages"]
    assert [message["from"] for message in held[1:]] == ["person", "assistant"]


def test_messages_of_one_sender_are_answered_in_their_order(two: list[Assistant]) -> None:
    threads = []
    for number in range(8):
        threads.append(threading.Thread(target=two[0].say, args=("orderly", f"what about magnesium {number}")))
        threads[-1].start()
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    assert two[0].said("orderly") == [f"what about magnesium {number}" for number in range(8)]


def test_a_dead_process_frees_its_lock(locks: RedisServer, run: Run) -> None:
    from types import SimpleNamespace

    from assistant.stores import locks as module

    async def second_after_a_dead_first() -> float:
        endpoint = SimpleNamespace(url=locks.endpoint()["url"])
        first, second = module.RedisLockStore(endpoint), module.RedisLockStore(endpoint)
        # As a process leaves it that is killed: taken and never released.
        await first._redis.lock("talk:left", timeout=1).acquire()
        begin = time.monotonic()
        async with second.lock("left"):
            return time.monotonic() - begin

    assert 0.5 < run(second_after_a_dead_first()) < 3


def test_only_what_no_turn_waits_for_takes_longer_than_a_statement_may(postgres: Postgres) -> None:
    place = postgres.endpoint()
    store = TalkStore(**{**place, "query": {**place["query"], "options": "-c statement_timeout=2000"}})
    limit = sa.text("SHOW statement_timeout")
    with store.engine.begin() as connection:
        assert connection.execute(limit).scalar() == "2s"
    with unhurried(store.engine) as connection:
        assert connection.execute(limit).scalar() == "0"
    store.delete_old()
    with store.engine.begin() as connection:
        assert connection.execute(limit).scalar() == "2s"


def test_events_have_numbers_beyond_four_bytes(postgres: Postgres, run: Run) -> None:
    store = TalkStore(domain=Domain.empty(), **postgres.endpoint())
    with store.engine.begin() as connection:
        connection.execute(sa.text("SELECT setval('events_id_seq', 2147483647)"))
    talk = [SessionStarted(), *(UserUttered(str(number)) for number in range(MOST))]
    run(store.save(DialogueStateTracker.from_events("late", talk)))
    # The turn notes where the window of the next one begins.
    tracker = run(store.retrieve("late"))
    tracker.update(UserUttered("last"))
    run(store.save(tracker))
    assert run(store.retrieve("late")).latest_message.text == "last"
    with store.engine.connect() as connection:
        assert connection.execute(sa.select(WINDOWS.c.first).where(WINDOWS.c.sender_id == "late")).scalar() > 2147483647


def test_workers_of_one_server_share_talks_and_metrics(tmp_path: Path, postgres: Postgres, locks: RedisServer) -> None:
    shared: dict[str, Any] = {"tracker_store": postgres.endpoint(), "lock_store": locks.endpoint()}
    with assistant(tmp_path, **shared, variables={"WORKERS": "2"}) as server:
        # A worker that is still loading would not hear that the server stops.
        until(lambda: server.printed().count("Worker ready") == 2)
        for number in range(20):
            assert server.say(f"worker{number}", "does coffee cause twitching")[0]["data"]["outcome"] == "topic"
        import requests

        figures = requests.get(f"{server.address}/metrics?token=x", timeout=30).text
        assert 'assistant_turns_total{channel="rest",level="",outcome="topic"} 20.0' in figures
        assert "Traceback" not in server.printed()
