"""What is measured, in figures."""

from __future__ import annotations

import itertools
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import yaml

from bench.bots import BASELINE_TRAINING, BASELINE_VENV, ROOT, Bot, environment_size, ours, size, training

Start = Callable[[], AbstractContextManager[Bot]]

WARM, TURNS, A_TALK, AT_ONCE = 40, 300, 10, 8
LONG_TALK, MANY_TURNS, MANY_TALKS = 410, 20_000, 100_000
# How often both bots are measured in turn.
ROUNDS, STORE_ROUNDS = 5, 3
EVERYDAY = [
    "my calf twitches after my run", "no", "does coffee cause twitching", "only after running", "few seconds", "why do you ask",
    "since yesterday", "what about magnesium", "2 coffees", "no", "thanks", "how do i stop it", "hello", "is it normal",
]  # fmt: skip


def mixed(turns: int, skipped: int = 0) -> list[str]:
    """Held-out messages of all kinds, in an order that is always the same; `skipped` leaves out the first ones."""
    texts = []
    for name in ("signs", "questions", "others", "not_signs"):
        loaded = yaml.safe_load((ROOT / "tests" / "understanding" / f"{name}.yml").read_text(encoding="utf-8"))
        texts += [entry["text"] for entry in loaded]
    random.Random(0).shuffle(texts)  # noqa: S311 - the same order each time
    return list(itertools.islice(itertools.cycle(texts), skipped, skipped + turns))


def warm(bot: Bot) -> None:
    """First turns cost more; their words, the first of `mixed`, come in no measurement."""
    for number, text in enumerate(mixed(WARM)):
        bot.say(f"warm{number}", text)


def in_turn(starts: list[Start]) -> list[dict[str, float]]:
    """Cost and speed of some bots, the median of several rounds: the machine is faster in one minute than in the next, by a third."""
    rounds = [[_cost_and_speed(start) for start in starts] for _ in range(ROUNDS)]
    return [{name: statistics.median(found[name] for found in of_bot) for name in of_bot[0]} for of_bot in zip(*rounds, strict=True)]


def _cost_and_speed(start: Start) -> dict[str, float]:
    found = {}
    with start() as bot:
        found["cold start to first answer, s"] = bot.seconds_to_answer
        warm(bot)
        for place, (name, length) in enumerate((("talks of ten turns", A_TALK), ("300 turns of one talk", TURNS))):
            costs = []
            # Other words each time: what a bot remembers of a message is not what a turn costs.
            for number, text in enumerate(mixed(TURNS, WARM + place * TURNS)):
                before = bot.cpu()
                bot.say(f"{name}{number // length}", text)
                costs.append(bot.cpu() - before)
            found[f"CPU per turn, median, ms, {name}"] = statistics.median(costs) * 1000
        found["resident memory, MB"] = bot.memory()
        waits = at_once(bot, mixed(TURNS, WARM + 2 * TURNS))[0]
        found["latency p95 at 8 talks at once, ms"] = statistics.quantiles(waits, n=20)[-1] * 1000
    with start() as bot:
        warm(bot)
        bot.keep_to_one_core()
        found["turns per second on one core"] = at_once(bot, mixed(TURNS, WARM))[1]
    return found


def at_once(bot: Bot, texts: list[str]) -> tuple[list[float], float]:
    """Latency of each turn, in seconds, and turns per second, of messages shared out among 8 talks at once."""

    def hold(talk: int) -> list[float]:
        caller = Bot(bot.process, bot.port)
        return [caller.say(f"busy{talk}-{number // A_TALK}", text) for number, text in enumerate(texts[talk::AT_ONCE])]

    begin = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waits = list(itertools.chain.from_iterable(pool.map(hold, range(AT_ONCE))))
    return waits, len(waits) / (time.perf_counter() - begin)


def installed() -> tuple[dict[str, float], dict[str, float]]:
    """Training and environment: this assistant's, and the baseline's."""
    mine = {"training, s": training(), "installed environment, MB": environment_size()}
    its = {"training, s": float(BASELINE_TRAINING.read_text()), "installed environment, MB": size(BASELINE_VENV)}
    return mine, its


def long_talk(start: Start) -> list[float]:
    """CPU of each turn of one long talk, in seconds."""
    costs = []
    with start() as bot:
        for text in itertools.islice(itertools.cycle(EVERYDAY), 60):
            bot.say("warm", text)
        for text in itertools.islice(itertools.cycle(EVERYDAY), LONG_TALK):
            before = bot.cpu()
            bot.say("long", text)
            costs.append(bot.cpu() - before)
    return costs


def full_store() -> tuple[float, float]:
    """CPU of a turn, in seconds, with a store that holds hardly a talk and with one of 100,000: medians of rounds in turn."""
    with tempfile.TemporaryDirectory() as folder:
        empty, full = Path(folder) / "empty.db", Path(folder) / "full.db"
        _talks_on(full)
        _fill(full)
        rounds = [(_talks_on(empty), _talks_on(full)) for _ in range(STORE_ROUNDS)]
    return statistics.median(cost for cost, _ in rounds), statistics.median(cost for _, cost in rounds)


def _talks_on(database: Path) -> float:
    """The median of new talks of ten turns: one that goes on from an earlier round would cost more."""
    costs, talk = [], ""
    with ours(database) as bot:
        warm(bot)
        for number, text in enumerate(mixed(TURNS, WARM)):
            if number % A_TALK == 0:
                talk = f"store{time.time_ns()}"
            before = bot.cpu()
            bot.say(talk, text)
            costs.append(bot.cpu() - before)
    return statistics.median(costs)


def _fill(database: Path) -> None:
    """Copy one talk's events under 100,000 other names."""
    with sqlite3.connect(database) as connection:
        columns = "sender_id, type_name, timestamp, intent_name, action_name, data"
        rows = connection.execute(f"SELECT {columns} FROM events WHERE sender_id = 'first'").fetchall()  # noqa: S608 - constants
        copies = ((f"other{number}", *row[1:]) for number in range(MANY_TALKS) for row in rows)
        connection.executemany(f"INSERT INTO events ({columns}) VALUES (?, ?, ?, ?, ?, ?)", copies)  # noqa: S608 - constants


def memory_over_many_turns() -> list[float]:
    """MB of resident memory, a twentieth of 20,000 turns apart."""
    held = []
    with ours() as bot:
        texts = mixed(MANY_TURNS)
        for number, text in enumerate(texts):
            bot.say(f"many{number // 20}", text)
            if (number + 1) % (MANY_TURNS // 20) == 0:
                held.append(bot.memory())
    return held


def eight_of_one_sender(start: Start) -> float:
    """Seconds until eight messages of one sender, sent at once, are all answered."""
    with start() as bot:
        for number, text in enumerate(mixed(20)):
            bot.say(f"warm{number}", text)
        callers = [Bot(bot.process, bot.port) for _ in range(AT_ONCE)]
        begin = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda pair: pair[1].say("hasty", EVERYDAY[pair[0]]), enumerate(callers)))
        return time.perf_counter() - begin
