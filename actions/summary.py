"""The summary to take to a doctor: gathers what the person told, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.common import START_AGAIN, Events, send, slots_of, this_session
from assistant.contract import data_of
from assistant.knowledge import knowledge
from assistant.triage import Case
from assistant.triage.questionnaire import questionnaire_response
from assistant.triage.summary import OPENING, Told, as_reply, summarise

TWITCH = "twitch"
QUOTED = ("symptoms", "at_rest", "bout", "since", "triggers", "medication", "body_part", "tried")


class ActionGiveSummary(Action):
    """Puts the summary together; the page also gets it as lines to print and as FHIR."""

    def name(self) -> str:
        return "action_give_summary"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        known, slots = knowledge(), slots_of(tracker)
        told = Told(slots.get("medicine_name") or "", tuple(slots.get("tried") or ()), own_words(this_session(tracker)))
        lines = summarise(Case.from_slots(slots), told, known)
        texts = known.summary.texts
        page = {
            "title": texts["title"],
            "lines": [{"question": line.question, "answer": line.answer, "words": line.words} for line in lines],
            "note": texts["note"],
        }
        attached = {"page": page, "fhir": questionnaire_response(lines, _when(tracker.events))}
        send(dispatcher, as_reply(lines, known, attached))
        return []


def own_words(events: list[dict[str, Any]]) -> dict[str, str]:
    """The words in which the person told each thing: by slot, by sign id, and the first that told of the twitch as "opening".

    What was tapped is in nobody's own words.

    Args:
        events: the tracker's events, oldest first.
    """
    words: dict[str, str] = {}
    offered = _offered(events)
    said, asked = "", None
    for event in events:
        kind, name = event.get("event"), event.get("name")
        if kind == "bot":
            asked = data_of(event).get("asks")
        elif kind == "user":
            said = _typed(event, offered)
            for entity in ((event.get("parse_data") or {}).get("entities") or []) if said else []:
                if entity["entity"] == "sign" and entity.get("status") in ("present", "other_person"):
                    words[entity["value"]] = said
                elif entity["entity"] == TWITCH:
                    words.setdefault(OPENING, said)
        elif name == START_AGAIN:
            words = {}
        elif kind == "slot" and name in QUOTED:
            if event.get("value") is None or not said:
                # "Sorry, wrong button" takes back that answer, and a tap the words of an earlier one.
                words.pop(name, None)
            else:
                words[name] = said
                if name != asked:
                    # A bare answer ("no") opens nothing.
                    words.setdefault(OPENING, said)
    return words


def _typed(event: dict[str, Any], offered: set[str]) -> str:
    """A message as typed; empty for a tap, of which the page sends what it showed, and other channels only what the button says."""
    text = str(event.get("text") or "")
    return "" if (event.get("metadata") or {}).get("shown") or text in offered else text


def _offered(events: list[dict[str, Any]]) -> set[str]:
    """What the buttons say that these events offer, and the one that begins a check: a long talk's greeting is read no more."""
    buttons = (button for event in events if event.get("event") == "bot" for button in (event.get("data") or {}).get("buttons") or [])
    return {knowledge().advice.choices["check_me_says"], *(button.get("payload", "") for button in buttons)}


def _when(events: list[dict[str, Any]]) -> str:
    """When the latest message came, as ISO 8601."""
    latest = next((float(event["timestamp"]) for event in reversed(events) if event.get("event") == "user"), 0.0)
    return datetime.fromtimestamp(latest, UTC).isoformat(timespec="seconds")
