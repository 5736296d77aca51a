"""Answers to questions, follow-ups and "where is that from?"."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.common import ABOUT_A_SIGN, Events, intent_of, message_before, open_question, said, send, slots_of, withheld
from assistant.contract import data_of
from assistant.knowledge import Level, knowledge
from assistant.knowledge.answers import FOLLOW_UPS, about_sign, answer, follow_up, source
from assistant.knowledge.model import SpecialGroup
from assistant.knowledge.reply import Reply, choices
from assistant.triage import ELSEWHERE, FORM, Case, next_question
from assistant.triage.advice import help_first, in_case

CAUSES = "ask_causes"
# A message may hold several questions; more than two answers at once nobody reads.
MOST_ANSWERS = 2


def questions(tracker: Tracker) -> list[str]:
    """The questions of the latest message that answers.yml can answer, the leading one first.

    "It is not dehydration, so what is it?" asks for the other causes.
    """
    message, answers = said(tracker), knowledge().answers
    also = [entity["value"] for entity in message.entities if entity["entity"] == "also"]
    asked = [intent for intent in (message.intent or "", *also) if intent in answers]
    if ELSEWHERE in asked:
        # What eases a calf is not said of an eyelid.
        return [ELSEWHERE]
    ruled_out = tuple("{" + cause + "}" for cause in message.values("cause", "absent"))
    asked = [CAUSES if ruled_out and answers[intent].say.startswith(ruled_out) else intent for intent in asked]
    return list(dict.fromkeys(asked))[:MOST_ANSWERS]


class ActionAnswerQuestion(Action):
    """Answers the message's questions; where a twitch is described too, the interview starts."""

    def name(self) -> str:
        return "action_answer_question"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        known, asked, interview = knowledge(), questions(tracker), start_interview(tracker)
        group = _group_named(tracker)
        if group and not interview:
            # First of all whom to ask; an interview that begins here says it at its end.
            send(dispatcher, Reply(group.say, "explain", sources=group.sources))
        counted, message = dict(tracker.get_slot("times_asked") or {}), said(tracker)
        withhold = withheld(tracker) | set(message.values("cause", "absent"))
        unmentioned = tuple(dict.fromkeys(str(entity["value"]) for entity in message.entities if entity["entity"] == "unmentioned"))
        calming = [intent for intent in asked if known.answers[intent].calms]
        first = help_first(Case.from_slots(slots_of(tracker)), known)
        if first and (calming or first.level == Level.emergency):
            send(dispatcher, first)
            asked = [intent for intent in asked if intent not in calming]
        elif calming and not message.has("sign") and (doubted := _doubted_before(tracker)):
            # Nobody has said yet whether it is there.
            send(dispatcher, in_case(doubted, known))
        for intent in asked:
            counted[intent] = counted.get(intent, 0) + 1
            sign = _sign_asked_about(tracker) if intent == ABOUT_A_SIGN else None
            send(dispatcher, about_sign(sign, known) if sign else answer(intent, known, counted[intent], withhold, unmentioned))
            unmentioned = ()
        events: Events = [
            SlotSet("last_answer", asked[0] if asked else None),
            SlotSet("times_asked", counted),
            SlotSet("tries", 0),
        ]
        return events + interview


def _group_named(tracker: Tracker) -> SpecialGroup | None:
    """The first group of content/groups.yml that the latest message names, or None."""
    return knowledge().groups.get(said(tracker).first("group") or "")


def _doubted_before(tracker: Tracker) -> tuple[str, ...]:
    """Signs that the message before mentioned, and that it was doubted to state, each once."""
    # A sign may have had another name when that message came.
    doubted = (e["value"] for e in message_before(tracker) if e.get("doubted") and e["value"] in knowledge().signs)
    return tuple(dict.fromkeys(doubted))


def _sign_asked_about(tracker: Tracker) -> str | None:
    """The most pressing sign of the message; one that is there has been dealt with by the safety policy."""
    signs = [entity["value"] for entity in said(tracker).entities if entity["entity"] == "sign"]
    return max(signs, key=lambda sign: knowledge().signs[sign].rank, default=None)


def start_interview(tracker: Tracker) -> Events:
    """Start the interview if the message describes a twitch, none is going on and something is left to ask."""
    going_on = bool((tracker.active_loop or {}).get("name"))
    if said(tracker).describes and not going_on and next_question(slots_of(tracker), knowledge()):
        return [FollowupAction(FORM)]
    return []


class ActionFollowUp(Action):
    """Bare "why?", "how much?", "does that help?", "what else?": about what was answered last."""

    def name(self) -> str:
        return "action_follow_up"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        kind = intent_of(tracker).removeprefix("ask_")
        if kind == "why" and open_question(tracker):
            dispatcher.utter_message(response=f"utter_why_{open_question(tracker)}")
            return []
        last = tracker.get_slot("last_answer")
        send(dispatcher, follow_up(kind if kind in FOLLOW_UPS else "more", last, knowledge()))
        return []


class ActionGiveSource(Action):
    """Names the source of the last statement."""

    def name(self) -> str:
        return "action_give_source"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        facts: list[str] = []
        signs: list[str] = []
        sources: list[str] = []
        for data in _last_statements(tracker):
            facts += data.get("facts") or []
            signs += data.get("signs") or []
            sources += data.get("sources") or []
        send(dispatcher, source(list(dict.fromkeys(facts)), list(dict.fromkeys(signs)), sources, knowledge()))
        return []


def _last_statements(tracker: Tracker) -> list[dict[str, Any]]:
    """Metadata of the latest turn in which the assistant stated a fact or acted on a sign."""
    found: list[dict[str, Any]] = []
    for event in reversed(tracker.events):
        if event.get("event") == "user" and found:
            break
        data = data_of(event) if event.get("event") == "bot" else {}
        if data.get("facts") or data.get("signs") or data.get("sources"):
            found.append(data)
    return found


class ActionAnswerGroup(Action):
    """For people whom the article does not speak of: what is known for them, and whom to ask."""

    def name(self) -> str:
        return "action_answer_group"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        known = knowledge()
        interview = start_interview(tracker)
        if interview:
            # Its result says what holds for the group.
            return interview
        group = _group_named(tracker)
        if group is None:
            send(dispatcher, answer("ask_other_place", known))
            return []
        buttons = choices(("ask_when_doctor", "check_me"), known)
        send(dispatcher, Reply(group.say, "see_doctor", Level.see_doctor, sources=group.sources, buttons=buttons))
        return []
