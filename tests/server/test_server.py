"""A fresh `make run` over HTTP: it answers, keeps its contract, and bad input does no harm."""

from __future__ import annotations

import os
import subprocess
import time
from typing import Any

import pytest
import requests

from assistant.contract import data_of
from tests.conftest import outcome
from tests.running import Server, environment

WEBHOOK = "/webhooks/rest/webhook"
ASIDE = ("requested_slot", "progress", "last_answered", "session_started_metadata", "last_answer", "times_asked", "tries")


def with_data(replies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each reply with its metadata at `data`, wherever Rasa put it."""
    for reply in replies:
        reply["data"] = data_of(reply)
    return replies


def slots(server: Server, sender: str) -> dict[str, Any]:
    """The slots that hold what the person told; a question may be spared, and then is left open."""
    held = server.tracker(sender)["slots"].items()
    told = {name: value for name, value in held if name not in ASIDE and value not in (None, "unknown")}
    assert "body_part" in told, "the tracker of another conversation"
    return told


def test_it_says_what_it_does_and_where_the_page_is(server: Server) -> None:
    lines = [line.strip() for line in server.printed]
    assert any(line.startswith("Starting the server") for line in lines)
    assert f"Ready. Chat at {server.address.replace('127.0.0.1', 'localhost')}/chat  (Ctrl-C stops)" in lines


def test_training_is_announced_and_comes_where_content_is_newer_than_the_model(server: Server) -> None:
    def announced() -> bool:
        plan = subprocess.run(
            ["make", "--dry-run", "train"], cwd=server.folder, env=environment(None), check=True, capture_output=True, text=True
        )
        return "Training the model" in plan.stdout

    content = server.folder / "content" / "signs.yml"
    before, later = content.stat().st_mtime, time.time() + 60
    assert not announced()
    os.utime(content, (later, later))
    assert announced()
    os.utime(content, (before, before))


def test_an_interview_over_rest(server: Server) -> None:
    messages = ["my calf twitches after my run", "no", "only after running", "few seconds", "since yesterday", "2 coffees", "no"]
    turns = [with_data(server.say("interview", message)) for message in messages]
    asked = [turn[-1]["data"].get("asks") for turn in turns[:-1]]
    assert asked == ["symptoms", "at_rest", "bout", "since", "triggers", "medication"]
    assert outcome(turns[-1]) == "self_care"
    for turn in turns:
        for reply in turn:
            assert {"outcome", "facts", "signs"} <= set(reply["data"])


def test_an_emergency_over_rest(server: Server) -> None:
    (reply,) = with_data(server.say("emergency", "i cant breathe and my chest is tight"))
    assert reply["data"]["outcome"] == reply["data"]["level"] == "emergency"
    found = server.tracker("emergency")["latest_message"]["entities"]
    assert {(e["value"], e["status"]) for e in found if e["entity"] == "sign"} >= {("breathing_trouble", "present")}


@pytest.mark.parametrize(
    "message",
    [
        "",
        "   \n ",
        "🙂🙂🙂",
        "a" * 10_000,
        "twitch " * 5_000,
        "у меня дёргается икра",
        "我的小腿抽搐",
        "ساقي ترتعش",
        "\x00\x01\x1b[31m",
        "'; DROP TABLE events; --",
        "<script>alert(1)</script>",
        "undefined",
        "42",
        "{}",
        "/greet",
        '/inform{"since": 99}',
        " /restart",
        "/ session_start",
        "%s%n{0}{calf}",
    ],
)
def test_odd_messages_get_a_reply_and_change_nothing(message: str, server: Server) -> None:
    sender = f"odd{hash(message)}"
    server.say(sender, "my calf twitches after my run")
    before = slots(server, sender)
    replies = with_data(server.say(sender, message))
    assert replies
    assert all(reply["text"] for reply in replies)
    assert outcome(replies) not in ("emergency", "urgent", "see_doctor")
    assert slots(server, sender) == before
    assert outcome(with_data(server.say(sender, "i cant breathe"))) == "emergency"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"7",
        b"[]",
        b'"hi"',
        b"{",
        b"\xff\xfe",
        b"{}",
        b'{"sender": "me"}',
        b'{"message": "hi"}',
        b'{"sender": "me", "message": null}',
        b'{"sender": "me", "message": 5}',
        b'{"sender": "me", "message": ["hi"]}',
        b'{"sender": "", "message": "hi"}',
        b'{"sender": "\\ud800", "message": "hi"}',
        b'{"sender": "a\\u0000", "message": "hi"}',
        b'{"sender": null, "message": "hi"}',
        b'{"sender": ["me"], "message": "hi"}',
        b'{"sender": "web:me", "message": "hi"}',
        b'{"sender": "telegram:me", "message": "hi"}',
    ],
)
def test_a_bad_request_is_a_400_with_a_reason(body: bytes, server: Server) -> None:
    answer = server.post(WEBHOOK, data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_the_page_talks(server: Server) -> None:
    page = requests.get(server.address + "/chat", timeout=30)
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for name in ("chat.css", "twitch-chat.js"):
        assert name in page.text
        assert requests.get(f"{server.address}/web/{name}", timeout=30).status_code == 200
    opened = server.post("/webhooks/web/session", json={}).json()
    (greeting,) = with_data(opened["messages"])
    assert greeting["data"]["outcome"] == "chitchat"
    assert len(greeting["buttons"]) == 3
    first = greeting["buttons"][0]["payload"]
    answer = server.post("/webhooks/web/message", json={"session": opened["session"], "id": "1", "message": first})
    assert outcome(with_data(answer.json()["messages"])) == "interview"
    assert server.post("/webhooks/web/message", json={"session": "guess", "id": "1", "message": "hi"}).status_code == 401


def test_nothing_but_the_page_is_served(server: Server) -> None:
    for path in ("/web/../endpoints.yml", "/web/%2e%2e/endpoints.yml", "/web/chat.py", "/endpoints.yml"):
        assert requests.get(server.address + path, timeout=30).status_code == 404


def test_the_api_needs_its_token(server: Server) -> None:
    assert requests.get(f"{server.address}/conversations/me/tracker", timeout=30).status_code == 401


def test_talks_are_kept_beside_the_server(server: Server) -> None:
    server.say("kept", "hello")
    assert (server.folder / "talks.db").exists()
    assert any(event["event"] == "bot" for event in server.tracker("kept")["events"])
