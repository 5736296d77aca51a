"""Slack: what each kind of request means, and whole talks with the real server and a strict stand-in for the Web API."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from assistant.channels.base import words
from assistant.channels.slack import SlackChannel
from assistant.channels.slack_events import BUTTONS_A_ROW, LONGEST_TEXT, blocks, plain, read_event, read_tap
from tests.channels.fakes import BUSY_CHANNEL, SLACK_SECRET, Fakes
from tests.channels.test_telegram import pauses, until
from tests.conftest import Run
from tests.running import Server

_times = itertools.count(1_700_000_000)


def event(**what: Any) -> dict[str, Any]:
    stamp = f"{next(_times)}.000100"
    inner = {"type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "text": "hi", "ts": stamp, **what}
    return {"type": "event_callback", "event_id": f"Ev{stamp}", "team_id": "T1", "event": inner}


def tapped(**what: Any) -> dict[str, Any]:
    action = {"type": "button", "action_id": "answer_0", "block_id": "b", "value": "no", "action_ts": f"{next(_times)}.5"}
    body = {"type": "block_actions", "user": {"id": "U1"}, "channel": {"id": "D1"}, "message": {"ts": "1.1"}, "actions": [action]}
    return {**body, **what}


ANSWERED: list[tuple[dict[str, Any], str, str | None]] = [
    (event(), "slack:D1:U1", "hi"),
    (event(text="a &amp; b &lt;c&gt;"), "slack:D1:U1", "a & b <c>"),
    (event(text="see <https://example.org|this page>"), "slack:D1:U1", "see this page"),
    (event(text="<https://example.org>"), "slack:D1:U1", "https://example.org"),
    (event(text="<@U99> hi"), "slack:D1:U1", "hi"),
    (event(blocks=[{"type": "rich_text"}]), "slack:D1:U1", "hi"),
    (event(client_msg_id="x", team="T1"), "slack:D1:U1", "hi"),
    (event(thread_ts="5.5"), "slack:D1:U1:5.5", "hi"),
    (event(subtype="thread_broadcast", thread_ts="5.5"), "slack:D1:U1:5.5", "hi"),
    (event(subtype="file_share", files=[{"id": "F1"}], text="look"), "slack:D1:U1", "look"),
    (event(subtype="file_share", files=[{"id": "F1"}], text=""), "slack:D1:U1", None),
    (event(text=""), "slack:D1:U1", ""),
    (event(text="/restart"), "slack:D1:U1", "/restart"),
    (event(type="app_mention", channel="C1", channel_type="channel", text="<@UBOT> hi", ts="9.9"), "slack:C1:U1:9.9", "hi"),
    (event(type="app_mention", channel="C1", text="<@UBOT|twitch> hi", thread_ts="8.8"), "slack:C1:U1:8.8", "hi"),
    (event(type="app_mention", channel="G1", channel_type="group", text="<@UBOT>", ts="9.8"), "slack:G1:U1:9.8", ""),
]
TAPS: list[tuple[dict[str, Any], str, str]] = [
    (tapped(), "slack:D1:U1", "no"),
    (tapped(message={"ts": "1.1", "thread_ts": "0.9"}), "slack:D1:U1:0.9", "no"),
    (tapped(message=None), "slack:D1:U1", "no"),
    (tapped(container={"type": "message"}, response_url="https://example.org"), "slack:D1:U1", "no"),
]
IGNORED: list[Any] = [
    None, 5, "x", [], {}, {"type": "event_callback"}, {"event": None}, {"event": []}, {"event": {}},
    event(bot_id="B1"), event(user=None), event(user=5), event(channel=None), event(ts=None), event(edited={"user": "U1"}),
    event(channel_type="channel"), event(channel_type="group"), event(channel_type="mpim"), event(channel_type=None),
    *(event(subtype=kind) for kind in (
        "message_changed", "message_deleted", "message_replied", "bot_message", "channel_join", "channel_leave", "channel_topic",
        "channel_purpose", "channel_name", "channel_archive", "group_join", "me_message", "reminder_add", "pinned_item",
        "ekm_access_denied",
        "assistant_app_thread", "tombstone", "huddle_thread",
    )),
    *(event(type=kind) for kind in (
        "reaction_added", "app_home_opened", "member_joined_channel", "team_join", "file_shared", "channel_created", "link_shared",
        "app_uninstalled", "tokens_revoked", "user_change", "something_new",
    )),
    event(type="app_mention", bot_id="B1"),
]  # fmt: skip
NO_TAPS: list[Any] = [
    None, [], "x", {}, {"type": "block_actions"}, tapped(type="view_submission"), tapped(type="shortcut"), tapped(type="message_action"),
    tapped(actions=[]), tapped(actions=None), tapped(actions=[5]), tapped(actions=[{"value": None}]), tapped(channel=None),
    tapped(user=None),
    tapped(type="view_closed"), tapped(type="block_suggestion"), tapped(type="interactive_message"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "sender", "text"), ANSWERED)
def test_what_is_answered(body: dict[str, Any], sender: str, text: str | None) -> None:
    incoming = read_event(body)
    assert incoming is not None
    assert (incoming.sender, incoming.text) == (sender, text)


@pytest.mark.parametrize(("body", "sender", "text"), TAPS)
def test_taps(body: dict[str, Any], sender: str, text: str) -> None:
    incoming = read_tap(body)
    assert incoming is not None
    assert (incoming.sender, incoming.text) == (sender, text)


def test_a_tap_names_the_question_that_it_stands_under() -> None:
    _, row = blocks("x", "", [{"title": "None of these", "payload": "none of these"}], "symptoms")
    payload = tapped()
    payload["actions"][0]["value"] = row["elements"][0]["value"]
    incoming = read_tap(payload)
    assert incoming is not None
    assert (incoming.text, incoming.about["answers"]) == ("none of these", "symptoms")


@pytest.mark.parametrize("body", IGNORED)
def test_what_is_not(body: Any) -> None:
    assert read_event(body) is None


@pytest.mark.parametrize("body", NO_TAPS)
def test_no_taps(body: Any) -> None:
    assert read_tap(body) is None


def test_there_are_enough_shapes() -> None:
    assert len(ANSWERED) + len(TAPS) + len(IGNORED) + len(NO_TAPS) >= 60


def test_a_mention_that_comes_as_two_events_is_one_post() -> None:
    first = read_event(event(type="app_mention", channel="C1", ts="3.3"))
    second = read_event(event(type="app_mention", channel="C1", ts="3.3", channel_type="channel"))
    assert first is not None
    assert second is not None
    assert first.delivery == second.delivery


KEYS = ("event", "type", "channel", "user", "text", "ts", "actions", "value", "subtype", "files", "message")


def json_like() -> st.SearchStrategy[Any]:
    leaves = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=10)
        | st.sampled_from(["message", "im", "block_actions", "app_mention"])
    )
    keys = st.sampled_from(KEYS)
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=6), max_leaves=25)


@given(json_like())
def test_no_shape_fails(body: Any) -> None:
    for incoming in (read_event(body), read_tap(body)):
        assert incoming is None or incoming.sender.startswith("slack:")


@given(st.text(min_size=1, max_size=9000))
def test_blocks_fit(text: str) -> None:
    for block in blocks(text, "", []):
        assert len(block["text"]["text"]) <= LONGEST_TEXT


@given(st.text(alphabet="ab &<>", max_size=50))
def test_what_is_escaped_reads_as_typed(text: str) -> None:
    shown = "".join(block["text"]["text"] for block in blocks(text, "", []))
    assert plain(shown) == " ".join(text.split())


def test_many_buttons_are_laid_out_in_rows() -> None:
    buttons = [{"title": str(n), "payload": str(n)} for n in range(12)]
    rows = [block["elements"] for block in blocks("x", "", buttons)[1:]]
    assert [len(row) for row in rows] == [BUTTONS_A_ROW, BUTTONS_A_ROW, 2]
    assert len({element["action_id"] for row in rows for element in row}) == 12


def test_a_reply_is_tried_for_a_minute(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    incoming = read_event(event())
    assert incoming is not None
    waited = pauses(monkeypatch)
    run(SlackChannel("token", "secret", "http://127.0.0.1:1/")._post(incoming, {"text": "hi"}))
    assert sum(waited) >= 60
    assert waited == sorted(waited)


# ---- with the real server


def signed(
    server: Server, body: bytes, kind: str = "application/json", late: int = 0, secret: str = SLACK_SECRET, **headers: str
) -> requests.Response:
    stamp = str(int(time.time()) - late)
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    own = {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature or ""}
    return server.post("/webhooks/slack/webhook", data=body, headers={**own, **headers})


def deliver(server: Server, body: Any, **headers: str) -> int:
    return signed(server, json.dumps(body).encode(), **headers).status_code


def posted(services: Fakes, channel: str) -> list[dict[str, Any]]:
    """Replies in a channel, but for what a new talk says of storage."""
    return [data for data in services.slack if data["channel"] == channel and data["text"] != words()["stored"]]


def turn(server: Server, services: Fakes, channel: str, text: str) -> list[dict[str, Any]]:
    before = len(posted(services, channel))
    assert deliver(server, event(channel=channel, text=text)) == 200
    until(lambda: len(posted(services, channel)) > before)
    time.sleep(0.3)
    return posted(services, channel)[before:]


def tap(server: Server, services: Fakes, channel: str, value: str) -> list[dict[str, Any]]:
    before = len(posted(services, channel))
    payload = tapped(channel={"id": channel})
    payload["actions"][0]["value"] = value
    form = urlencode({"payload": json.dumps(payload)}).encode()
    assert signed(server, form, "application/x-www-form-urlencoded").status_code == 200
    until(lambda: len(posted(services, channel)) > before)
    time.sleep(0.3)
    return posted(services, channel)[before:]


def test_a_whole_interview(server: Server, services: Fakes) -> None:
    (question,) = turn(server, services, "D501", "my calf twitches after my run")
    values = [element["value"] for block in question["blocks"] if block["type"] == "actions" for element in block["elements"]]
    assert len(values) > BUTTONS_A_ROW
    tap(server, services, "D501", values[0])
    for text in ("only after running", "few seconds", "since yesterday", "2 coffees &amp; no warm up"):
        turn(server, services, "D501", text)
    result = turn(server, services, "D501", "no meds")
    assert "*✓ Look after it yourself*" in result[0]["blocks"][0]["text"]["text"]
    assert [problem for problem in services.problems if problem.startswith("slack")] == []


def test_a_double_tap_answers_no_question_that_nobody_has_read(server: Server, services: Fakes) -> None:
    (question,) = turn(server, services, "D502", "my calf twitches after my run")
    none = question["blocks"][1]["elements"][0]["value"]
    tap(server, services, "D502", none)
    payload = tapped(channel={"id": "D502"})
    payload["actions"][0]["value"] = none
    form = urlencode({"payload": json.dumps(payload)}).encode()
    assert signed(server, form, "application/x-www-form-urlencoded").status_code == 200
    # Turns of one talk keep their order: after this reply the second tap has been dealt with.
    turn(server, services, "D502", "since yesterday")
    assert len(posted(services, "D502")) == 3
    assert server.tracker("slack:D502:U1")["slots"]["at_rest"] is None


def test_a_mention_is_answered_once_in_its_thread(server: Server, services: Fakes) -> None:
    mention = event(type="app_mention", channel="C601", text="<@UBOT> hello", ts="77.7")
    as_message = event(type="message", channel="C601", channel_type="channel", text="<@UBOT> hello", ts="77.7")
    assert [deliver(server, body) for body in (mention, as_message, mention)] == [200, 200, 200]
    until(lambda: bool(posted(services, "C601")))
    time.sleep(1)
    (reply,) = posted(services, "C601")
    assert reply["thread_ts"] == "77.7"


def test_a_retry_is_not_answered_again(server: Server, services: Fakes) -> None:
    body = event(channel="D602", text="hello")
    retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    assert [deliver(server, body), deliver(server, body, **retry)] == [200, 200]
    until(lambda: bool(posted(services, "D602")))
    time.sleep(1)
    assert len(posted(services, "D602")) == 1


def test_a_file_is_answered_kindly(server: Server, services: Fakes) -> None:
    assert deliver(server, event(channel="D603", subtype="file_share", files=[{"id": "F"}], text="")) == 200
    until(lambda: bool(posted(services, "D603")))
    assert "only read text" in posted(services, "D603")[0]["text"]


def test_the_address_is_verified(server: Server) -> None:
    answer = signed(server, json.dumps({"type": "url_verification", "challenge": "abc"}).encode())
    assert answer.json() == {"challenge": "abc"}


def test_a_wrong_or_old_signature_is_refused(server: Server) -> None:
    body = json.dumps(event()).encode()
    assert signed(server, body, secret="guess").status_code == 403
    assert signed(server, body, late=301).status_code == 403
    assert server.post("/webhooks/slack/webhook", data=body).status_code == 403
    assert (
        server.post(
            "/webhooks/slack/webhook", data=body, headers={"X-Slack-Request-Timestamp": "x", "X-Slack-Signature": "y"}
        ).status_code
        == 403
    )


def test_a_slash_command_gets_help(server: Server) -> None:
    form = urlencode({"command": "/twitch", "text": "x", "user_id": "U1"}).encode()
    answer = signed(server, form, "application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert answer.json()["response_type"] == "ephemeral"


def test_429_is_waited_for(server: Server, services: Fakes) -> None:
    assert len(turn(server, services, BUSY_CHANNEL, "hello")) == 1
    assert services.busy["slack"] == 2


@pytest.mark.parametrize("body", IGNORED)
def test_no_event_breaks_the_server(body: Any, server: Server) -> None:
    assert deliver(server, body) == 200


@pytest.mark.parametrize("body", NO_TAPS)
def test_no_interaction_breaks_the_server(body: Any, server: Server) -> None:
    form = urlencode({"payload": json.dumps(body)}).encode()
    assert signed(server, form, "application/x-www-form-urlencoded").status_code == 200


@pytest.mark.parametrize("body", [b"", b"x", b"payload=%7B", b"a=b"])
def test_no_body_breaks_the_server(body: bytes, server: Server) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        assert signed(server, body, kind).status_code == 200


def test_a_body_that_is_no_text_is_refused(server: Server) -> None:
    headers = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=1"}
    assert server.post("/webhooks/slack/webhook", data=b"\xff", headers=headers).status_code == 403


def test_a_new_talk_is_told_once_what_is_stored(server: Server, services: Fakes) -> None:
    for text in ("my calf twitches after my run", "no"):
        turn(server, services, "D777", text)
    assert [data["text"] for data in services.slack if data["channel"] == "D777"].count(words()["stored"]) == 1
