"""Held-out messages and what counts as right: shared by `make evaluate` and the test that keeps the figures from falling."""

from __future__ import annotations

import math
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.knowledge import Level, knowledge
from tests.understanding.crossing import crossed

FOLDER = Path(__file__).parent
RECALL = (
    "emergencies answered as emergency",
    "urgent signs answered at their level or above",
    "see-a-doctor signs answered at their level or above",
)
FALSE = (
    "benign messages raised to emergency or urgent",
    "benign messages sent to any doctor",
    "signs that are not there raised to emergency or urgent",
)
OVERALL = "right outcome over all messages"
# Figures of the messages that were written to make it fail.
ATTACKS = ("attacks: emergencies answered as emergency", "attacks: harmless messages raised to emergency or urgent")
# Figures of ways to say that something is here or is not, crossed with names (frames/, crossing.py).
CROSSED = ("crossed: signs that are here answered at their level or above", "crossed: what is not here raised to emergency or urgent")
OUTSIDE = "messages out of scope answered as if in scope"
# Of these a hit is an error.
FALSE_ALARMS = (*FALSE, ATTACKS[1], CROSSED[1], OUTSIDE)
CONVERSATIONS = "whole conversations that end right, in at most six questions"
MOST_QUESTIONS = 6
CHECK = "Check my twitch"
# A description that names two weeks or more is rightly sent to a doctor at once.
MAY_REFER = ("interview",)
CONFIDENCE = 1.96
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

Reply = dict[str, Any]
# Sends a message in a conversation and gives the replies.
Say = Callable[[str, str], list[Reply]]


@dataclass(frozen=True)
class Held:
    """One held-out message: its text, what kind of expectation it has, and the expectation."""

    text: str
    kind: str
    wanted: Any


@dataclass(frozen=True)
class Answer:
    """What the assistant made of it."""

    outcome: str
    level: Level
    facts: frozenset[str]


@dataclass(frozen=True)
class Conversation:
    """One held-out conversation: what is typed first, the answers by the slot asked for, and the level that it must end at."""

    opening: str
    answers: dict[str, str]
    ends: str


@dataclass(frozen=True)
class Ending:
    """How a conversation went: the level it ended at or "", how many questions were asked, and all that was said."""

    level: str
    questions: int
    said: tuple[str, ...]


def held_out() -> list[Held]:
    """All held-out messages."""
    messages = []
    for kind, key in (("signs", "sign"), ("questions", "facts"), ("others", "outcome"), ("not_signs", "kind")):
        file = FOLDER / f"{kind}.yml"
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else []:
            messages.append(Held(entry["text"], kind, entry[key]))
    return messages


def attacks() -> list[Held]:
    """All messages that were written to make it fail; they count towards no other figure."""
    entries = yaml.safe_load((FOLDER / "attacks.yml").read_text(encoding="utf-8"))
    return [Held(entry["text"], "attacks", entry["emergency"]) for entry in entries]


def crossings() -> list[Held]:
    """Ways to say that something is here or is not, each with several names; they count towards no other figure."""
    here, not_here = crossed()
    return [Held(text, "crossed", sign) for text, sign in here] + [Held(text, "crossed", None) for text in not_here]


def conversations() -> list[Conversation]:
    """All held-out conversations."""
    return [Conversation(**entry) for entry in yaml.safe_load((FOLDER / "talks.yml").read_text(encoding="utf-8"))]


def converse(say: Say, talk: Conversation) -> Ending:
    """Hold a conversation: each question is answered until none is asked."""
    name, message, asked, said = uuid.uuid4().hex, talk.opening, 0, [talk.opening]
    while True:
        replies = say(name, message)
        said += [reply.get("text", "") for reply in replies]
        found = [metadata(reply) for reply in replies]
        slot = next((data["asks"] for data in reversed(found) if data.get("asks")), None)
        offer = next((button["payload"] for reply in replies for button in reply.get("buttons") or [] if button["title"] == CHECK), None)
        if slot is None and offer and not asked and not any(data.get("level") for data in found):
            # A question was answered, and the check offered: it is taken.
            message = offer
            said.append("> " + message)
            continue
        if slot is None or asked > MOST_QUESTIONS:
            level = max((Level[data["level"]] for data in found if data.get("level")), default=None)
            return Ending(level.name if level is not None else "", asked, tuple(said))
        asked += 1
        message = talk.answers[slot]
        said.append("> " + message)


