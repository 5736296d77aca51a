"""Behaviour in the style of CheckList (Ribeiro et al., 2020): what must not change an answer, and what must.

Held-out messages are changed in ways that leave their meaning alone (invariance), or that raise or lower how pressing they are
(direction). Minimum functionality is in tests/nlu and tests/conversations.
"""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from assistant.knowledge import Level, knowledge
from tests.conftest import Run, Talk
from tests.understanding.measure import Answer, Held, answer, held_out

SAMPLE = 60
# The share of messages that may be answered otherwise after a change that leaves the meaning alone; of emergencies that may be lost; of
# harmless ones that may be raised by what they deny. Measured on 2026-11-24: at most 12 %, 4 %, 12 %; each should fall.
MOST_CHANGED, MOST_LOST, MOST_RAISED = 0.15, 0.05, 0.15
Change = Callable[[str], str]
_AMERICAN = {"colour": "color", "tyre": "tire", "mum": "mom", "pee": "urine", "wee": "pee", "favourite": "favorite", "realise": "realize"}
_PARTS = {"calf": "quad", "quad": "calf", "thigh": "shin", "calves": "quads", "hamstring": "glute"}


def swapped(words: dict[str, str]) -> Change:
    """Replaces whole words."""
    pattern = re.compile(r"\b(" + "|".join(words) + r")\b", re.IGNORECASE)
    return lambda text: pattern.sub(lambda word: words[word[0].lower()], text)


INVARIANT: dict[str, Change] = {
    "capitals": str.upper,
    "small letters": str.lower,
    "no punctuation": lambda text: re.sub(r"[.,!;:]", "", text),
    "polite": lambda text: f"Hello, sorry to bother you. {text} Thank you so much!",
    "age and sex": lambda text: f"34f, 5'6, no meds. {text}",
    "american": swapped(_AMERICAN),
    "other body part": swapped(_PARTS),
}
# Each stated beside a description of an ordinary twitch.
RED_FLAGS = (
    "now my chest hurts and i cant breathe",
    "also my pee has turned brown",
    "the left half of my face has dropped",
    "he just had a fit",
)
NO_FLAGS = (
    "no chest pain, no weakness, no numbness, pee is normal",
    "nothing else, i feel well",
    "i can breathe fine and my face is normal",
)


@pytest.fixture(scope="module")
def ask(agent: Any, run: Run) -> Callable[[str], Answer]:
    def ask(text: str) -> Answer:
        return answer(Talk(agent, run, uuid.uuid4().hex).say(text))

    return ask


def sample(kind: str, wanted: Callable[[Held], bool] = lambda held: True) -> list[Held]:
    found = [held for held in held_out() if held.kind == kind and wanted(held)]
    return random.Random(1).sample(found, min(SAMPLE, len(found)))


def is_emergency(held: Held) -> bool:
    return knowledge().signs[held.wanted].rank == Level.emergency


@pytest.mark.parametrize("change", INVARIANT)
def test_emergencies_stay_emergencies(ask: Callable[[str], Answer], change: str) -> None:
    before = [held.text for held in sample("signs", is_emergency) if ask(held.text).level == Level.emergency]
    lost = [text for text in before if ask(INVARIANT[change](text)).level < Level.emergency]
    assert len(lost) <= MOST_LOST * len(before), lost


@pytest.mark.parametrize("change", INVARIANT)
def test_questions_keep_their_answers(ask: Callable[[str], Answer], change: str) -> None:
    messages = sample("questions")
    other = [held.text for held in messages if not same(ask(held.text), ask(INVARIANT[change](held.text)))]
    assert len(other) <= MOST_CHANGED * len(messages), other


def same(one: Answer, two: Answer) -> bool:
    """The same level, and a fact in common where there are facts."""
    return one.level == two.level and (bool(one.facts & two.facts) or not one.facts)


@pytest.mark.parametrize("flag", RED_FLAGS)
def test_a_red_flag_added_raises_the_level(ask: Callable[[str], Answer], flag: str) -> None:
    for held in sample("others", lambda held: held.wanted == "interview"):
        for text in (f"{held.text}. {flag}", f"{flag}. {held.text}"):
            assert ask(text).level == Level.emergency, text


@pytest.mark.parametrize("denial", NO_FLAGS)
def test_red_flags_denied_raise_nothing(ask: Callable[[str], Answer], denial: str) -> None:
    messages = [held for held in sample("others", lambda held: held.wanted == "interview") if ask(held.text).level < Level.urgent]
    raised = [held.text for held in messages if ask(f"{held.text}. {denial}").level >= Level.urgent]
    assert len(raised) <= MOST_RAISED * len(messages), raised
