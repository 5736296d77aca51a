"""Every button says something that is understood as it is meant."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from assistant.knowledge import knowledge
from assistant.triage import QUESTIONS
from tests.conftest import ROOT, Talk, outcome

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
# A first message after which every question is still open, and what answers each.
OPENING = "my muscle twitches after exercise, can you check it"
TITLES = {answer.title: intent for intent, answer in knowledge().answers.items()}
MENU = {"Start again": "start_again", "Check my twitch": "describe_twitch"}


@pytest.mark.parametrize("title", TITLES)
def test_the_title_of_an_answer_gets_that_answer(title: str, talk: Talk) -> None:
    talk.say(title)
    assert talk.intent() == TITLES[title]


def taps(question: str) -> list[tuple[str, str]]:
    """Title and payload of a question's buttons, of both its wordings."""
    name = f"utter_ask_interview_form_{question}"
    return sorted({(b["title"], b["payload"]) for variant in DOMAIN["responses"][name] for b in variant.get("buttons", [])})


# Who types what stands on a button is understood as well.
SAID = [(q, title, said) for q in QUESTIONS for title, payload in taps(q) for said in dict.fromkeys((payload, title))]


@pytest.mark.parametrize(("question", "title", "said"), SAID)
def test_a_tap_answers_its_question(question: str, title: str, said: str, talk: Talk, agent: Any) -> None:
    talk.say(OPENING)
    for _ in QUESTIONS:
        open_ = talk.slots()["requested_slot"]
        if open_ == question:
            break
        talk.say("skip")
    assert talk.slots()["requested_slot"] == question
    replies = talk.say(said)
    assert talk.slots()["requested_slot"] != question, f"'{title}' was understood as {talk.intent()}"
    assert replies[-1]["data"]["outcome"] not in ("clarify", "out_of_scope")


@pytest.mark.parametrize("payload", sorted({b["payload"] for r in DOMAIN["responses"].values() for v in r for b in v.get("buttons", [])}))
def test_no_tap_is_out_of_scope(payload: str, talk: Talk) -> None:
    assert outcome(talk.say(payload)) not in ("out_of_scope", None)
    assert talk.intent() != "nlu_fallback"
