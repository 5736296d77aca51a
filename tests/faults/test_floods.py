"""Who sends much stops nobody: what a server remembers of messages is bounded by its size, not by their number alone."""

from __future__ import annotations

import random
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


def test_long_messages_of_made_up_words_do_not_fill_the_memory(tmp_path: Path) -> None:
    dice = random.Random(0)
    with assistant(tmp_path) as server:
        before = send_long_messages(server, dice)
        assert send_long_messages(server, dice) - before < MOST_MORE
