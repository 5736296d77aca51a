"""What stands around all channels: limits, headers, the token, health, metrics, logs that hold nothing anyone said."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from rasa.shared.core.domain import Domain
from sqlalchemy.exc import OperationalError

from assistant.server import guard
from assistant.stores.talks import TalkStore
from tests.conftest import Run
from tests.faults.stage import assistant
from tests.running import TOKEN, Server

WORD = "Pterodactylus"


@pytest.mark.parametrize("path", ["/chat", "/web/chat.css", "/health", "/health/live", "/nothing", "/conversations/me/tracker"])
def test_every_answer_has_security_headers(path: str, server: Server) -> None:
    headers = requests.get(server.address + path, timeout=30).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Server" not in headers


def test_a_body_of_more_than_64_kb_is_refused(server: Server) -> None:
    answer = server.post("/webhooks/rest/webhook", json={"sender": "big", "message": "a" * 70_000})
    assert answer.status_code == 413
    assert server.say("big", "a " * 4_000)


def test_a_long_message_is_answered_kindly(server: Server) -> None:
    first, *_ = server.say("long", "my calf twitches after my run. " * 100)
    assert "long message" in first["text"]


@pytest.mark.parametrize("path", ["/conversations/me/tracker", "/metrics", "/status"])
def test_the_token_opens_the_api_in_header_or_query_and_nothing_else_does(path: str, server: Server) -> None:
    address = server.address + path
    for headers, query in (
        ({}, {}),
        ({"Authorization": "Bearer y"}, {}),
        ({"Authorization": TOKEN}, {}),
        ({}, {"token": "xx"}),
        ({}, {"token": ""}),
    ):
        assert requests.get(address, headers=headers, params=query, timeout=30).status_code == 401
    assert requests.get(address, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30).status_code == 200
    assert requests.get(address, params={"token": TOKEN}, timeout=30).status_code == 200


def test_metrics_count_turns_and_hold_nothing_that_was_said(server: Server) -> None:
    server.say(f"measured{WORD}", f"my calf twitches after my run with {WORD}")
    text = requests.get(f"{server.address}/metrics", params={"token": TOKEN}, timeout=30).text
    assert 'assistant_turns_total{channel="rest",level="",outcome="interview"}' in text
    assert 'assistant_interview_questions_total{asks="symptoms"}' in text
    assert 'assistant_store_seconds_count{does="write"}' in text
    assert WORD not in text
    assert "calf" not in text


def test_too_many_messages_get_429_with_when_to_come_back(tmp_path: Path) -> None:
    with assistant(tmp_path, variables={"RATE_LIMIT": "3", "LOG_FORMAT": "json", "API_TOKEN": ""}) as server:
        say = {"sender": f"quick{WORD}", "message": f"does coffee cause twitching {WORD}"}
        answers = [requests.post(f"{server.address}/webhooks/rest/webhook", json=say, timeout=30) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
        assert "emergency number" in answers[-1].json()["error"]
        session = server.post("/webhooks/web/session")["session"]
        page = [
            requests.post(
                f"{server.address}/webhooks/web/message", json={"session": session, "id": str(n), "message": "hi"}, timeout=30
            ).status_code
            for n in range(4)
        ]
        assert page == [200, 200, 200, 429]
        # An address that a proxy names has its own limit, over all its senders.
        proxied = [
            requests.post(
                f"{server.address}/webhooks/rest/webhook",
                json={"sender": f"s{n}", "message": "hi"},
                headers={"X-Forwarded-For": "203.0.113.9"},
                timeout=30,
            ).status_code
            for n in range(4)
        ]
        assert proxied == [200, 200, 200, 429]
        # Without a token there are no metrics and no API.
        assert requests.get(f"{server.address}/metrics", timeout=30).status_code == 404
        assert requests.get(f"{server.address}/conversations/me/tracker", timeout=30).status_code == 404
    lines = [json.loads(line) for line in server.printed().splitlines() if line.startswith("{")]
    turns = [line for line in lines if line.get("event") == "turn"]
    assert turns
    assert turns[0]["channel"] == "rest"
    assert turns[0]["outcome"] == "topic"
    assert WORD not in server.printed()


def test_a_try_to_write_what_waits_that_fails_is_not_the_last(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = TalkStore(domain=Domain.empty(), db=str(tmp_path / "talks.db"))
    tries = iter([RuntimeError("what the person typed"), OperationalError("no such server", None, ValueError())])

    async def hold() -> None:
        written = asyncio.Event()

        def check() -> None:
            for failure in tries:
                raise failure
            written.set()

        monkeypatch.setattr(store, "check", check)
        knocking = asyncio.create_task(guard._knock(SimpleNamespace(ctx=SimpleNamespace(agent=SimpleNamespace(tracker_store=store)))))
        await asyncio.wait_for(written.wait(), 5)
        knocking.cancel()

    monkeypatch.setattr(guard, "KNOCK", 0)
    store.outage.wait("web:me", ["{}"])
    run(hold())
