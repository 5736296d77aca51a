"""The interview: takes answers into slots, asks the next question, helps when one was not understood, ends with advice."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.common import FORM, Events, intent_of, open_question, said, send, withheld
from assistant.knowledge import knowledge
from assistant.triage import UNKNOWN, Case, collect, next_question, triage
from assistant.triage.advice import advise
from assistant.triage.interview import MOST_TRIES, acknowledge

# In the interview these are not answers; they are dealt with first, and then the question stands again.
DIGRESSIONS = ("ask_", "express_", "stop", "start_again", "greet", "thank", "goodbye", "challenge_bot", "out_of_scope")


class ActionCollectFindings(Action):
    """Rasa's custom slot mapping: sets every slot of the interview from the message, once a turn."""

    def name(self) -> str:
        return "action_collect_findings"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        slots = tracker.current_slot_values()
        message = said(tracker)
        changes = collect(slots, message, knowledge())
        corrected = acknowledge(slots, changes, message, knowledge())
        if corrected:
            dispatcher.utter_message(response="utter_acknowledge", corrected=corrected)
        # Here and not in the validation: there Rasa would take it for an answer to the open question.
        understood = [SlotSet("tries", 0)] if changes and slots.get("tries") else []
        return [SlotSet(name, value) for name, value in changes.items()] + understood


class ValidateInterviewForm(Action):
    """Decides what the form asks next; a digression is left to the rules."""

    def name(self) -> str:
        return f"validate_{FORM}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        slots = tracker.current_slot_values()
        following = [SlotSet("requested_slot", next_question(slots, knowledge()))]
        question = open_question(tracker)
        # Rasa calls this again when the form comes back after a digression; the message has been dealt with then.
        if question is None or tracker.latest_action_name != "action_listen":
            return following
        answered = slots.get(question) is not None
        if intent_of(tracker).startswith(DIGRESSIONS) and not (answered and not said(tracker).values("question")):
            return [ActionExecutionRejected(FORM)]
        # Nothing learnt about it: the form rejects, and action_clarify helps.
        return following if answered else []


class ActionClarify(Action):
    """Not understood: in the interview another wording of the question, else two choices, then something useful."""

    def name(self) -> str:
        return "action_clarify"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        question = open_question(tracker)
        tries = int(tracker.get_slot("tries") or 0) + 1
        if question:
            if tries >= MOST_TRIES:
                dispatcher.utter_message(response="utter_leave_open")
                following = next_question({**tracker.current_slot_values(), question: UNKNOWN}, knowledge())
                return [SlotSet(question, UNKNOWN), SlotSet("requested_slot", following), SlotSet("tries", 0)]
            return [SlotSet("tries", tries)]
        if tries >= MOST_TRIES:
            dispatcher.utter_message(response="utter_clarify_again")
            return [SlotSet("tries", 0)]
        self._offer(dispatcher, tracker)
        return [SlotSet("tries", tries)]

    @staticmethod
    def _offer(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        """The two likeliest questions, by their human titles."""
        answers = knowledge().answers
        ranking = (tracker.latest_message or {}).get("intent_ranking") or []
        likely = [answers[entry["name"]].title for entry in ranking if entry["name"] in answers][:2]
        buttons = [{"title": title, "payload": title} for title in likely]
        dispatcher.utter_message(response="utter_clarify", buttons=buttons)


class ActionExplainQuestion(Action):
    """ "Why do you ask?": the reason for the open question."""

    def name(self) -> str:
        return "action_explain_question"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        question = open_question(tracker)
        dispatcher.utter_message(response=f"utter_why_{question}" if question else "utter_why_nothing_asked")
        return []


class ActionGiveAdvice(Action):
    """The interview's result."""

    def name(self) -> str:
        return "action_give_advice"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        known = knowledge()
        case = Case.from_slots(tracker.current_slot_values())
        result = triage(case, known)
        for group in tracker.get_slot("groups") or []:
            dispatcher.utter_message(text=known.groups[group].say, metadata={"outcome": "explain", "facts": [], "signs": []})
        for reply in advise(case, result, known, tuple(tracker.get_slot("tried") or ()), withheld(tracker)):
            send(dispatcher, reply)
        return [SlotSet("last_answer", "ask_relief")]


class ActionStartAgain(Action):
    """Forgets this conversation's answers."""

    def name(self) -> str:
        return "action_start_again"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        dispatcher.utter_message(response="utter_started_again")
        own = [name for name in tracker.current_slot_values() if name not in ("requested_slot", "session_started_metadata")]
        return [SlotSet(name, None) for name in own]
