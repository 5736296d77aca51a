"""A talk as the page shows it, made from the events that Rasa stores. Pure functions."""

from __future__ import annotations

from typing import Any

from assistant.channels.transcript import shown
from assistant.contract import data_of

Event = dict[str, Any]
Message = dict[str, Any]

# Set by the interview before each question (actions/interview.py).
PROGRESS = "progress"


def messages(events: list[Event]) -> list[Message]:
    """What both sides have said.

    Args:
        events: the conversation's events, oldest first.

    Returns:
        The messages in order. `from` is "person" or "assistant"; a person's has the `id` that the page gave it; an assistant's has
        `buttons`, `metadata` as in docs/contract.md and, on a question of the interview, `progress`: [which, of how many].
    """
    found: list[Message] = []
    progress: list[int] | None = None
    for event in events:
        kind = event.get("event")
        if kind == "slot" and event.get("name") == PROGRESS:
            progress = event.get("value")
        elif kind == "user" and (said := shown(event)):
            found.append({"from": "person", "text": said, "id": _id(event)})
        elif kind == "bot" and event.get("text"):
            buttons = (event.get("data") or {}).get("buttons")
            found.append(of_reply({"text": event["text"], "buttons": buttons, "metadata": event.get("metadata"), "progress": progress}))
    return found


def turn(events: list[Event], message_id: str) -> list[Message]:
    """The replies to one message.

    Args:
        events: the conversation's events, oldest first.
        message_id: what the page called the message.

    Returns:
        The replies, none if that message has not been dealt with.
    """
    starts = [place for place, event in enumerate(events) if event.get("event") == "user" and _id(event) == message_id]
    if not starts:
        return []
    rest = events[starts[0] + 1 :]
    end = next((place for place, event in enumerate(rest) if event.get("event") == "user"), len(rest))
    return messages(rest[:end])


def of_reply(reply: dict[str, Any]) -> Message:
    """One reply as it left the assistant, as a message of the page; one that is a message already stays as it is."""
    data, progress = data_of(reply), reply.get("progress")
    message = {"from": "assistant", "text": reply["text"], "buttons": reply.get("buttons") or [], "metadata": data}
    return {**message, "progress": progress} if data.get("asks") and progress else message


def _id(event: Event) -> str:
    return str((event.get("metadata") or {}).get("id") or "")
