"""Anything at all over every HTTP endpoint: 10,000 requests, none of which may end in a 500, in silence or in a stranger's talk."""

from __future__ import annotations

import json
import random
import string
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.faults.stage import Assistant, assistant

REQUESTS = 10_000
PATHS = [
    "/webhooks/rest/webhook", "/webhooks/telegram/webhook", "/webhooks/slack/webhook", "/webhooks/web/session", "/webhooks/web/message",
    "/webhooks/web/history", "/webhooks/web/delete", "/chat", "/web/chat.css", "/web/../endpoints.yml", "/health", "/health/live",
    "/metrics", "/conversations/x/tracker", "/webhooks/rest/", "/", "/model/parse", "/nothing",
]  # fmt: skip
METHODS = ["POST"] * 6 + ["GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"]
KEYS = ["sender", "message", "session", "id", "shown", "answers", "text", "payload", "type", "event", "update_id", "metadata", "x"]


def anything(dice: random.Random, depth: int = 0) -> Any:
    """A JSON value, mostly a wrong one."""
    kind = dice.randrange(10 if depth < 3 else 7)
    if kind < 3:
        alphabet = dice.choice((string.printable, "twitch calf no /intent{}", "\x00\u202e😀é漢ء", "a"))
        return "".join(dice.choice(alphabet) for _ in range(dice.choice((0, 1, 5, 40, 300))))
    if kind < 7:
        return dice.choice((None, True, False, 0, -1, 1e308, 2**70, float("nan")))
    if kind == 7:
        return [anything(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {dice.choice(KEYS): anything(dice, depth + 1) for _ in range(dice.randrange(5))}


def body(dice: random.Random, path: str) -> bytes:
    """A request's body: near to right, or anything."""
    if dice.random() < 0.1:
        return dice.randbytes(dice.choice((0, 1, 50, 5000)))
    found = anything(dice)
    if dice.random() < 0.6:
        near = {"sender": f"fuzz{dice.randrange(50)}", "message": anything(dice), "session": anything(dice), "id": "1"}
        found = {**near, **(found if isinstance(found, dict) else {})}
    return json.dumps(found).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("seed", [0])
def test_ten_thousand_requests_and_no_500(seed: int, tmp_path: Any) -> None:
    with assistant(tmp_path) as server, ThreadPoolExecutor(8) as pool:
        server.say("watched", "my calf twitches after my run")
        found: Counter[str] = Counter()
        for counted in pool.map(lambda part: _send(server, seed * 100 + part, REQUESTS // 8), range(8)):
            found += counted
        assert {what for what in found if what.startswith("5") and " 503 " not in f" {what} "} == set(), found
        assert sum(found.values()) >= REQUESTS
        # The watched talk goes on where it was, and nothing was logged as a crash.
        assert server.say("watched", "no")[-1]["data"]["asks"] == "at_rest"
        assert "Traceback" not in server.printed()
        assert server.health()["ready"]


def _send(server: Assistant, seed: int, count: int) -> Counter[str]:
    dice, found = random.Random(seed), Counter[str]()
    with requests.Session() as session:
        for _ in range(count):
            path, method = dice.choice(PATHS), dice.choice(METHODS)
            headers = {"Content-Type": dice.choice(("application/json", "text/plain", "application/x-www-form-urlencoded", ""))}
            if dice.random() < 0.1:
                headers["Origin"] = dice.choice(("http://evil.example", "null", "\xff"))
            if dice.random() < 0.1:
                headers["Authorization"] = dice.choice(("Bearer", "Bearer y", "Basic eA==", "Bearer \xe9"))
            answer = session.request(method, server.address + path, data=body(dice, path), headers=headers, timeout=60)
            found[f"{answer.status_code} {path if answer.status_code >= 500 else ''}"] += 1
    return found
