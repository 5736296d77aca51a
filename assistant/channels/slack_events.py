"""What a Slack request means, and how a reply looks there: pure functions over JSON, whatever its shape."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.channels.taps import carried, tapped

# Limits of Block Kit and of a section's text.
LONGEST_TEXT = 3000
LONGEST_LABEL = 75
LONGEST_VALUE = 2000
BUTTONS_A_ROW = 5
_MENTION = re.compile(r"<@[A-Z0-9]+(\|[^>]*)?>")
_LINK = re.compile(r"<([^>|]+)(?:\|([^>]*))?>")


@dataclass(frozen=True)
class Incoming:
    """One message to answer. `text` is None for a file; `delivery` names the post, however often and in whatever event it comes.

    `about` is stored with a tap (taps.py).
    """

    sender: str
    channel: str
    text: str | None
    delivery: str
    thread: str | None = None
    about: Mapping[str, str] = field(default_factory=dict)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def read_event(body: Any) -> Incoming | None:
    """What there is to answer in an event; None for joins, edits, posts of bots, channel talk that is not for the assistant.

    A mention in a channel comes as `message` and as `app_mention`; both have the post's channel and time, so it counts once.
    """
    event = _mapping(_mapping(body).get("event"))
    kind, subtype = event.get("type"), event.get("subtype")
    channel, user, at = _text(event.get("channel")), _text(event.get("user")), _text(event.get("ts"))
    if channel is None or user is None or at is None or event.get("bot_id") or event.get("edited"):
        return None
    direct = kind == "message" and event.get("channel_type") == "im"
    if not (direct or kind == "app_mention") or subtype not in (None, "file_share", "thread_broadcast"):
        return None
    thread = _text(event.get("thread_ts")) or (None if direct else at)
    text = plain(_text(event.get("text")) or "") or (None if event.get("files") else "")
    return Incoming(conversation(channel, user, thread), channel, text, f"slack:{channel}:{at}", thread)


def read_tap(payload: Any) -> Incoming | None:
    """What a tapped button says; None for any other interaction."""
    payload = _mapping(payload)
    actions = payload.get("actions")
    action = _mapping(actions[0]) if isinstance(actions, list) and actions else {}
    channel = _text(_mapping(payload.get("channel")).get("id"))
    user, value = _text(_mapping(payload.get("user")).get("id")), _text(action.get("value"))
    at = _text(action.get("action_ts"))
    if payload.get("type") != "block_actions" or channel is None or user is None or value is None or at is None:
        return None
    message = _mapping(payload.get("message"))
    thread = _text(message.get("thread_ts"))
    text, about = tapped(value, _text(message.get("ts")))
    return Incoming(conversation(channel, user, thread), channel, text, f"slack:{channel}:{at}", thread, about)


def conversation(channel: str, user: str, thread: str | None) -> str:
    """A talk is one person's in one channel, and in one thread of it."""
    return ":".join(["slack", channel, user, *([thread] if thread else [])])


def plain(text: str) -> str:
    """What the person typed: no mention of the assistant, links as words, Slack's three escapes undone."""
    text = _MENTION.sub(" ", text)
    text = _LINK.sub(lambda link: link[2] or link[1], text)
    return " ".join(html.unescape(text).split())


def escape(text: str) -> str:
    """The three characters that mean something in mrkdwn."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def blocks(text: str, title: str, buttons: list[dict[str, str]], asks: str | None = None) -> list[dict[str, Any]]:
    """A reply in Block Kit.

    Args:
        text: the reply.
        title: of a result, or empty.
        buttons: title and payload of each; five to a row.
        asks: the slot that their question asks for.
    """
    shown: list[dict[str, Any]] = []
    escaped = (f"*{escape(title)}*\n" if title else "") + escape(text)
    while escaped:
        cut = len(escaped) if len(escaped) <= LONGEST_TEXT else _end(escaped)
        shown.append({"type": "section", "text": {"type": "mrkdwn", "text": escaped[:cut].rstrip()}})
        escaped = escaped[cut:].lstrip()
    for row in range(0, len(buttons), BUTTONS_A_ROW):
        elements = [
            {
                "type": "button",
                "text": {"type": "plain_text", "text": button["title"][:LONGEST_LABEL]},
                "value": carried(button["payload"], asks)[:LONGEST_VALUE],
                "action_id": f"answer_{row + index}",
            }
            for index, button in enumerate(buttons[row : row + BUTTONS_A_ROW])
        ]
        shown.append({"type": "actions", "elements": elements})
    return shown


def _end(text: str) -> int:
    """Where to cut a text that is too long: the end of a paragraph, a sentence or a word, never inside an escape."""
    for mark in ("\n\n", ". ", " "):
        at = text.rfind(mark, 0, LONGEST_TEXT)
        if at > 0:
            return at + len(mark.rstrip())
    at = text.rfind("&", LONGEST_TEXT - 5, LONGEST_TEXT)
    return at if at > 0 else LONGEST_TEXT
