"""The web channel's parts: sessions, who may embed, and the talk as the page shows it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.web.history import messages, turn
from assistant.channels.web.origins import ForeignOriginError, allowed_origins, cors
from assistant.channels.web.sessions import Sessions, UnknownSessionError, signing_key


def request(origin: str = "", host: str = "here.example:5005", **more: str) -> Any:
    headers = {"host": host, **({"origin": origin} if origin else {})}
    return SimpleNamespace(headers=headers | {name.replace("_", "-"): value for name, value in more.items()})


def test_a_session_is_read_back_by_the_same_key_only() -> None:
    session = Sessions("key").issue()
    assert Sessions("key").conversation(session).startswith("web:")
    assert Sessions("key").issue() != session
    with pytest.raises(UnknownSessionError):
        Sessions("other").conversation(session)


@given(st.text() | st.none() | st.integers())
def test_nothing_made_up_is_a_session(made_up: Any) -> None:
    with pytest.raises(UnknownSessionError):
        Sessions("key").conversation(made_up)


def test_the_key_is_made_once_and_for_the_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SESSION_KEY", raising=False)
    file = tmp_path / "session.key"
    key = signing_key(file)
    assert len(key) >= 43
    assert signing_key(file) == key
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    monkeypatch.setenv("SESSION_KEY", "given")
    assert signing_key(file) == "given"


def test_who_may_embed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORIGINS", "https://club.example/  http://other.example:8000")
    allowed = allowed_origins()
    assert allowed == {"https://club.example", "http://other.example:8000"}
    assert "Access-Control-Allow-Origin" not in cors(request(), allowed)
    assert "Access-Control-Allow-Origin" not in cors(request("http://here.example:5005"), allowed)
    headers = cors(request("https://club.example"), allowed)
    assert headers["Access-Control-Allow-Origin"] == "https://club.example"
    # Without this the widget could not see how long to wait.
    assert headers["Access-Control-Expose-Headers"] == "Retry-After"
    for foreign in ("https://evil.example", "https://club.example.evil.example", "null", "http://club.example", "*", "http://["):
        with pytest.raises(ForeignOriginError, match="ORIGINS"):
            cors(request(foreign), allowed)
    monkeypatch.delenv("ORIGINS")
    assert allowed_origins() == frozenset()


def test_the_servers_own_page_may_talk_behind_a_proxy_that_changes_host() -> None:
    behind = {"origin": "https://chat.example", "host": "127.0.0.1:5005"}
    assert "Access-Control-Allow-Origin" not in cors(request(**behind, sec_fetch_site="same-origin"), frozenset())
    # Where a browser does not say it, over plain http, the refusal tells the operator what to do.
    for site in ({}, {"sec_fetch_site": "same-site"}, {"sec_fetch_site": "cross-site"}):
        with pytest.raises(ForeignOriginError, match="Host"):
            cors(request(**behind, **site), frozenset())


EVENTS: list[dict[str, Any]] = [
    {"event": "action", "name": "action_session_start"},
    {"event": "user", "text": "hello", "metadata": {"unsaid": True}},
    {
        "event": "bot",
        "text": "Hello!",
        "data": {"buttons": [{"title": "Check", "payload": "check it"}]},
        "metadata": {"outcome": "chitchat"},
    },
    {"event": "user", "text": "check it", "metadata": {"id": "a", "shown": "Check"}},
    {"event": "slot", "name": "progress", "value": [1, 6]},
    {"event": "bot", "text": "Anything else?", "data": {}, "metadata": {"metadata": {"asks": "symptoms"}}},
    {"event": "user", "text": None, "metadata": {}},
    {"event": "user", "text": "no", "metadata": {"id": "b"}},
]


def test_a_talk_as_the_page_shows_it() -> None:
    greeting, tapped, question, no = messages(EVENTS)
    assert greeting["buttons"] == [{"title": "Check", "payload": "check it"}]
    assert "progress" not in greeting
    assert (tapped["text"], tapped["id"]) == ("Check", "a")
    assert (question["progress"], question["metadata"]["asks"]) == ([1, 6], "symptoms")
    assert no["id"] == "b"


def test_a_turn_is_found_by_its_id() -> None:
    assert [message["text"] for message in turn(EVENTS, "a")] == ["Anything else?"]
    assert turn(EVENTS, "b") == turn(EVENTS, "c") == []
