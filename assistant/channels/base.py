"""What all channels share: what may pass to the assistant, whose talk it is, and how a failure is said."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from pathlib import Path
from time import perf_counter, time
from typing import Any

import yaml
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError

from assistant.channels.taps import TAP
from assistant.channels.transcript import UNSAID, transcript
from assistant.contract import data_of
from assistant.metrics import ERRORS, count_turn
from assistant.stores.talks import talks

logger = logging.getLogger(__name__)

# Newest events among which a talk's latest message is; a turn has six to twelve, and some twenty more where it forgets all answers.
A_TURN = 50
# Seconds within which the same button is tapped twice by one tap.
DOUBLE_TAP = 10
OnNewMessage = Callable[[UserMessage], Awaitable[Any]]

WORDS = Path(__file__).resolve().parents[2] / "content" / "channels.yml"
# Conversations of a channel begin with its prefix, so that none can reach another's.
PREFIXES = ("web:", "telegram:", "slack:")
# Longer than a chat message; all of it is still looked through for warning signs.
LONG = 2000
# Beyond this the beginning and the end are read: people put the red flag last. It bounds what one message can cost.
MOST_CHARACTERS = 10_000
_HEAD, _TAIL = 5000, 4900
# Rasa obeys "/intent{...}" and "/restart" from anyone, leading spaces included; nothing here sends them.
# Nothing in it may match the same spaces twice: 65,000 of them would stop the server.
_COMMAND = re.compile(r"^[\s/]*/\s*\w+\s*(?:\{.*\}\s*)?$", re.DOTALL)
# Slashes may hide behind spaces: "/ /restart".
_BEGINNING = re.compile(r"^[\s/]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\ufeff]")


class BadMessage(ValueError):
    """A request that cannot be a message; the text says why, for the client's programmer."""


@lru_cache(maxsize=1)
def _content() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return loaded


def words() -> dict[str, str]:
    """What a channel says by itself (content/channels.yml)."""
    return table("says")


def table(name: str) -> dict[str, str]:
    """A table of content/channels.yml: `says`, `commands` (what they stand for), `levels` (their titles)."""
    found: dict[str, str] = _content()[name]
    return found


def clean(text: Any) -> tuple[str, str]:
    """What of a message may pass to Rasa.

    Args:
        text: the message as it arrived.

    Returns:
        The text without commands and control characters, and what to say of its length: an entry of content/channels.yml or "".

    Raises:
        BadMessage: if it is not a string.
    """
    if not isinstance(text, str):
        raise BadMessage("'message' must be a string")
    text = _CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))
    said = _BEGINNING.sub("", text).rstrip()
    if len(said) > MOST_CHARACTERS:
        return f"{said[:_HEAD]} . {said[-_TAIL:]}", "too_long"
    if _COMMAND.match(text):
        return "", ""
    return said, "long" if len(said) > LONG else ""


class Replies(CollectingOutputChannel):
    """Collects the replies of one turn, each with its buttons and metadata (docs/contract.md)."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def name(self) -> str:
        """The channel's name, as Rasa asks for it."""
        return self._name

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Collect one reply; called by Rasa."""
        reply: dict[str, Any] = {"recipient_id": recipient_id, "text": message.get("text") or ""}
        if message.get("buttons"):
            reply["buttons"] = message["buttons"]
        if message.get("metadata"):
            reply["metadata"] = message["metadata"]
        self.messages.append(reply)


async def talk(
    on_new_message: OnNewMessage, sender: str, text: str, channel: str, remark: str = "", *, metadata: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """One turn: the replies to a message, never none and never an exception.

    Args:
        on_new_message: Rasa's handler.
        sender: the conversation's id.
        text: the message.
        channel: the channel's name.
        remark: what `clean` said of the message.
        metadata: what Rasa is to store with the message.
    """
    begin = perf_counter()
    replies = Replies(channel)
    try:
        await on_new_message(UserMessage(text, replies, sender, input_channel=channel, metadata=metadata))
    except Exception as error:
        # The text of an exception may hold what the person typed; its type does not.
        logger.error("turn on %s failed: %s", channel, type(error).__name__)
        ERRORS.labels("turn").inc()
        replies.messages.append(_own(sender, "sorry"))
    said = complete(replies.messages or [_own(sender, "sorry")], sender, remark)
    if not (metadata or {}).get(UNSAID):
        count_turn(channel, said, perf_counter() - begin)
    return said


def complete(replies: list[dict[str, Any]], conversation: str, remark: str) -> list[dict[str, Any]]:
    """A turn's replies with what the channel itself says around them, which is not stored.

    Args:
        replies: those of the assistant.
        conversation: the conversation's id.
        remark: what `clean` said of the message; it comes first.

    Returns:
        All in order; after one that announces an export its pages.
    """
    before = [_own(conversation, remark)] if remark else []
    after = export(conversation) if any(data_of(reply).get("export") for reply in replies) else []
    return [*before, *replies, *after]


def _own(conversation: str, which: str) -> dict[str, Any]:
    """A reply of the channel itself."""
    return {"recipient_id": conversation, "text": words()[which], "metadata": {"outcome": "clarify", "facts": [], "signs": []}}


def is_new(conversation: str) -> bool:
    """Whether nothing is stored of this talk yet; if that cannot be read it is not."""
    try:
        return not talks(Sanic.get_app().ctx.agent).events(conversation, 1)
    except SQLAlchemyError:
        return False


def is_repeated(conversation: str, about: Mapping[str, str]) -> bool:
    """Whether a tap is the talk's latest message already, as a double tap is; if that cannot be read it is not.

    Another button of the same question is no repetition: it corrects the answer. Nor is a tap some time later: it waits for a reply.

    Args:
        conversation: the talk.
        about: what is stored with the tap (taps.py); empty for what was typed.
    """
    if TAP not in about:
        return False
    try:
        events = talks(Sanic.get_app().ctx.agent).events(conversation, A_TURN)
    except SQLAlchemyError:
        return False
    latest: dict[str, Any] = next((event for event in reversed(events) if event.get("event") == "user"), {})
    return (latest.get("metadata") or {}).get(TAP) == about[TAP] and time() - latest["timestamp"] < DOUBLE_TAP


def tells_of_storage(replies: list[dict[str, Any]]) -> bool:
    """Whether a turn's replies say by themselves that the talk is stored, as the greeting does (domain.yml)."""
    return any(data_of(reply).get("tells_of_storage") for reply in replies)


def export(conversation: str) -> list[dict[str, Any]]:
    """All that is stored of a talk, as replies to add to the turn that asked for it; they are not stored themselves."""
    try:
        pages = transcript(talks(Sanic.get_app().ctx.agent).events(conversation), table("names"))
    except SQLAlchemyError as error:
        logger.error("cannot read a talk for its export: %s", type(error).__name__)
        pages = [words()["sorry"]]
    return [{"recipient_id": conversation, "text": page, "metadata": {"outcome": "privacy", "facts": [], "signs": []}} for page in pages]


def body(request: Request) -> dict[str, Any]:
    """The request's JSON object.

    Raises:
        BadMessage: if it is not JSON, or not an object.
    """
    try:
        data = request.json
    except Exception:
        raise BadMessage("the body must be JSON") from None
    if not isinstance(data, dict):
        raise BadMessage("the body must be a JSON object")
    return data


def refuse(problem: BadMessage) -> HTTPResponse:
    """400 with the reason as JSON."""
    return response.json({"error": str(problem)}, status=400)


__all__ = ["PREFIXES", "BadMessage", "InputChannel", "OnNewMessage", "body", "clean", "refuse", "table", "talk", "words"]
