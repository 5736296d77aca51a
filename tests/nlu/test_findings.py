"""Findings beside the signs: body parts, causes, what was tried, medicines, time; each with its place in the message."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.nlu.findings import find
from assistant.nlu.lexicon import lexicon
from assistant.nlu.respelling import AROUND, MOST_OTHERS

MONDAY = date(2026, 11, 23)


def found(text: str) -> set[tuple[str, object, str]]:
    return {(e["entity"], e["value"], e["status"]) for e in find(text, MONDAY)}


@pytest.mark.parametrize(
    ("text", "entity", "value", "status"),
    [
        ("calf n quads", "body_part", "calf", "present"),
        ("calf n quads", "body_part", "quadriceps", "present"),
        ("my mussel in the bicep", "body_part", "biceps", "present"),
        ("all over my body", "body_part", "all_over", "present"),
        ("had three coffees", "cause", "causes.excess_caffeine", "present"),
        ("no coffee today", "cause", "causes.excess_caffeine", "absent"),
        ("barely drank anything", "cause", "causes.dehydration", "present"),
        ("didnt warm up", "cause", "causes.no_warm_up_or_stretch", "present"),
        ("new program, way heavier", "cause", "causes.muscle_fatigue", "present"),
        ("i already stretched", "tried", "relief.stretch", "present"),
        ("on sertraline", "medicine", "antidepressant", "present"),
        ("no meds", "no_medicine", "yes", "present"),
        ("only after running", "at_rest", "no", "present"),
        ("also on rest days", "at_rest", "yes", "present"),
        ("a few seconds at a time", "bout", 3.0, "present"),
        ("since yesterday", "since", 86400.0, "present"),
    ],
)
def test_finds(text: str, entity: str, value: object, status: str) -> None:
    assert (entity, value, status) in found(text)


def test_two_time_scales_are_kept_apart() -> None:
    values = {e["entity"]: e["value"] for e in find("a few seconds at a time, third day now", MONDAY)}
    assert values["bout"] == 3.0
    assert values["since"] == 3 * 86400.0


def test_a_finding_knows_its_place() -> None:
    text = "Since the RUN my Calf twitches"
    (part,) = [e for e in find(text, MONDAY) if e["entity"] == "body_part"]
    assert text[part["start"] : part["end"]] == "Calf"


@pytest.mark.parametrize("text", ["", "   ", "🙂", "\n", "的"])
def test_nothing_in_nothing(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("my brother is having a fiit on the pitch", "seizure"),
        ("chest hurns bad", "chest_pain"),
        ("cant get ari", "breathing_trouble"),
        ("half my fce has dropped", "stroke_face"),
        ("she win't wake up", "collapse_unconscious"),
        ("cola coloured pme", "rhabdo"),
        # English words that are common, but for a phrase of an emergency; and a space that slipped.
        ("she is out cod on the kitchen floor", "collapse_unconscious"),
        ("half her fac is drooping", "stroke_face"),
        ("i cannot ouse my husband", "collapse_unconscious"),
        ("the whole left side went num band limp", "sudden_weakness_one_side"),
        ("half his face won tmove", "stroke_face"),
    ],
)
def test_in_doubt_of_the_spelling_what_states_a_sign_is_meant(text: str, sign: str) -> None:
    assert {(e["value"], e["status"]) for e in find(text) if e["entity"] == "sign"} & {(sign, "present"), (sign, "other_person")}


@pytest.mark.parametrize(
    "text",
    [
        "my gf's back was wiggling",
        "never had a fiit",
        "what if my chest hurns",
        "best twitchy calf of the year",
        "cod for dinner, out at eight",
        "my mate says coffee gives heart attacks",
    ],
)
def test_another_spelling_is_judged_like_the_first(text: str) -> None:
    assert not [e for e in find(text) if e["entity"] == "sign" and e["status"] in ("present", "other_person")]


def test_other_spellings_have_their_place_and_their_bound() -> None:
    (sign,) = [e for e in find("oh no, chest hurns bad") if e["entity"] == "sign"]
    assert (sign["start"], sign["end"]) == (13, 18)
    readings = lexicon().respelling.readings
    assert len(list(readings("hurns " * 500))) == MOST_OTHERS
    assert all(len(reading.text) < 3 * AROUND for reading, _, _ in readings("x" * 900 + " hurns " + "x" * 900))


def test_when_it_goes_answers_when_it_comes_only_where_that_was_asked() -> None:
    for text in ("goes away when i stop", "it stops after i finish", "goes within a few mins of stopping", "stops after"):
        assert ("when", "no", "present") in found(text)
        assert not [value for entity, value, _ in found(text) if entity == "at_rest"]
