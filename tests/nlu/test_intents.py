"""What a tap sends has its intent for certain."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.knowledge import knowledge
from tests.conftest import Run

TAPS = [(knowledge().advice.choices[name], "describe_twitch") for name in ("check_me", "check_me_says")]
TAPS += [(answer.title, intent) for intent, answer in knowledge().answers.items()]


@pytest.mark.parametrize(("sent", "intent"), TAPS)
def test_a_tap_is_not_guessed_at(sent: str, intent: str, agent: Any, run: Run) -> None:
    found = run(agent.parse_message(sent))["intent"]
    assert (found["name"], found["confidence"]) == (intent, 1.0)


def test_no_two_choices_send_the_same() -> None:
    sent = [text for text, _ in TAPS]
    assert len(sent) == len(set(sent))


@pytest.mark.parametrize(
    "asked",
    [
        "would you check my leg, it keeps twitching",
        "can u check my twitch",
        "pls take a look at my jumpy calf",
        "could you help me, my quad flickers after squats",
        "check my shoulder, it jumps since the gym",
    ],
)
def test_who_asks_for_a_check_in_their_own_words_gets_it(asked: str, agent: Any, run: Run) -> None:
    # Rare intents weighed up to the frequent ones heard a question about another place of the body in these.
    assert run(agent.parse_message(asked))["intent"]["name"] == "describe_twitch"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Why does it happen and how do I stop it?", {"ask_causes", "ask_relief"}),
        ("is it normal and how long will it last", {"ask_normal", "ask_duration"}),
    ],
)
def test_two_questions_in_one_sentence_are_both_heard(text: str, wanted: set[str], agent: Any, run: Run) -> None:
    heard = run(agent.parse_message(text))
    assert {heard["intent"]["name"], *(e["value"] for e in heard["entities"] if e["entity"] == "also")} == wanted


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("did my first spin class yesterday and now my legs keep fluttering, is that normal", "ask_normal"),
        ("my calf twitches since the run, what can i do about it", "ask_relief"),
        ("calf twitching since my run, why is that", "ask_causes"),
    ],
)
def test_a_question_after_a_description_is_heard(text: str, asked: str, agent: Any, run: Run) -> None:
    heard = run(agent.parse_message(text))
    assert heard["intent"]["name"] == asked
    assert "describe_twitch" in [e["value"] for e in heard["entities"] if e["entity"] == "also"]


def test_a_question_after_something_else_is_about_that(agent: Any, run: Run) -> None:
    assert run(agent.parse_message("my knee clicks when I squat, which exercise fixes that"))["intent"]["name"] == "out_of_scope"
