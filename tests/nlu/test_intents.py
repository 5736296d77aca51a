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
