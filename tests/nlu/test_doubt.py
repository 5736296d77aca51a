"""Doubt: what a pattern found, although all of the message says that it is not here."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.knowledge import knowledge
from assistant.nlu import second_look
from assistant.nlu.doubt import BARE, BARE_UNREAL, doubt, may_be_doubted, plainly_had
from assistant.nlu.findings import find
from assistant.triage import counts
from tests.conftest import Run, Talk

# In every reply to a doubted emergency.
CALL = "999"
PLAIN = ["calf"] * 20


def sign(value: str, status: str = "present") -> dict[str, Any]:
    return {"entity": "sign", "value": value, "status": status, "role": status, "start": 0, "end": 5}


@pytest.mark.parametrize(
    ("entity", "may"),
    [
        (sign("stroke_face"), True),
        (sign("dvt", "other_person"), True),
        # Ending a life, what raises no alarm, and what ConText has judged already.
        (sign("suicidal_or_self_harm"), False),
        (sign("over_two_weeks"), False),
        (sign("stroke_face", "past"), False),
        ({"entity": "body_part", "value": "calf", "status": "present"}, False),
    ],
)
def test_what_may_be_doubted(entity: dict[str, Any], may: bool) -> None:
    assert may_be_doubted(entity, PLAIN[:BARE], frozenset({"past"}), knowledge()) is may


@pytest.mark.parametrize(
    ("manners", "may"),
    [
        ({"past"}, False),
        ({"well_again"}, False),
        ({"past", "well_again"}, True),
        ({"well_again", "returning"}, False),
        ({"well_again", "sudden"}, False),
    ],
)
def test_an_end_of_life_is_doubted_only_where_one_is_well_again(manners: set[str], may: bool) -> None:
    assert may_be_doubted(sign("suicidal_or_self_harm"), PLAIN[:BARE], frozenset(manners), knowledge()) is may


def test_a_short_message_is_doubted_only_where_it_says_that_it_is_not_real() -> None:
    droops, past, plain = sign("stroke_face"), frozenset({"past"}), frozenset({"denies"})
    assert not may_be_doubted(droops, PLAIN[: BARE - 1], plain, knowledge())
    assert may_be_doubted(droops, PLAIN[:BARE_UNREAL], past, knowledge())
    assert not may_be_doubted(droops, PLAIN[: BARE_UNREAL - 1], past, knowledge())


@pytest.mark.parametrize(
    ("message", "may"),
    [
        ("actually my leg is a bit weak too", False),
        ("and it is all a bit weak as well .", False),
        ("oh wait my calf does feel a bit numb", False),
        ("my leg is a bit weak and all that", True),
        ("oh " + "and on and on " * 4, True),
    ],
)
def test_a_short_one_that_adds_to_what_was_told_is_not_doubted(message: str, may: bool) -> None:
    assert may_be_doubted(sign("stroke_face"), message.split(), frozenset({"denies"}), knowledge()) is may


def test_what_came_on_suddenly_is_not_doubted() -> None:
    assert not may_be_doubted(sign("stroke_face"), PLAIN[:BARE], frozenset({"past", "sudden"}), knowledge())


def test_what_a_question_takes_for_granted_is_not_doubted(talk: Talk) -> None:
    assert talk.say("is it normal that my face droops a bit these days?")[0]["data"]["level"] == "emergency"


@pytest.mark.parametrize(
    ("before", "finding", "after"),
    [
        ("i have a really bad", "chest pain", ""),
        ("nothing on the list apart from", "a seizure", ""),
        ("she", "has a seizure", ""),
        ("rash no , itch no ,", "seizures", "yes"),
        ("fine at lunch ,", "chest pain", "again"),
        ("i just started to", "pass out", ""),
        ("im scared my son is", "having a seizure", ""),
        ("i think my mom", "is having a stroke", ""),
    ],
)
def test_what_somebody_plainly_has_is_told_by_the_words_around_it(before: str, finding: str, after: str) -> None:
    assert plainly_had(before.split(), finding.split(), after.split())


@pytest.mark.parametrize(
    ("before", "finding", "after"),
    [("a film about", "a seizure", "in space"), ("the price gave me", "a seizure", ""), ("", "chest pain", "is what i fear")],
)
def test_what_is_only_named_is_not(before: str, finding: str, after: str) -> None:
    assert not plainly_had(before.split(), finding.split(), after.split())


@pytest.mark.parametrize(
    ("text", "undoubted"),
    [
        ("bells palsy at 19, half my face dropped. now half my face has dropped", True),
        ("half my face has dropped, my whole face dropped", False),
    ],
)
def test_a_sign_in_two_sentences_is_not_doubted(text: str, undoubted: bool) -> None:
    found = next(entity for entity in find(text) if entity["value"] == "stroke_face")
    assert found.get("undoubted", False) is undoubted
    assert may_be_doubted(found, PLAIN[:BARE], frozenset(), knowledge()) is not undoubted


@pytest.mark.parametrize(
    "past", ["took an overdose in 2009", "used to cut myself as a kid", "I self harmed at school", "in 2012 I tried to die"]
)
@pytest.mark.parametrize(
    "now", ["and now i want to again", "the urge is strong", "and lately its all coming back", "part of me wishes i had managed it"]
)
def test_what_is_back_is_not_past(past: str, now: str, agent: Any, run: Run) -> None:
    """A past attempt makes a life more at risk, not less; measured: the second look would call these past."""
    for told in (f"{past}, {now}", f"my calf twitches after running. {past}. {now}"):
        entities = run(agent.parse_message(told))["entities"]
        assert any(entity["value"] == "suicidal_or_self_harm" and counts(entity, knowledge()) for entity in entities), told


@pytest.mark.parametrize(
    "told",
    [
        "tried to end my life in my twenties, got help, doing great for years. my calf flutters after hockey",
        "I tried to kill myself fifteen years ago, I recovered and have been happy since. my foot pops after long walks",
    ],
)
def test_who_is_well_again_hears_what_to_do_and_is_helped_with_the_twitch(told: str, talk: Talk) -> None:
    replies = talk.say(told)
    assert CALL in replies[0]["text"]
    assert replies[-1]["data"]["outcome"] == "interview"


@pytest.mark.parametrize(
    "told",
    [
        "I was suicidal in my teens, in a good place for years, but it is all back",
        "meds helped for a while but I am suicidal",
        "doing well at work and suicidal at home",
        "happy now that I have decided to end my life",
        "I tried to kill myself last week, doing fine now",
        "been clean for a year until sunday, now cutting my arms",
        "self harm in my teens, recovered, now im doing it at weekends, my calf flutters",
        "i am suicidal, none of the treatment helped, calf twitches after running",
        "recovered from covid years ago, my calf twitches and i self harm",
    ],
)
def test_a_word_of_being_well_is_not_enough(told: str, agent: Any, run: Run) -> None:
    entities = run(agent.parse_message(told))["entities"]
    assert any(entity["value"] == "suicidal_or_self_harm" and counts(entity, knowledge()) for entity in entities), told


@pytest.mark.parametrize(
    ("manners", "status"),
    [(set(), "hypothetical"), ({"past", "denies"}, "past"), ({"fine"}, "hypothetical"), ({"imagined", "past"}, "hypothetical")],
)
def test_a_doubted_sign_does_not_count(manners: set[str], status: str) -> None:
    doubted = doubt(sign("stroke_face"), manners)
    assert (doubted["status"], doubted["role"], doubted["doubted"]) == (status, status, True)


@pytest.fixture
def doubts_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second look doubts every pattern's alarm and adds none of its own."""
    for threshold in ("BY_REGRESSION", "BY_NEAREST", "ALONE"):
        monkeypatch.setattr(second_look, threshold, 0.0)
    monkeypatch.setattr(second_look.SecondLook, "_see", lambda *_: [])


