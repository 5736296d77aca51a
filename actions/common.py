"""What the actions share: reading the tracker and sending a reply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, takewhile
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from assistant.knowledge import knowledge
from assistant.knowledge.reply import Reply
from assistant.triage import Said, confirmed, question_answered, still_known

# The intent of a question about one of the warning signs.
ABOUT_A_SIGN = "ask_warning_sign"
IN_CASE = "action_in_case"
START_AGAIN = "action_start_again"
Events = list[dict[str, Any]]


def send(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    """Send a reply with the metadata of the contract and its choices."""
    buttons = [{"title": title, "payload": says} for title, says in reply.buttons]
    dispatcher.utter_message(text=reply.text, buttons=buttons or None, metadata=reply.metadata())


def intent_of(tracker: Tracker) -> str:
    """The intent of the latest message. rasa-sdk's own getter leaves nlu_fallback out and gives the runner-up."""
    return ((tracker.latest_message or {}).get("intent") or {}).get("name") or ""


def said(tracker: Tracker) -> Said:
    """The latest message as understood, with the question that it answers."""
    entities = tuple((tracker.latest_message or {}).get("entities") or [])
    heard = Said(intent_of(tracker), entities, answered_anew(tracker) or open_question(tracker))
    # Looked up only where it may be needed: this is asked several times a turn.
    before = message_before(tracker) if heard.opening == "yes" or heard.has("now") else []
    return replace(heard, entities=(*entities, *confirmed(heard, before, knowledge())))


def message_before(tracker: Tracker) -> list[dict[str, Any]]:
    """The entities of the message before the latest."""
    messages = (event for event in latest_first(tracker) if event.get("event") == "user")
    before = next(islice(messages, 1, None), None)
    return ((before or {}).get("parse_data") or {}).get("entities") or []


def latest_first(tracker: Tracker) -> Iterator[dict[str, Any]]:
    """The events of this session; what was said in one before it says nothing of now."""
    return takewhile(lambda event: event.get("event") != "session_started", reversed(tracker.events))


def this_session(tracker: Tracker) -> list[dict[str, Any]]:
    """The events of this session, oldest first."""
    return list(latest_first(tracker))[::-1]


def answered_anew(tracker: Tracker) -> str | None:
    """The earlier question that the latest message answers again, where the channel says so (docs/web-api.md)."""
    return question_answered(((tracker.latest_message or {}).get("metadata") or {}).get("answers"), None, None)


def open_question(tracker: Tracker) -> str | None:
    """The slot that the interview has asked for, or None outside of it."""
    return question_answered(None, (tracker.active_loop or {}).get("name"), tracker.get_slot("requested_slot"))


def slots_of(tracker: Tracker) -> dict[str, Any]:
    """The slots' values, as far as the content still knows them."""
    return still_known(tracker.current_slot_values(), knowledge())


def withheld(tracker: Tracker) -> frozenset[str]:
    """Facts not to be offered to this person, for the special groups they belong to."""
    groups = knowledge().groups
    return frozenset(fact for name in slots_of(tracker).get("groups") or [] for fact in groups[name].withhold)
