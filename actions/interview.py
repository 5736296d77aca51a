"""The interview: takes answers into slots, asks the next question, helps when one was not understood, ends with advice."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.common import (
    ABOUT_A_SIGN,
    IN_CASE,
    START_AGAIN,
    Events,
    answered_anew,
    intent_of,
    latest_first,
    open_question,
    said,
    send,
    slots_of,
    this_session,
    withheld,
)
from assistant.contract import data_of
from assistant.knowledge import Level, knowledge
from assistant.knowledge.reply import Reply
from assistant.triage import FORM, OF_THE_TALK, QUESTIONS, UNKNOWN, Case, collect, next_question, triage
from assistant.triage.advice import advise, unchanged
from assistant.triage.interview import MOST_TRIES, acknowledge, full, progress, spare, unnamed

# In the interview these are not answers; they are dealt with first, and then the question stands again.
DIGRESSIONS = (*OF_THE_TALK, "express_", "greet", "goodbye", "challenge_bot")
# These are, if the message asks something; else it is an answer in words that are not known.
QUESTIONING = ("ask_", "out_of_scope")
WHY_ASKED = "ask_why_asked"
# "On the left calf" says where, and no more.
PLACE_WORDS = 4
# In the slot `tries`: a yes was heard, and not to what; a place was heard, and no more.
ASKED_WHICH, PLACE_HEARD = -1, -2


class ActionCollectFindings(Action):
    """Rasa's custom slot mapping: sets every slot of the interview from the message, once a turn."""

    def name(self) -> str:
        return "action_collect_findings"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        slots = slots_of(tracker)
        changes = collect(slots, said(tracker), knowledge())
        # Here and not in the validation: there Rasa would take it for an answer to the open question.
        understood = [SlotSet("tries", 0)] if changes and slots.get("tries") else []
        understood += [SlotSet("unheard", None)] if slots.get("unheard") else []
        return [SlotSet(name, value) for name, value in changes.items()] + understood


class ValidateInterviewForm(Action):
    """Decides what the form asks next; a digression is left to the rules."""

    def name(self) -> str:
        return f"validate_{FORM}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        slots = slots_of(tracker)
        following = next_question(slots, knowledge())
        ask = [SlotSet("progress", progress(_asked(tracker), slots, following)), SlotSet("requested_slot", following)]
        question = open_question(tracker)
        # Rasa calls this again when the form comes back after a digression; the message has been dealt with then.
        if _dealt_with(tracker):
            return ask
        before, changes = _changes(tracker)
        corrected = acknowledge(before, changes, said(tracker), knowledge())
        if corrected:
            # Here: Rasa drops what the action of a slot mapping says.
            dispatcher.utter_message(response="utter_acknowledge", corrected=corrected)
        if question is None:
            # What was not understood before the interview is no answer to its first question.
            return [*ask, SlotSet("tries", 0)] if slots.get("tries") else ask
        answered = slots.get(question) is not None
        if _digresses(tracker) and not (answered and not _asks(tracker)):
            return [ActionExecutionRejected(FORM)]
        # "I'm 14 by the way" was understood, too, and "no wait, the right one" corrects something.
        if answered or changes.keys() & {*QUESTIONS, "groups"} or corrected or said(tracker).opening == "correcting":
            return ask
        return _ask_again(dispatcher, tracker, question)


def _asks(tracker: Tracker) -> bool:
    return any(entity["entity"] == "question" for entity in said(tracker).entities)


def _failed(tracker: Tracker) -> int:
    """How often in a row a message was not understood; a yes to nothing in particular, or a place, was."""
    return max(int(tracker.get_slot("tries") or 0), 0)


def _only_the_place(tracker: Tracker) -> str:
    """The place, where a question is answered with nothing else ("left calf")."""
    short = len(str((tracker.latest_message or {}).get("text")).split()) <= PLACE_WORDS
    return str(said(tracker).first("body_part") or "").replace("_", " ") if short else ""


def _digresses(tracker: Tracker) -> bool:
    """Whether the message is about something else than the open question."""
    intent = intent_of(tracker)
    return intent.startswith(DIGRESSIONS) or intent in (WHY_ASKED, ABOUT_A_SIGN) or (intent.startswith(QUESTIONING) and _asks(tracker))


