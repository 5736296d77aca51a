"""Every row of the triage table, on both sides of every threshold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.knowledge import Level, knowledge
from assistant.triage import FORM, UNKNOWN, Case, Said, confirmed, counts, question_answered, still_known, triage

KNOWN = knowledge()
WELL = Case(symptoms=(), bout=5.0, at_rest="no", since=86400.0, triggers=(), medication="no", body_part=("calf",))
DAY = 86400.0


def test_a_talk_outlives_a_name_in_the_content() -> None:
    slots = {"signs": ["gone", "dvt"], "symptoms": ["gone"], "triggers": [], "groups": ["gone"], "bout": 5.0, "tried": "unknown"}
    held = still_known(slots, KNOWN)
    assert held == {"signs": ["dvt"], "symptoms": None, "triggers": [], "groups": None, "bout": 5.0, "tried": "unknown"}
    gone = {"entity": "sign", "value": "gone", "status": "hypothetical"}
    assert confirmed(Said("affirm", ({"entity": "opens", "value": "yes"},)), [gone], KNOWN) == []


@pytest.mark.parametrize(
    ("named", "loop", "requested", "question"),
    [
        (None, FORM, "bout", "bout"),
        (None, None, "bout", None),
        ("since", None, None, "since"),
        ("since", FORM, "bout", "since"),
        ("xyz", None, None, None),
        (["since"], FORM, None, None),
    ],
)
def test_which_question_a_message_answers(named: object, loop: str | None, requested: str | None, question: str | None) -> None:
    assert question_answered(named, loop, requested) == question


def test_a_short_twitch_after_exercise_is_self_care() -> None:
    result = triage(WELL, KNOWN)
    assert (result.level, result.signs, result.unknown) == (Level.self_care, ("short_after_exercise",), ())


@pytest.mark.parametrize(
    ("changes", "sign"),
    [
        ({"bout": 300.0}, None),
        ({"bout": 301.0}, "long_single_bout"),
        ({"at_rest": "yes"}, "continuous_without_exercise"),
        ({"at_rest": "unknown"}, None),
        ({"since": 14 * DAY}, None),
        ({"since": 14 * DAY + 1}, "over_two_weeks"),
        ({"medication": "yes"}, "suspected_medicine"),
        ({"medication": "unknown"}, None),
        ({"body_part": ("calf", "quadriceps"), "since": 2 * DAY}, None),
        ({"body_part": ("calf", "quadriceps"), "since": 2 * DAY + 1}, "more_than_one_place"),
        ({"body_part": ("calf",), "since": 3 * DAY}, None),
        ({"body_part": ("all_over",), "since": 3 * DAY}, "more_than_one_place"),
        ({"body_part": ("calf", "quadriceps"), "at_rest": "yes"}, "more_than_one_place"),
    ],
)
def test_each_row_on_both_sides(changes: dict[str, object], sign: str | None) -> None:
    result = triage(replace(WELL, **changes), KNOWN)  # type: ignore[arg-type]
    assert result.level == (Level.see_doctor if sign else Level.self_care)
    assert sign is None or sign in result.signs


@pytest.mark.parametrize("sign", sorted(KNOWN.signs))
def test_a_stated_sign_gives_its_own_level(sign: str) -> None:
    assert triage(replace(WELL, signs=(sign,)), KNOWN).level == KNOWN.signs[sign].rank


@pytest.mark.parametrize(
    ("sign", "contrary", "agrees"),
    [
        ("continuous_without_exercise", {"at_rest": "no"}, {"at_rest": "yes"}),
        ("over_two_weeks", {"since": 2 * DAY}, {"since": 20 * DAY}),
        ("suspected_medicine", {"medication": "no"}, {"medication": "yes"}),
    ],
)
def test_an_answer_outweighs_a_guess_and_only_a_guess(sign: str, contrary: dict[str, object], agrees: dict[str, object]) -> None:
    guess = replace(WELL, signs=(sign,), guessed=(sign,))
    assert triage(replace(guess, **contrary), KNOWN).level == Level.self_care  # type: ignore[arg-type]
    for changes in (agrees, *({name: answer} for name in contrary for answer in (None, "unknown"))):
        assert triage(replace(guess, **changes), KNOWN).signs == (sign,)  # type: ignore[arg-type]
    assert triage(replace(guess, guessed=(), **contrary), KNOWN).signs == (sign,)  # type: ignore[arg-type]


def test_that_it_keeps_coming_back_is_settled_by_since_when() -> None:
    guess = replace(WELL, signs=("persists_or_recurs",), guessed=("persists_or_recurs",))
    assert triage(guess, KNOWN).level == Level.self_care
    assert triage(replace(guess, since=UNKNOWN), KNOWN).level == Level.see_doctor
    assert triage(replace(guess, since=20 * DAY), KNOWN).level == Level.see_doctor


@pytest.mark.parametrize("sign", ["dvt", "chest_pain", "long_single_bout"])
def test_no_answer_outweighs_a_guess_at_what_no_question_settles(sign: str) -> None:
    assert triage(replace(WELL, signs=(sign,), guessed=(sign,)), KNOWN).level == KNOWN.signs[sign].rank


def test_the_highest_level_wins_and_leads() -> None:
    case = replace(WELL, signs=("over_two_weeks", "dvt", "chest_pain"), bout=900.0)
    result = triage(case, KNOWN)
    assert result.level == Level.emergency
    assert result.signs[0] == "chest_pain"
    assert set(result.signs) == {"over_two_weeks", "dvt", "chest_pain", "long_single_bout"}


def test_unknown_is_not_absent() -> None:
    case = Case(symptoms="unknown", bout=5.0, at_rest="no", since=DAY, medication="no")
    assert triage(case, KNOWN).unknown == ("symptoms",)
    assert triage(Case(), KNOWN).unknown == ("symptoms", "at_rest", "bout", "since", "medication")


@pytest.mark.parametrize(
    ("sign", "status", "expected"),
    [
        ("chest_pain", "present", True),
        ("over_two_weeks", "present", True),
        ("collapse_unconscious", "other_person", True),
        ("dvt", "other_person", True),
        ("over_two_weeks", "other_person", False),
        ("chest_pain", "absent", False),
        ("chest_pain", "past", False),
        ("chest_pain", "hypothetical", False),
    ],
)
def test_who_and_when_counts(sign: str, status: str, expected: bool) -> None:
    assert counts({"value": sign, "status": status}, KNOWN) is expected


def test_case_from_slots() -> None:
    case = Case.from_slots({"symptoms": [], "bout": 5.0, "triggers": "unknown", "body_part": ["calf"], "other": 1})
    assert case == Case(symptoms=(), bout=5.0, triggers="unknown", body_part=("calf",))


def mention(status: str) -> dict[str, object]:
    return {"entity": "sign", "value": "chest_pain", "status": status}


@pytest.mark.parametrize(
    ("status", "now", "asked", "agrees", "there"),
    [
        # "What if I have chest pain?" - "I have it now", in the interview or out of it.
        ("hypothetical", True, True, False, True),
        ("hypothetical", True, False, False, True),
        # A yes is to that where nothing else was asked.
        ("hypothetical", False, False, True, True),
        ("hypothetical", False, True, True, False),
        ("past", False, False, True, False),
        ("past", True, False, False, True),
        # "No chest pain" - "yes": to what?
        ("absent", False, False, True, False),
        ("absent", True, True, False, False),
        ("absent", True, False, False, True),
        ("hypothetical", False, False, False, False),
        # It was acted on at once.
        ("present", True, False, True, False),
    ],
)
def test_what_was_only_mentioned_may_be_there_after_all(status: str, now: bool, asked: bool, agrees: bool, there: bool) -> None:
    entities = [{"entity": "now", "value": "yes", "status": "present"}] if now else []
    entities += [{"entity": "opens", "value": "yes", "status": "present"}] if agrees else []
    said = Said("inform", tuple(entities), "at_rest" if asked else None)
    heard = confirmed(said, [mention(status), {"entity": "sign", "value": "over_two_weeks", "status": "past"}], KNOWN)
    assert [entity["value"] for entity in heard] == (["chest_pain"] if there else [])


@pytest.mark.parametrize(
    "entities",
    [
        [{"entity": "now", "value": "yes", "status": "absent"}],
        [{"entity": "now", "value": "yes", "status": "present"}, {"entity": "opens", "value": "no", "status": "present"}],
    ],
)
def test_not_right_now_confirms_nothing(entities: list[dict[str, object]]) -> None:
    assert confirmed(Said("inform", tuple(entities)), [mention("hypothetical")], KNOWN) == []
