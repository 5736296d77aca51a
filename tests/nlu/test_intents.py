"""What a message wants: what a tap sends is certain, what is unclear is told by its topic."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.knowledge import knowledge
from assistant.nlu.intents import _by_topic
from assistant.nlu.lexicon import lexicon
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
    ("text", "intent"),
    [
        ("may i knock back a cappuccino prior to lifting, bro", "ask_caffeine"),
        ("is doubling ones weekly mileage by friday sane", "ask_gradual_training"),
        ("could oranges or stretching do it justice, or nuts", None),
    ],
)
def test_an_unclear_question_is_told_by_the_one_topic_that_it_names(text: str, intent: str | None) -> None:
    unclear = [{"name": "ask_normal", "confidence": 0.3}, {"name": "ask_caffeine", "confidence": 0.2}]
    ranking = _by_topic(lexicon().reader.read(text), unclear)
    assert ranking[0]["name"] == (intent or "ask_normal")
    assert len({entry["name"] for entry in ranking}) == len(ranking)


@pytest.mark.parametrize(("text", "guessed"), [("b", False), ("X.", False), ("y", True), ("k", True), ("n", True)])
def test_a_letter_is_no_answer_unless_it_is_one(text: str, guessed: bool, agent: Any, run: Run) -> None:
    assert (run(agent.parse_message(text))["intent"]["name"] != "nlu_fallback") is guessed


def test_each_topic_of_an_answer_is_one_that_messages_can_name() -> None:
    assert {answer.topic for answer in knowledge().answers.values()} - {""} <= set(lexicon().topics.labels)


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