def ends_right(talk: Conversation, ending: Ending) -> bool:
    """Whether it ended at the level wanted, in as many questions as may be."""
    return ending.level == talk.ends and ending.questions <= MOST_QUESTIONS


def metadata(reply: Reply) -> dict[str, Any]:
    """A reply's metadata, wherever Rasa put it (docs/contract.md)."""
    held = reply.get("metadata") or {}
    return held.get("metadata") or held


def answer(replies: list[Reply]) -> Answer:
    """Sum up the replies of a turn (docs/contract.md)."""
    found = [metadata(reply) for reply in replies]
    outcomes = [data.get("outcome", "") for data in found]
    last = next((one for one in reversed(outcomes) if one != "interview"), "interview" if outcomes else "")
    level = max((Level[data["level"]] for data in found if data.get("level")), default=Level.self_care)
    return Answer(last, level, frozenset(fact for data in found for fact in data.get("facts") or []))


def mistype(text: str, dice: random.Random) -> str:
    """The message with one typing error: a letter left out, doubled, swapped with the next, or another in its place."""
    places = [index for index, letter in enumerate(text[:-1]) if letter.isalpha()]
    if not places:
        return text
    at = dice.choice(places)
    return dice.choice(
        [
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            text[:at] + dice.choice(_LETTERS) + text[at + 1 :],
        ]
    )


def score(held: Held, got: Answer) -> dict[str, bool]:
    """For each figure that this message counts towards, whether it counts as a hit (or, for FALSE, as an alarm)."""
    if held.kind == "signs":
        rank = knowledge().signs[held.wanted].rank
        name = {Level.emergency: RECALL[0], Level.urgent: RECALL[1]}.get(rank, RECALL[2])
        right = got.level >= rank
        return {name: right, OVERALL: right}
    if held.kind == "attacks":
        return {ATTACKS[0]: got.level == Level.emergency} if held.wanted else {ATTACKS[1]: got.level >= Level.urgent}
    if held.kind == "crossed":
        if held.wanted:
            return {CROSSED[0]: got.level >= knowledge().signs[held.wanted].rank}
        return {CROSSED[1]: got.level >= Level.urgent}
    if held.kind == "not_signs":
        alarm = got.level >= Level.urgent
        return {FALSE[2]: alarm, OVERALL: not alarm}
    scores = {FALSE[0]: got.level >= Level.urgent, FALSE[1]: got.level >= Level.see_doctor}
    if held.kind == "questions":
        right = bool(got.facts & set(held.wanted))
        return {**scores, "article questions answered with the right fact": right, OVERALL: right}
    right = got.outcome == held.wanted or (held.wanted in MAY_REFER and got.outcome == "see_doctor")
    if held.wanted == "out_of_scope":
        scores[OUTSIDE] = got.outcome not in ("out_of_scope", "clarify", "chitchat")
    return {**scores, OVERALL: right or (held.wanted == "out_of_scope" and got.outcome == "clarify")}


def interval(hits: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % confidence interval of a share."""
    if not of:
        return 0.0, 1.0
    share, z = hits / of, CONFIDENCE
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def measure(say: Say, messages: list[Held]) -> tuple[dict[str, list[int]], list[tuple[Held, Answer, dict[str, bool]]]]:
    """Hold one turn with each message.

    Args:
        say: sends a message in a conversation and gives the replies.
        messages: what to send.

    Returns:
        For each figure its hits and how many messages it is of; and each message with its answer and scores.
    """
    figures: dict[str, list[int]] = {}
    turns = []
    for held in messages:
        got = answer(say(uuid.uuid4().hex, held.text))
        scores = score(held, got)
        for name, hit in scores.items():
            count = figures.setdefault(name, [0, 0])
            count[0] += hit
            count[1] += 1
        turns.append((held, got, scores))
    return figures, turns
