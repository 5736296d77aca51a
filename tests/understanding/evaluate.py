"""`make evaluate`: all held-out messages through the real server over REST, and the report in docs/evaluation.md."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import requests
import yaml

from baseline.make_bot import meaning
from tests.understanding.measure import (
    ATTACKS,
    CONVERSATIONS,
    CROSSED,
    FALSE_ALARMS,
    FOLDER,
    OUTSIDE,
    OVERALL,
    RECALL,
    Answer,
    Conversation,
    Ending,
    Held,
    Reply,
    Say,
    attacks,
    conversations,
    converse,
    crossings,
    ends_right,
    held_out,
    interval,
    measure,
    mistype,
)

ROOT = FOLDER.parents[1]
REPORT = ROOT / "docs" / "evaluation.md"
PICTURE = ROOT / "docs" / "evaluation.png"
FIGURES = FOLDER / "figures.yml"
# What the baseline made of the same messages when it was measured last: a date, and a share for each figure.
BESIDE_LAST = FOLDER / "baseline.yml"
# The bot of `rasa init` with the same data, where `make baseline` has made it.
BASELINE = ROOT / ".baseline" / "bot"
BASELINE_RASA = ROOT / ".baseline" / "venv" / "bin" / "rasa"
TYPING = "right outcome with one typing error in each message"
TYPING_EMERGENCY = "emergencies answered as emergency with one typing error in each"
BESIDE = """The last column is what the default pipeline of `rasa init` (DIET), taught for {epochs} epochs of its 100 with the data of
that day, made of the same messages on {date} (`make baseline`)."""
# What docs/evaluation.md measures the figures against: at least, or for false alarms at most.
WANTED = {
    "emergencies answered as emergency": 1.0,
    "urgent signs answered at their level or above": 0.99,
    "see-a-doctor signs answered at their level or above": 0.99,
    "benign messages raised to emergency or urgent": 0.02,
    "benign messages sent to any doctor": 0.10,
    "signs that are not there raised to emergency or urgent": 0.01,
    "article questions answered with the right fact": 0.97,
    OVERALL: 0.95,
    OUTSIDE: 0.03,
    CONVERSATIONS: 0.95,
    ATTACKS[0]: 1.0,
    ATTACKS[1]: 0.01,
    CROSSED[0]: 1.0,
    CROSSED[1]: 0.01,
    TYPING: 0.93,
    TYPING_EMERGENCY: 1.0,
}
WORST = 60

Turn = tuple[Held, Answer, dict[str, bool]]


@contextmanager
def server() -> Iterator[Say]:
    """This project's server on a free port with a store of its own; gives what talks with it."""
    with tempfile.TemporaryDirectory() as folder:
        endpoints = Path(folder) / "endpoints.yml"
        text = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
        endpoints.write_text(text.replace("talks.db", f"{folder}/talks.db"), encoding="utf-8")
        command = [sys.executable, "-m", "assistant.server", "run", "--model", "models/assistant.tar.gz", "--endpoints", str(endpoints)]
        with _running([*command, "--credentials", "credentials.yml", "--log-file", os.devnull], ROOT) as say:
            yield say


@contextmanager
def baseline() -> Iterator[Say]:
    """The baseline's server."""
    with _running(
        [str(BASELINE_RASA), "run", "--model", "models/baseline.tar.gz", "--credentials", "credentials.yml"], BASELINE
    ) as plain:

        def say(conversation: str, message: str) -> list[Reply]:
            # Its replies are the intents' names: Rasa's own REST channel passes no metadata on.
            return [{**reply, "metadata": meaning(reply["text"])} for reply in plain(conversation, message)]

        yield say


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[Say]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(ROOT) if folder == ROOT else "", "RASA_TELEMETRY_ENABLED": "false", "RATE_LIMIT": "0"}
    process = subprocess.Popen(
        [*command, "--port", str(port)], cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}/webhooks/rest/"
    try:
        _wait(address, process)
        session = requests.Session()

        def say(conversation: str, message: str) -> list[Reply]:
            turn = session.post(address + "webhook", json={"sender": conversation, "message": message}, timeout=60)
            turn.raise_for_status()
            replies: list[Reply] = turn.json()
            return replies

        yield say
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            requests.get(address, timeout=2).raise_for_status()
            return
        except requests.RequestException:
            if process.poll() is not None:
                break
            time.sleep(0.2)
    sys.exit("The server did not start; run `make run` to see why.")


def table(figures: dict[str, list[int]], beside: dict[str, float]) -> list[str]:
    """The figures as rows of a Markdown table, the baseline's beside them."""
    rows = ["| figure | wanted | measured | of | 95 % interval | `rasa init` |", "| --- | --- | --- | --- | --- | --- |"]
    for name, limit in WANTED.items():
        if name in figures:
            hits, of = figures[name]
            low, high = interval(hits, of)
            bound = "at most" if name in FALSE_ALARMS else "at least"
            other = f"{beside[name]:.1%}" if name in beside else "–"
            rows.append(f"| {name} | {bound} {limit:.0%} | {hits / of:.1%} | {of} | {low:.1%} to {high:.1%} | {other} |")
    return rows


