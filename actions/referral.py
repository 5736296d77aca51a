"""Refers to a doctor in the turn in which a sign is stated, or says when to (the safety policy calls both)."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionReverted
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import questions, start_interview
from actions.common import Events, said, send, slots_of, withheld
from assistant.knowledge import Level, knowledge
from assistant.knowledge.answers import answer
from assistant.triage import Case
from assistant.triage.advice import in_case, refer


class ActionRefer(Action):
    """Answers what was asked beside, refers, and starts the interview where no urgent sign makes it needless."""

    def name(self) -> str:
        return "action_refer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        known = knowledge()
        stated = [*(e["value"] for e in said(tracker).stated(known)), *(tracker.get_slot("established") or ())]
        level = max((known.signs[sign].rank for sign in stated), default=Level.see_doctor)
        signs = tuple(dict.fromkeys(sign for sign in stated if known.signs[sign].rank == level))
        if level == Level.see_doctor:
            for intent in questions(tracker):
                send(dispatcher, answer(intent, known, withhold=withheld(tracker)))
        send(dispatcher, refer(signs, level, Case.from_slots(slots_of(tracker)), known))
        return [] if level >= Level.urgent else start_interview(tracker)


class ActionInCase(Action):
    """A sign that is mentioned, but hardly there: what to do if it is. The turn then goes on as if nothing had been said."""

    def name(self) -> str:
        return "action_in_case"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        doubted = [entity["value"] for entity in said(tracker).entities if entity.get("doubted")]
        send(dispatcher, in_case(tuple(dict.fromkeys(doubted)), knowledge()))
        # Rasa's own event: the policies see the tracker as it was before this action.
        return [ActionReverted()]
