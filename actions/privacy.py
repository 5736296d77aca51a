"""What a person may do with what is stored of them."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.common import Events


class ActionDeleteTalk(Action):
    """Tells the tracker store (assistant/stores/talks.py) to delete the talk when the turn is over."""

    def name(self) -> str:
        return "action_delete_talk"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        dispatcher.utter_message(response="utter_deleted")
        return [SlotSet("delete_talk", True)]