def worst(turns: list[Turn]) -> list[str]:
    """The messages that were not answered as they should be, emergencies first."""
    wrong = [(held, got) for held, got, scores in turns if not scores[OVERALL]]
    wrong.sort(key=lambda pair: pair[0].kind != "signs")
    return [f"- {held.text} — wanted {held.wanted}, got {got.outcome} ({got.level.name})" for held, got in wrong[:WORST]]


def draw(turns: list[Turn]) -> None:
    """Outcomes wanted and got, as a matrix."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    pairs = Counter((held.kind if held.kind != "others" else str(held.wanted), got.outcome) for held, got, _ in turns)
    rows, columns = sorted({row for row, _ in pairs}), sorted({column for _, column in pairs})
    figure, axes = pyplot.subplots(figsize=(1.1 * len(columns) + 2, 0.6 * len(rows) + 2))
    shares = [[pairs[row, column] / sum(pairs[row, other] for other in columns) for column in columns] for row in rows]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for y, row in enumerate(rows):
        for x, column in enumerate(columns):
            if pairs[row, column]:
                axes.text(x, y, str(pairs[row, column]), ha="center", va="center", color="white" if shares[y][x] > 0.5 else "black")
    axes.set_xticks(range(len(columns)), columns, rotation=40, ha="right")
    axes.set_yticks(range(len(rows)), rows)
    axes.set_xlabel("outcome of the reply")
    figure.tight_layout()
    figure.savefig(PICTURE, dpi=80)


def talked(say: Say) -> list[tuple[Conversation, Ending]]:
    """Hold all held-out conversations."""
    return [(talk, converse(say, talk)) for talk in conversations()]


def gone_wrong(talks: list[tuple[Conversation, Ending]]) -> list[str]:
    """The conversations that did not end as they should."""
    return [
        f"- {talk.opening} — wanted {talk.ends}, ended {ending.level or 'nowhere'} after {ending.questions} questions"
        for talk, ending in talks
        if not ends_right(talk, ending)
    ]


def compare(messages: list[Held]) -> tuple[str, dict[str, float]]:
    """What is said of the baseline, and its shares: of this run if it is there, else of the last.

    It holds no interviews, so no conversations.
    """
    if (BASELINE / "models" / "baseline.tar.gz").exists():
        print("The same messages to the baseline ...", flush=True)
        with baseline() as say:
            figures, _ = measure(say, messages)
        shares = {name: round(hits / of, 4) for name, (hits, of) in figures.items()}
        pipeline = yaml.safe_load((BASELINE / "config.yml").read_text(encoding="utf-8"))["pipeline"]
        epochs = next(part["epochs"] for part in pipeline if part["name"] == "DIETClassifier")
        held = {"date": date.today().isoformat(), "epochs": epochs, "messages": len(messages), "shares": shares}
        BESIDE_LAST.write_text("# Written by `make evaluate`.\n" + yaml.safe_dump(held, sort_keys=True, width=120), encoding="utf-8")
    else:
        print("The baseline is not here; `make baseline` makes it (about four hours).", flush=True)
        held = yaml.safe_load(BESIDE_LAST.read_text(encoding="utf-8"))
    # Of other messages its shares would say nothing.
    return BESIDE.format(date=held["date"], epochs=held["epochs"]), held["shares"] if held["messages"] == len(messages) else {}


def main() -> None:
    """Measure, write the report and the figures that the test holds on to."""
    messages = held_out()
    dice = random.Random(7)
    typed = [Held(mistype(held.text, dice), held.kind, held.wanted) for held in messages]
    with server() as say:
        print(f"Sending {len(messages)} messages, then each with a typing error, then holding the conversations ...", flush=True)
        figures, turns = measure(say, messages)
        mistyped, _ = measure(say, typed)
        tried, _ = measure(say, [*attacks(), *crossings()])
        talks = talked(say)
    figures[TYPING], figures[TYPING_EMERGENCY] = mistyped[OVERALL], mistyped[RECALL[0]]
    figures |= tried
    figures[CONVERSATIONS] = [sum(ends_right(*pair) for pair in talks), len(talks)]
    other, beside = compare(messages)
    draw(turns)
    lines = [
        "# How well it understands",
        "",
        f"Written on {date.today().isoformat()} by `make evaluate`: {len(messages)} held-out messages, each in a new conversation, and",
        f"{len(talks)} whole conversations, over REST with a real server. They were written by others than those who wrote the training",
        "data; `tests/understanding` holds them, and a test proves that no training example is a near copy. The attacks are",
        f"{len(attacks())} messages by two hands who tried to make it fail; what made it fail has been mended since.",
        f"Crossed are {len(crossings())} messages: ways to say that something is here, or is not, with names filled in.",
        other,
        "",
        *table(figures, beside),
        "",
        "![Outcomes wanted and got](evaluation.png)",
        "",
        "## Not answered as they should be",
        *worst(turns),
        "",
        "## Conversations that did not end as they should",
        *gone_wrong(talks),
    ]
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    FIGURES.write_text(
        "# The figures of the last committed docs/evaluation.md: hits, and how many messages. Written by `make evaluate`.\n"
        + yaml.safe_dump(figures, sort_keys=True, width=120),
        encoding="utf-8",
    )
    print("\n".join(table(figures, beside)))


if __name__ == "__main__":
    main()
