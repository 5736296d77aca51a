"""Who sends much stops nobody: what a server remembers of messages is bounded by its size, not by their number alone."""

from __future__ import annotations

import random
import time
from pathlib import Path

import psutil

from assistant.channels.base import MOST_CHARACTERS
from tests.faults.stage import Assistant, assistant

# MB more that these may take than as many before them; 120 when 256 texts' vectors and every word were kept.
MESSAGES, MOST_MORE = 12, 30


def send_long_messages(server: Assistant, dice: random.Random) -> float:
    """The server's MB after them."""
    for number in range(MESSAGES):
        words = ["my calf twitches, no chest pain"]
        while sum(map(len, words)) < MOST_CHARACTERS * 3 / 4:
            words.append("".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=5)))
        server.say(f"flood{number}", " ".join(words))
    return psutil.Process(server.process.pid).memory_info().rss / 2**20


# What took seconds to minutes each, of at most 10,000 characters: what was looked for anew at each of thousands of places.
COSTLY = (
    "last," * 600 + "," * 3400 + "x" + "1s" * 1700, "last " * 1000 + "x " + "1 s " * 1200, "my calf twitches " + ",how" * 2450,
    "chest pain " + "no," * 3280, "1 yr," * 1990, "can a," * 1660, "is it, " * 1400, "my calf hurts " + "\ufdfa" * 9850,
    "calf twitch. " + "my leg. " * 1230, "i have chest pain and my calf twitches " + "9" * 5000 + " % of the day",
)  # fmt: skip


def test_no_message_stops_the_others_for_long_or_fills_the_memory(tmp_path: Path) -> None:
    with assistant(tmp_path) as server:
        server.say("first", "my calf twitches after my run")
        before = psutil.Process(server.process.pid).memory_info().rss / 2**20
        for number, text in enumerate(COSTLY):
            begin = time.perf_counter()
            (reply, *_) = server.say(f"costly{number}", text)
            assert "sorry" not in reply["text"].lower()
            # About a second at most; each took between two and 128.
            assert time.perf_counter() - begin < 15, text[:20]
        assert psutil.Process(server.process.pid).memory_info().rss / 2**20 - before < 200


def test_long_messages_of_made_up_words_do_not_fill_the_memory(tmp_path: Path) -> None:
    dice = random.Random(0)
    with assistant(tmp_path) as server:
        before = send_long_messages(server, dice)
        assert send_long_messages(server, dice) - before < MOST_MORE
