"""The safety policy: a stated emergency is answered first, in every turn, whatever else goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assistant.knowledge import Level, knowledge
from tests.conftest import Talk, outcome

EMERGENCIES = [sign for sign in knowledge().signs.values() if sign.rank == Level.emergency]
BEFORE = {
    "first message": [],
    "after a question": ["does coffee cause twitching"],
    "in the interview": ["my calf twitches after my run"],
    "later in the interview": ["my calf twitches after my run", "no", "only after running"],
    "after the advice": ["calf twitches after running since today, only then, few seconds, no other symptoms, no meds", "no warm up"],
    "after nonsense": ["asdf qwer"],
}


@pytest.mark.parametrize("when", BEFORE)
def test_an_emergency_is_answered_in_its_turn(when: str, talk: Talk) -> None:
    for message in BEFORE[when]:
        talk.say(message)
    replies = talk.say("i cant breathe")
    assert replies[0]["data"]["outcome"] == "emergency"
    assert replies[0]["data"]["level"] == "emergency"
    assert replies[0]["data"]["signs"] == ["breathing_trouble"]
    assert not any(reply["data"].get("facts") for reply in replies)
    assert outcome(replies) == "emergency"
    assert talk.tracker().active_loop_name is None


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("he is talking gibberish and his skin is burning hot after the race, this is heatstroke", "heatstroke"),
        ("my chest hurts and i cant breathe", "chest_pain"),
        ("his face droops and he just had a fit", "seizure"),
    ],
)
def test_what_can_be_done_until_help_comes_is_said_first(text: str, sign: str, talk: Talk) -> None:
    assert talk.say(text)[0]["data"]["signs"] == [sign]


@pytest.mark.parametrize("sign", EMERGENCIES, ids=lambda sign: sign.id)
def test_each_emergency_has_its_reply(sign: Any, agent: Any) -> None:
    (response,) = agent.domain.responses[f"utter_emergency_{sign.id}"]
    assert response["metadata"]["outcome"] == response["metadata"]["level"] == "emergency"
    assert response["metadata"]["signs"] == [sign.id]
    assert response["metadata"]["facts"] == []


@pytest.mark.parametrize(
    ("talk_before", "then", "level"),
    [
        (["my calf twitches after my run", "none"], "no wait i do have chest pain", "emergency"),
        (["my calf twitches after my run", "none"], "no wait my foot feels numb", "urgent"),
        (["my calf twitches after my run", "none", "no"], "wait theres swelling", "urgent"),
        (["what if my chest hurts?"], "it does now", "emergency"),
        (["and if my speech gets slurred?"], "its slurred a bit now actually", "emergency"),
        (["my calf twitches after my run", "none"], "my foot's been dragging for two weeks or so", "urgent"),
    ],
)
def test_a_sign_told_late_is_heard(talk_before: list[str], then: str, level: str, talk: Talk) -> None:
    for text in talk_before:
        talk.say(text)
    assert talk.say(then)[0]["data"]["level"] == level


@pytest.mark.parametrize("text", ["ok the swelling went down now", "the pain went down a bit", "trying to get fit again"])
def test_what_goes_down_is_nobody_who_falls(text: str, talk: Talk) -> None:
    assert "level" not in talk.say(text)[0]["data"]


def test_after_an_emergency_each_answer_begins_with_the_call_for_help(talk: Talk) -> None:
    talk.say("my chest hurts and its tight")
    talk.say("ok")
    first, second = talk.say("can i drink water")
    assert first["data"]["level"] == "emergency"
    assert second["data"]["outcome"] == "topic"


@pytest.mark.parametrize("after", ["its probably just indigestion", "ok", "she says she is fine", "should i drink water first", "bye"])
def test_what_follows_an_emergency_is_no_time_for_anything_else(after: str, talk: Talk) -> None:
    talk.say("my chest hurts and its tight")
    (reply,) = talk.say(after)
    assert reply["data"]["level"] == "emergency"
    assert reply["data"]["facts"] == []


def test_after_an_emergency_the_talk_can_go_on(talk: Talk) -> None:
    talk.say("my chest hurts and its tight")
    talk.say("it was a joke")
    assert outcome(talk.say("does coffee cause twitching")) == "topic"
    assert outcome(talk.say("ok")) != "emergency"
    talk.say("my chest hurts and its tight")
    talk.say("start again")
    assert outcome(talk.say("does coffee cause twitching")) == "topic"


def test_another_emergency_after_one_gets_its_own_reply(talk: Talk) -> None:
    talk.say("my chest hurts and its tight")
    assert talk.say("and my face has dropped on one side")[0]["data"]["signs"] == ["stroke_face"]


@pytest.mark.parametrize(
    ("mentioned", "confirms"), [("what if i get chest pain", "i have it now"), ("what are signs of heatstroke", "he has those")]
)
def test_what_was_only_asked_about_and_is_there_now_is_an_emergency(mentioned: str, confirms: str, talk: Talk) -> None:
    assert outcome(talk.say(mentioned)) == "explain"
    assert outcome(talk.say(confirms)) == "emergency"


@pytest.mark.parametrize("after", ["ok", "not right now", "no"])
def test_what_is_not_there_stays_a_question(after: str, talk: Talk) -> None:
    talk.say("what if i get chest pain")
    assert outcome(talk.say(after)) != "emergency"


@pytest.mark.parametrize(("before", "then"), [("my chest hurts and its tight", "hello"), ("what if i get chest pain", "yes")])
def test_days_later_nothing_of_it_is_answered(before: str, then: str, talk: Talk, days_pass: Callable[[], None]) -> None:
    talk.say(before)
    days_pass()
    assert not any("level" in reply["data"] for reply in talk.say(then))
    assert talk.slots()["signs"] is None


def test_a_lesser_sign_after_an_emergency_changes_nothing(talk: Talk) -> None:
    talk.say("my chest hurts and its tight")
    assert outcome(talk.say("and my calf has twitched for 3 weeks, on rest days too")) == "emergency"


def test_an_emergency_needs_no_action(talk: Talk, agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def down(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("the action server is down")

    monkeypatch.setattr(type(agent.processor.action_endpoint), "request", down)
    talk.say("my calf twitches after my run")
    assert outcome(talk.say("my chest hurts and its tight")) == "emergency"


def test_an_emergency_in_a_long_story_is_found(talk: Talk) -> None:
    story = "27m, fit, ran ten k with friends, then had a nice lunch and sat on the sofa. " * 30
    assert outcome(talk.say(story + "now my face has dropped on one side. " + story)) == "emergency"


@pytest.mark.parametrize(
    "message",
    [
        "no chest pain",
        "what if i get chest pain",
        "had chest pain in 2015, all fine",
        "leg day killed me",
        "my chest muscle twitches after push ups",
    ],
)
def test_what_is_not_there_raises_no_alarm(message: str, talk: Talk) -> None:
    assert outcome(talk.say(message)) not in ("emergency", "urgent")
