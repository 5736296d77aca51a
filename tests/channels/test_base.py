"""What all channels share: what may pass to Rasa, and that a turn never ends in silence."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels import base
from assistant.channels.base import MOST_CHARACTERS, BadMessage, clean, talk, words
from assistant.channels.rest import checked_sender
from assistant.channels.web.sessions import Sessions
from tests.conftest import Run


@pytest.mark.parametrize(
    ("typed", "passes"),
    [
        ("my calf twitches", "my calf twitches"),
        ("  hi  ", "hi"),
        ("/greet", ""),
        (" /restart", ""),
        ('/inform{"since": 5}', ""),
        ("/ deny", ""),
        ("/restart now please", "restart now please"),
        ("//start", ""),
        ("/ /restart", ""),
        ('/ / inform{"since": 5}', ""),
        (" / / restart now please", "restart now please"),
        ("a\x00b\u202ec", "a b c"),
        ("calf\nquad", "calf\nquad"),
        ("\ud800 hi", "? hi"),
        ("<b>hi</b>'; DROP TABLE events;--", "<b>hi</b>'; DROP TABLE events;--"),
        ("", ""),
    ],
)
def test_what_passes(typed: str, passes: str) -> None:
    assert clean(typed) == (passes, "")


@pytest.mark.parametrize("typed", [None, 5, 1.5, True, ["hi"], {"text": "hi"}, b"hi"])
def test_only_text_is_a_message(typed: Any) -> None:
    with pytest.raises(BadMessage, match="string"):
        clean(typed)


def test_a_long_message_is_read_whole_and_said_to_be_long() -> None:
    text = "my calf twitches " * 200 + "and i cannot breathe " + "so annoying " * 50
    assert clean(text) == (text.strip(), "long")


def test_of_a_huge_message_beginning_and_end_are_read() -> None:
    text, remark = clean("start " + "a" * 20_000 + " end")
    assert remark == "too_long"
    assert text.startswith("start ")
    assert text.endswith(" end")
    assert len(text) <= MOST_CHARACTERS


def test_no_message_takes_long_to_read() -> None:
    begin = time.process_time()
    assert clean("/a" + " " * 60_000 + "x")[1] == "too_long"
    assert clean("/a" + " " * 9_000 + "x") == ("a" + " " * 9_000 + "x", "long")
    assert time.process_time() - begin < 1


@given(st.text() | st.text("/ \t\nab"))
def test_no_command_ever_passes(typed: str) -> None:
    assert not clean(typed)[0].startswith("/")


@pytest.mark.parametrize("sender", [None, "", "  ", 7, [], "x" * 256, "web:abc", "telegram:1", "slack:1", " WEB:abc"])
def test_a_sender_that_is_none_or_another_channels_is_refused(sender: Any) -> None:
    with pytest.raises(BadMessage):
        checked_sender({"sender": sender})


@pytest.mark.parametrize("session", [None, "", "me", 5, "../x" * 12, "a" * 42])
def test_only_an_issued_session_is_taken(session: Any) -> None:
    with pytest.raises(BadMessage):
        Sessions("key").conversation(session)


def test_a_failure_is_said_kindly(run: Run) -> None:
    async def fails(message: Any) -> None:
        raise RuntimeError("secret words of the person")

    (reply,) = run(talk(fails, "me", "hi", "rest"))
    assert reply["text"] == words()["sorry"]
    assert reply["metadata"]["outcome"] == "clarify"


def test_silence_is_answered(run: Run) -> None:
    async def says_nothing(message: Any) -> None:
        return None

    assert [reply["text"] for reply in run(talk(says_nothing, "me", "hi", "rest"))] == [words()["sorry"]]


@pytest.mark.parametrize(("seconds", "tap", "repeated"), [(1, "7 no", True), (3600, "7 no", False), (1, "8 no", False)])
def test_only_a_tap_right_after_the_same_one_is_repeated(seconds: int, tap: str, repeated: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = {"event": "user", "timestamp": time.time() - seconds, "metadata": {"tap": "7 no"}}
    monkeypatch.setattr(base.Sanic, "get_app", lambda: SimpleNamespace(ctx=SimpleNamespace(agent=None)))
    monkeypatch.setattr(base, "talks", lambda agent: SimpleNamespace(events=lambda conversation, newest: [stored]))
    assert base.is_repeated("slack:D1:U1", {"tap": tap}) is repeated