def _ask_again(dispatcher: CollectingDispatcher, tracker: Tracker, question: str) -> Events:
    """Not understood: the question in other words if there is room for it; then it is left open."""
    slots = slots_of(tracker)
    tries = _failed(tracker) + 1
    place = _only_the_place(tracker)
    if not slots.get("tries") and (place or unnamed(said(tracker))):
        tries = PLACE_HEARD if place else ASKED_WHICH
    must_spare = full(_asked(tracker), slots, question)
    spared = spare(slots, question) if must_spare else None
    if tries < MOST_TRIES and (spared or not must_spare):
        if tries == PLACE_HEARD:
            dispatcher.utter_message(response="utter_acknowledge", corrected=place)
        again = [SlotSet("tries", tries), SlotSet("requested_slot", question)]
        return [SlotSet(spared, UNKNOWN), *again] if spared else again
    dispatcher.utter_message(response="utter_leave_open")
    slots = {**slots, question: UNKNOWN}
    following = next_question(slots, knowledge())
    left = [SlotSet(question, UNKNOWN), SlotSet("tries", 0), SlotSet("progress", progress(_asked(tracker), slots, following))]
    return [*left, SlotSet("requested_slot", following)]


def _asked(tracker: Tracker) -> list[str]:
    """The questions asked in this interview, each once."""
    asked: dict[str, None] = {}
    for event in this_session(tracker):
        if event.get("name") == START_AGAIN:
            asked = {}
        elif event.get("event") == "bot":
            slot = data_of(event).get("asks")
            if slot:
                asked[slot] = None
    return list(asked)


def _dealt_with(tracker: Tracker) -> bool:
    """Whether another action has run since the latest message. Rasa puts the form itself there while it validates slots.

    What was said only in case (ActionInCase) deals with nothing.
    """
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "action" and event.get("name") not in (FORM, IN_CASE):
            return True
    return False


def _changes(tracker: Tracker) -> tuple[dict[str, Any], dict[str, Any]]:
    """The slots as they were before the latest message, and those that it has changed."""
    before: dict[str, Any] = {}
    changes: dict[str, Any] = {}
    for event in this_session(tracker):
        if event.get("event") == "user":
            before, changes = {**before, **changes}, {}
        elif event.get("event") == "slot":
            changes[event["name"]] = event.get("value")
    return before, {name: value for name, value in changes.items() if value != before.get(name)}


class ActionTakeLooseAnswer(Action):
    """A yes, no or "don't know" with no question open: given anew after the interview, to what an answer asked, or to nothing."""

    def name(self) -> str:
        return "action_take_loose_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        answer, agrees = knowledge().answers.get(tracker.get_slot("last_answer")), said(tracker).yes_no == "yes"
        before = _last_action(tracker)
        asked = before == "action_answer_question" and answer is not None and answer.asks
        if asked and agrees:
            # Yes, something is wrong: what it is has to be asked, whatever was answered before.
            return [SlotSet("symptoms", None), FollowupAction(FORM)]
        # "Shall I check your twitch?" is what this action said.
        if asked or answered_anew(tracker) or (agrees and before == self.name()):
            following = next_question(slots_of(tracker), knowledge())
            return [FollowupAction(FORM if following else "action_give_advice")]
        dispatcher.utter_message(response="utter_answer_to_nothing")
        return []


def _last_action(tracker: Tracker) -> str | None:
    """The last thing done in the turns before this one."""
    done = (event["name"] for event in reversed(tracker.events) if event.get("event") == "action")
    return next((name for name in done if name != "action_listen"), None)


class ActionClarify(Action):
    """Not understood outside the interview: two choices, then something useful."""

    def name(self) -> str:
        return "action_clarify"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        tries = _failed(tracker) + 1
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
        known, slots = knowledge(), slots_of(tracker)
        result = triage(Case.from_slots(slots), known)
        withhold, before = withheld(tracker), _changes(tracker)[0]
        replies = _advice(slots, withhold)
        told = _advised(tracker) and before.get("groups") == slots.get("groups") and replies == _advice(before, withhold)
        if told and result.level < Level.urgent:
            send(dispatcher, unchanged(result, said(tracker).has("gone"), known))
            return []
        for group in slots.get("groups") or []:
            dispatcher.utter_message(text=known.groups[group].say, metadata={"outcome": "explain", "facts": [], "signs": []})
        for reply in replies:
            send(dispatcher, reply)
        return [SlotSet("last_answer", "ask_relief")]


def _advice(slots: dict[str, Any], withhold: frozenset[str]) -> list[Reply]:
    case = Case.from_slots(slots)
    return advise(case, triage(case, knowledge()), knowledge(), tuple(slots.get("tried") or ()), withhold)


def _advised(tracker: Tracker) -> bool:
    """Whether the interview's result has been told before this turn, and not forgotten since."""
    names = (event.get("name") for event in latest_first(tracker) if event.get("event") == "action")
    return next((name for name in names if name in ("action_give_advice", START_AGAIN)), None) == "action_give_advice"


class ActionStartAgain(Action):
    """Forgets this conversation's answers."""

    def name(self) -> str:
        return START_AGAIN

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        dispatcher.utter_message(response="utter_started_again")
        own = [name for name in tracker.current_slot_values() if name not in ("requested_slot", "session_started_metadata")]
        return [SlotSet(name, None) for name in own]
