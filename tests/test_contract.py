"""The metadata of a reply as docs/contract.md has it, wherever Rasa put it."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.contract import data_of, level_of, outcome_of
from tests.conftest import ROOT
from tests.test_architecture import imports


@pytest.mark.parametrize(
    "message",
    [{"metadata": {"outcome": "topic"}}, {"metadata": {"metadata": {"outcome": "topic"}, "utter_action": "utter_topic"}}],
)
def test_metadata_is_found_at_the_top_and_a_level_deeper(message: dict[str, Any]) -> None:
    assert data_of(message) == {"outcome": "topic"}


@pytest.mark.parametrize("message", [{}, {"metadata": None}, {"metadata": {}}, {"metadata": {"metadata": None}}])
def test_a_reply_without_any_says_nothing(message: dict[str, Any]) -> None:
    assert "outcome" not in data_of(message)


@pytest.mark.parametrize(
    ("outcomes", "wanted"),
    [
        (["topic", "interview"], "topic"),
        (["interview", "topic", "interview"], "topic"),
        (["see_doctor", "self_care"], "self_care"),
        (["interview"], "interview"),
        (["topic", None], "topic"),
        ([None], ""),
        ([], ""),
    ],
)
def test_a_turns_outcome_is_that_of_its_last_reply_that_asks_nothing(outcomes: list[str | None], wanted: str) -> None:
    assert outcome_of([{"outcome": outcome} if outcome else {} for outcome in outcomes]) == wanted


def test_a_turns_level_is_the_last_one_named() -> None:
    assert level_of([{"level": "urgent"}, {"level": "see_doctor"}, {}]) == "see_doctor"
    assert level_of([{}]) == ""


def test_it_is_read_in_one_place_and_without_rasa() -> None:
    assert not any(name.split(".")[0] in ("rasa", "rasa_sdk") for name in imports(ROOT / "assistant" / "contract.py"))
    for folder in ("assistant", "actions"):
        for file in (ROOT / folder).rglob("*.py"):
            if file.name != "contract.py":
                text = file.read_text(encoding="utf-8")
                assert '.get("metadata") or metadata' not in text, file
                assert '.get("metadata") or {}).get("metadata")' not in text, file