def test_what_to_do_if_it_is_there_is_said_first(doubts_everything: None, talk: Talk) -> None:
    replies = talk.say("my calf twitches after running and chest pain is on my list")
    assert CALL in replies[0]["text"]
    assert replies[0]["data"]["signs"] == ["chest_pain"]
    assert replies[1]["data"]["asks"] == "symptoms"
    assert talk.slots()["signs"] is None


@pytest.mark.parametrize(
    "told", ["my calf twitches after running and i have chest pain", "my calf twitches and my wife has a really droopy face"]
)
def test_what_somebody_plainly_has_is_not_doubted(told: str, doubts_everything: None, talk: Talk) -> None:
    assert talk.say(told)[0]["data"]["level"] == "emergency"


def test_a_bare_sign_is_not_doubted(doubts_everything: None, talk: Talk) -> None:
    replies = talk.say("I have numbness")
    assert max(reply["data"].get("level", "") for reply in replies) == "urgent"


def test_a_question_beside_it_is_answered(doubts_everything: None, talk: Talk) -> None:
    replies = talk.say("chest pain is on my list. does magnesium help against twitches?")
    assert CALL in replies[0]["text"]
    assert replies[-1]["data"]["outcome"] == "topic"


def test_what_eases_comes_only_after_it_in_the_next_turn_too(doubts_everything: None, talk: Talk) -> None:
    talk.say("chest pain is on my list. does magnesium help against twitches?")
    first, relief = talk.say("how do i ease it")
    assert first["data"]["signs"] == ["chest_pain"]
    assert CALL in first["text"]
    assert "relief.massage" in relief["data"]["facts"]
    assert [reply["data"]["signs"] for reply in talk.say("how do i ease it")] == [[]]


def test_the_interview_goes_on_after_it(doubts_everything: None, talk: Talk) -> None:
    talk.say("my calf twitches after running")
    replies = talk.say("no, nothing else. my heart is racing and skipping beats")
    assert replies[0]["data"]["signs"] == ["palpitations"]
    assert "111" in replies[0]["text"]
    assert replies[-1]["data"]["asks"] != "symptoms"
    # Nothing of it stays: what is stated afterwards counts as ever.
    assert talk.say("no")[-1]["data"]["outcome"] == "interview"


def test_a_stated_emergency_outranks_a_doubted_one(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def doubts_chest_pain(look: Any, reading: Any, looks: Any, entity: dict[str, Any]) -> bool:
        return bool(entity["value"] == "chest_pain")

    monkeypatch.setattr(second_look.SecondLook, "_doubts", doubts_chest_pain)
    replies = talk.say("i have chest pain and half my face has dropped")
    assert [reply["data"]["outcome"] for reply in replies] == ["emergency"]


def test_the_turn_after_a_doubted_sign_is_as_ever(doubts_everything: None, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    talk.say("i have chest pain")
    monkeypatch.undo()
    assert talk.say("it hurts in my chest now, it is getting worse, i have chest pain")[0]["data"]["outcome"] == "emergency"
