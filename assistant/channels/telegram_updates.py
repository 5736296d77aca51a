"""What a Telegram update means: pure functions over its JSON (core.telegram.org/bots/api#update), whatever its shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.channels.taps import carried, tapped

# Limits of the Bot API.
LONGEST_TEXT = 4096
LONGEST_DATA = 64
_GROUPS = ("group", "supergroup")


@dataclass(frozen=True)
class Incoming:
    """One message to answer. `text` is None for a photo or a voice message without a word.

    Of a tap: `tap` is its query, `keyboard` the post whose keyboard has done its work, `about` is stored with it (taps.py), and `strange`
    says that the button asks someone else. `topic` and `reply` are parameters of what is sent: where to, and in a group to which message.
    """

    sender: str
    chat: int
    text: str | None
    tap: str | None = None
    keyboard: int | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    strange: bool = False
    topic: Mapping[str, int] = field(default_factory=dict)
    reply: Mapping[str, Any] = field(default_factory=dict)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def read(update: Any, username: str) -> Incoming | None:
    """What there is to answer in an update; None for edits, joins, channel posts and whatever is unknown.

    Args:
        update: the update as Telegram sent it.
        username: the bot's own, without @; in a group only what is addressed to it is answered.
    """
    update = _mapping(update)
    query = _mapping(update.get("callback_query"))
    if query:
        return _tap(query)
    message = _mapping(update.get("message"))
    chat, person = _mapping(message.get("chat")), _mapping(message.get("from"))
    chat_id, person_id = _number(chat.get("id")), _number(person.get("id"))
    if chat_id is None or person_id is None or person.get("is_bot") or _is_service(message):
        return None
    # What stands below a photo is said, too.
    text = message.get("text", message.get("caption"))
    text = text if isinstance(text, str) else None
    if chat.get("type") == "private":
        return Incoming(f"telegram:{chat_id}", chat_id, text, topic=_topic(message))
    if chat.get("type") not in _GROUPS:
        return None
    addressed = _addressed(text, message, username)
    if addressed is None:
        return None
    return Incoming(_in_group(chat_id, person_id), chat_id, addressed, topic=_topic(message), reply=_reply(message))


def _in_group(chat: Any, person: Any) -> str:
    """The conversation's id in a group, where each person has one."""
    return f"telegram:{chat}:{person}"


def group_talk(update: Any) -> str | None:
    """The talk that a message in a group would belong to, where the bot must know its own name to read it; None if it is none."""
    message = _mapping(_mapping(update).get("message"))
    chat, person = _mapping(message.get("chat")), _mapping(message.get("from"))
    return _in_group(chat.get("id"), person.get("id")) if chat.get("type") in _GROUPS else None


def _tap(query: Mapping[str, Any]) -> Incoming | None:
    message, person = _mapping(query.get("message")), _mapping(query.get("from"))
    chat = _mapping(message.get("chat"))
    chat_id, person_id, data, tap = _number(chat.get("id")), _number(person.get("id")), query.get("data"), query.get("id")
    if chat_id is None or person_id is None or not isinstance(data, str) or not isinstance(tap, str):
        return None
    post = _number(message.get("message_id"))
    text, about = tapped(data, post)
    if chat.get("type") == "private":
        return Incoming(f"telegram:{chat_id}", chat_id, text, tap, post, about, topic=_topic(message))
    # What is said in a group answers the message of the person whom it asks.
    answers = _mapping(message.get("reply_to_message"))
    asked = None if "forum_topic_created" in answers else _number(_mapping(answers.get("from")).get("id"))
    mine = asked == person_id
    return Incoming(
        _in_group(chat_id, person_id), chat_id, text, tap, post if mine else None, about,
        strange=asked is not None and not mine, topic=_topic(message), reply=_reply(answers) if mine else {},
    )  # fmt: skip


def _topic(message: Mapping[str, Any]) -> dict[str, int]:
    """The topic of a forum; in other groups the number names a chain of replies, and Telegram refuses it."""
    thread = _number(message.get("message_thread_id"))
    return {"message_thread_id": thread} if thread is not None and message.get("is_topic_message") is True else {}


def _reply(message: Mapping[str, Any]) -> dict[str, Any]:
    """What makes a message the answer to this one, as long as this one is there."""
    number = _number(message.get("message_id"))
    return {} if number is None else {"reply_parameters": {"message_id": number, "allow_sending_without_reply": True}}


_CONTENT = ("text", "photo", "voice", "audio", "video", "video_note", "sticker", "location", "document", "animation", "contact",
            "venue", "poll", "dice", "story", "game", "paid_media")  # fmt: skip


def _is_service(message: Mapping[str, Any]) -> bool:
    """Joins, leaves, pinned messages, new titles: nothing that a person says."""
    return not any(kind in message for kind in _CONTENT)


def _addressed(text: str | None, message: Mapping[str, Any], username: str) -> str | None:
    """The text of a group message if it is meant for the bot: a mention, a command to it, or an answer to what it said."""
    if text is None:
        return None
    # Its name and no longer one; the letters of names are ASCII.
    mention = re.search(rf"@{re.escape(username)}(?!\w)", text, re.IGNORECASE | re.ASCII) if username else None
    if mention:
        return f"{text[: mention.start()]}{text[mention.end() :]}".strip()
    replied = _mapping(_mapping(message.get("reply_to_message")).get("from"))
    mine = str(replied.get("username") or "").lower() == username.lower()
    return text if username and mine else None


def command(text: str, commands: Mapping[str, str]) -> str:
    """What a command such as /start stands for (content/channels.yml); any other text as it is."""
    if not text.startswith("/"):
        return text
    name = text[1:].split(maxsplit=1)[0].split("@", maxsplit=1)[0].lower() if text[1:].strip() else ""
    return commands.get(name, text)


def parts(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """A text in pieces that Telegram takes, cut at the end of a paragraph, else of a sentence, else of a word."""
    pieces = []
    while len(text) > longest:
        for mark in ("\n\n", ". ", " "):
            at = text.rfind(mark, 0, longest)
            if at > 0:
                cut = at + len(mark.rstrip())
                break
        else:
            cut = longest
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text] if text or not pieces else pieces


def keyboard(buttons: list[dict[str, str]], asks: str | None = None) -> dict[str, Any]:
    """An inline keyboard, a row each two buttons; a payload too long for Telegram is replaced by its title.

    Args:
        buttons: title and payload of each.
        asks: the slot that their question asks for.
    """
    keys = [{"text": button["title"], "callback_data": _data(button, asks)} for button in buttons]
    return {"inline_keyboard": [keys[at : at + 2] for at in range(0, len(keys), 2)]}


def _data(button: dict[str, str], asks: str | None) -> str:
    data = carried(button["payload"], asks)
    fits = len(data.encode()) <= LONGEST_DATA
    return data if fits else carried(button["title"], asks).encode()[:LONGEST_DATA].decode("utf-8", "ignore")
