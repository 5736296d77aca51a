"""What an answer means for the question asked, and which question comes next."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.knowledge import knowledge
from assistant.nlu.findings import find
from assistant.triage import QUESTIONS, UNKNOWN, Said, collect, next_question
from assistant.triage.interview import NAMED, acknowledge, full, spare, unnamed

KNOWN = knowledge()


def entity(name: str, value: Any, status: str = "present") -> dict[str, Any]:
    return {"entity": name, "value": value, "status": status}


def heard(asked: str | None, intent: str, *entities: dict[str, Any], slots: dict[str, Any] | None = None) -> dict[str, Any]:
    return collect(slots or {}, Said(intent, entities, asked), KNOWN)


@pytest.mark.parametrize(
    ("asked", "intent", "entities", "expected"),
    [
        ("symptoms", "deny", [], {"symptoms": []}),
        ("symptoms", "inform", [entity("symptom", "numbness_sensory")], {"symptoms": ["numbness_sensory"]}),
        ("symptoms", "dont_know", [], {"symptoms": "unknown"}),
        ("symptoms", "inform", [entity("no_symptoms", "yes")], {"symptoms": []}),
        ("at_rest", "affirm", [], {"at_rest": "yes"}),
        ("at_rest", "deny", [], {"at_rest": "no"}),
        ("at_rest", "inform", [entity("at_rest", "no")], {"at_rest": "no"}),
        ("at_rest", "skip", [], {"at_rest": "unknown"}),
        ("bout", "inform", [entity("duration", 7200.0)], {"bout": 7200.0}),
        ("bout", "inform", [entity("bout", 5.0)], {"bout": 5.0}),
        ("since", "inform", [entity("duration", 7200.0)], {"since": 7200.0}),
        ("since", "inform", [entity("since", 86400.0)], {"since": 86400.0}),
        ("triggers", "deny", [], {"triggers": []}),
        ("triggers", "inform", [entity("cause", "causes.excess_caffeine")], {"triggers": ["causes.excess_caffeine"]}),
        ("medication", "deny", [], {"medication": "no"}),
        ("medication", "inform", [entity("medicine", "statin")], {"medication": "yes", "medicine_name": "statin"}),
        ("medication", "inform", [entity("no_medicine", "yes")], {"medication": "no"}),
    ],
)
def test_answers(asked: str, intent: str, entities: list[dict[str, Any]], expected: dict[str, Any]) -> None:
    changes = heard(asked, intent, *entities)
    assert {name: changes.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("entities", "expected"),
    [
        # "Only after training, but in bed too"
        ([entity("opens", "no"), entity("at_rest", "no"), entity("at_rest", "yes"), entity("contrast", "yes", "absent")], "yes"),
        # "No, it only comes when I am in bed"
        ([entity("opens", "no"), entity("at_rest", "no"), entity("at_rest", "yes")], "no"),
        # "When I sit down after the match"
        ([entity("at_rest", "yes"), entity("at_rest", "after")], "no"),
        # "After runs"
        ([entity("when", "no")], "no"),
        ([entity("when", "yes")], "yes"),
    ],
)
def test_rest_is_a_day_without_exercise(entities: list[dict[str, Any]], expected: str) -> None:
    assert heard("at_rest", "inform", *entities)["at_rest"] == expected


def test_sitting_down_after_a_match_leaves_the_question_of_rest_open() -> None:
    assert "at_rest" not in heard(None, "describe_twitch", entity("at_rest", "yes"), entity("at_rest", "after"))
    assert "at_rest" not in heard("bout", "inform", entity("when", "no"))


def test_lying_down_is_a_yes_to_the_question_of_rest_and_no_answer_unasked() -> None:
    assert "at_rest" not in heard(None, "describe_twitch", entity("at_rest", "lying"))
    assert heard(None, "describe_twitch", entity("at_rest", "lying"), entity("at_rest", "yes"))["at_rest"] == "yes"
    assert heard("at_rest", "inform", entity("at_rest", "lying"))["at_rest"] == "yes"


def test_what_a_description_establishes_is_for_its_turn() -> None:
    five_weeks = entity("since", 35 * 86400.0)
    assert heard(None, "describe_twitch", five_weeks)["established"] == ["over_two_weeks"]
    # In the interview it waits for the result, and a question alone establishes nothing; nor does the next message.
    assert "established" not in heard("since", "inform", five_weeks)
    assert "established" not in heard(None, "ask_training", five_weeks)
    assert heard(None, "ask_other_place", five_weeks)["established"] == ["over_two_weeks"]
    slots = {"since": 35 * 86400.0, "established": ["over_two_weeks"]}
    assert heard(None, "describe_twitch", five_weeks, slots=slots)["established"] is None
    # Where nothing is left to ask the advice tells of it.
    answered = {"symptoms": [], "at_rest": "no", "bout": 3.0, "since": 3600.0, "triggers": [], "medication": "no"}
    assert "established" not in heard(None, "inform", five_weeks, slots=answered)


def test_nobody_s_one_spell_is_a_few_weeks() -> None:
    assert heard("bout", "inform", entity("duration", 1_814_400.0)) == {"since": 1_814_400.0}
    assert heard("bout", "inform", entity("since", 1_814_400.0)) == {"since": 1_814_400.0}
    # Where since when is known it is the spell that was asked for.
    assert heard("bout", "inform", entity("duration", 172_800.0), slots={"since": 604_800.0})["bout"] == 172_800.0


def test_a_wrong_button_is_asked_again() -> None:
    restated = (entity("correction", "yes"), entity("restated", "there"))
    none_of_these = {"symptoms": [], "last_answered": "symptoms"}
    assert heard("at_rest", "out_of_scope", *restated, slots={**none_of_these, "last_answered": "symptoms"}) == {
        "symptoms": None,
        "last_answered": None,
    }
    assert heard("bout", "deny", *restated, slots={"at_rest": "no", "last_answered": "at_rest"})["at_rest"] == "yes"
    # A plain yes is to the question that stands open.
    assert heard("at_rest", "affirm", entity("restated", "beside"), slots=none_of_these)["at_rest"] == "yes"
    # What is named is taken as it is.
    named = heard("at_rest", "inform", *restated, entity("sign", "numbness_sensory"), slots=none_of_these)
    assert named["signs"] == ["numbness_sensory"]


def test_who_denies_three_things_unasked_is_not_asked_for_them() -> None:
    denied = [entity("sign", sign, "absent") for sign in ("progressive_weakness", "numbness_sensory", "rhabdo")]
    assert heard(None, "describe_twitch", *denied)["symptoms"] == []
    assert "symptoms" not in heard(None, "describe_twitch", *denied[:2])


def test_what_is_told_late_counts_too() -> None:
    told = {"symptoms": [], "at_rest": "no", "since": 864_000.0, "last_answered": "since"}
    too, correction, no = entity("contrast", "added"), entity("correction", "yes"), entity("correction", "yes", "absent")
    weak = entity("symptom", "progressive_weakness")
    # "Actually it is a bit weak"; "it is a bit weak as well"
    for added in (too, correction):
        assert heard("triggers", "inform", weak, added, slots=told)["signs"] == ["progressive_weakness"]
    assert "signs" not in heard("triggers", "inform", weak, slots=told)
    assert "signs" not in heard("triggers", "inform", weak, correction, entity("question", "yes"), slots=told)
    # "At night too"
    assert heard("bout", "inform", entity("at_rest", "lying"), too, slots=told)["at_rest"] == "yes"
    assert "at_rest" not in heard("bout", "inform", entity("at_rest", "lying"), slots=told)
    # "Actually no, more like five weeks"
    assert heard("triggers", "inform", entity("since", 3_024_000.0), no, slots=told)["since"] == 3_024_000.0


def test_an_hour_on_and_off_is_no_spell_of_an_hour() -> None:
    on_and_off = entity("intermittent", "yes")
    assert "bout" not in heard("bout", "inform", entity("duration", 3600.0), on_and_off)
    assert "bout" not in heard("bout", "inform", entity("bout", 86400.0), on_and_off)
    assert heard("bout", "inform", entity("bout", 2.0), entity("duration", 3600.0), on_and_off)["bout"] == 2.0
    # "On and off, each like 3 seconds" reads like since when.
    each = heard("bout", "inform", entity("since", 3.0), on_and_off)
    assert (each["bout"], each.get("since")) == (3.0, None)


def test_seconds_do_not_say_since_when() -> None:
    assert "since" not in heard("since", "inform", entity("bout", 10.0))
    assert heard("since", "inform", entity("bout", 7200.0))["since"] == 7200.0


def test_a_time_beside_what_was_different_is_not_the_twitchs() -> None:
    slots = {"since": 60 * 86400.0}
    assert "since" not in heard("triggers", "inform", entity("since", 7 * 86400.0), slots=slots)
    assert heard("triggers", "inform", entity("since", 7 * 86400.0), entity("correction", "yes"), slots=slots)["since"] == 7 * 86400.0


def test_a_sign_that_is_only_mentioned_is_no_answer() -> None:
    mentioned = {**entity("sign", "dvt", "hypothetical"), "doubted": True}
    assert "signs" not in heard("symptoms", "inform", mentioned, entity("symptom", "dvt"))
    assert heard("symptoms", "inform", entity("symptom", "dvt"))["signs"] == ["dvt"]


def test_what_is_denied_is_taken_back() -> None:
    slots = {"triggers": ["causes.excess_caffeine", "causes.dehydration"], "symptoms": ["dvt"], "signs": ["dvt"], "body_part": ["calf"]}
    changes = heard(None, "inform", entity("cause", "causes.excess_caffeine", "absent"), entity("sign", "dvt", "absent"), slots=slots)
    assert changes["triggers"] == ["causes.dehydration"]
    assert (changes["signs"], changes["symptoms"]) == ([], [])
    assert heard(None, "inform", entity("cause", "causes.dehydration", "absent"), slots={"triggers": UNKNOWN}) == {}
    moved = heard(None, "inform", entity("body_part", "calf", "absent"), entity("body_part", "thigh"), slots=slots)
    assert moved["body_part"] == ["thigh"]


def test_a_yes_to_several_things_names_none() -> None:
    assert unnamed(Said("affirm", (), "symptoms"))
    assert unnamed(Said("inform", (entity("opens", "yes"),), "triggers"))
    assert not unnamed(Said("affirm", (), "at_rest"))
    assert not unnamed(Said("deny", (), "symptoms"))


def test_no_to_one_question_answers_no_other() -> None:
    assert set(heard("at_rest", "deny")) == {"at_rest", "last_answered"}
    assert heard(None, "deny") == {}


def test_yes_to_how_long_answers_nothing() -> None:
    assert heard("bout", "affirm") == {}


def test_on_and_off_for_two_weeks_is_since_and_not_a_bout() -> None:
    changes = heard("since", "inform", entity("since", 14 * 86400.0))
    assert changes["since"] == 14 * 86400.0
    assert "bout" not in changes


def test_how_long_a_medicine_is_taken_is_not_since_when_it_twitches() -> None:
    years = entity("since", 10 * 365 * 86400.0)
    changes = heard("medication", "affirm", years)
    assert changes["medication"] == "yes"
    assert "since" not in changes
    # "Just the inhaler for years", with the twitch's own time told before; without it, or beside a "no", a time is the twitch's.
    assert "since" not in heard("medication", "inform", years, slots={"since": 3 * 86400.0})
    assert "since" in heard("medication", "inform", years)
    assert "since" in heard("medication", "deny", years, slots={"since": 3 * 86400.0})
    assert "since" in heard("medication", "inform", years, entity("twitch", "yes"), slots={"since": 3 * 86400.0})


def test_a_correction_beside_the_answer_on_medicines_is_heard() -> None:
    changes = heard("medication", "affirm", entity("correction", "yes"), entity("since", 21 * 86400.0), slots={"since": 3 * 86400.0})
    assert (changes["since"], changes["medication"]) == (21 * 86400.0, "yes")


def test_the_first_message_fills_what_it_says() -> None:
    changes = heard(
        None,
        "describe_twitch",
        entity("body_part", "calf"),
        entity("bout", 5.0),
        entity("since", 259200.0),
        entity("cause", "causes.excess_caffeine"),
        entity("no_medicine", "yes"),
    )
    assert changes["bout"] == 5.0
    assert changes["since"] == 259200.0
    assert changes["medication"] == "no"
    assert next_question(changes, KNOWN) == "symptoms"
    assert "triggers" in changes
    assert changes["body_part"] == ["calf"]


def guess(sign: str) -> dict[str, Any]:
    return {**entity("sign", sign), "extractor": "SecondLook"}


def test_a_guess_is_remembered_as_one_until_it_is_said_plainly() -> None:
    slots = heard(None, "describe_twitch", guess("suspected_medicine"), guess("persists_or_recurs"))
    assert (slots["signs"], slots["guessed"]) == (["suspected_medicine", "persists_or_recurs"],) * 2
    assert heard("medication", "inform", entity("sign", "suspected_medicine"), slots=slots)["guessed"] == ["persists_or_recurs"]
    assert "guessed" not in heard("medication", "deny", guess("suspected_medicine"), slots=slots)


def test_a_guess_after_a_yes_or_no_counts_and_after_a_time_does_not() -> None:
    assert heard("triggers", "inform", guess("over_two_weeks"), slots={"since": 777600.0})["guessed"] == ["over_two_weeks"]
    slots = {"signs": ["continuous_without_exercise"], "guessed": ["continuous_without_exercise"], "at_rest": "no"}
    assert heard("since", "inform", guess("continuous_without_exercise"), slots=slots)["guessed"] == []
    assert "guessed" not in heard("since", "inform", guess("continuous_without_exercise"), slots={"at_rest": "no"})


def test_a_question_about_coffee_is_not_having_had_coffee() -> None:
    asked = (entity("cause", "causes.excess_caffeine"), entity("medicine", "statin"))
    assert heard(None, "ask_caffeine", *asked) == {}
    assert "triggers" in heard(None, "ask_caffeine", *asked, entity("also", "describe_twitch", ""))


def test_absent_and_hypothetical_fill_nothing() -> None:
    said = [entity("sign", "chest_pain", status) for status in ("absent", "hypothetical", "past")]
    assert heard(None, "describe_twitch", *said) == {}


def test_questions_come_in_order_and_red_flags_first() -> None:
    slots: dict[str, Any] = {}
    asked = []
    while (question := next_question(slots, KNOWN)) is not None:
        asked.append(question)
        slots[question] = "unknown"
    assert tuple(asked) == QUESTIONS
    assert asked[0] == "symptoms"
    assert len(asked) <= 6


@pytest.mark.parametrize("sign", ["chest_pain", "dvt"])
def test_an_urgent_sign_ends_the_questions(sign: str) -> None:
    assert next_question({"signs": [sign]}, KNOWN) is None


def test_a_sign_for_an_appointment_does_not_end_them() -> None:
    assert next_question({"signs": ["over_two_weeks"]}, KNOWN) == "symptoms"


def test_a_correction_replaces_and_is_acknowledged() -> None:
    said = Said("inform", (entity("correction", "yes"), entity("body_part", "calf")), "bout")
    slots = {"body_part": ["quadriceps"]}
    changes = collect(slots, said, KNOWN)
    assert changes["body_part"] == ["calf"]
    assert acknowledge(slots, changes, said, KNOWN) == "calf"


def test_a_corrected_time_goes_where_the_last_answer_went() -> None:
    said = Said("inform", (entity("correction", "yes"), entity("duration", 7200.0)), "triggers")
    slots = {"bout": 60.0, "last_answered": "bout"}
    changes = collect(slots, said, KNOWN)
    assert changes["bout"] == 7200.0
    assert acknowledge(slots, changes, said, KNOWN) == "2 hours"


def test_a_first_answer_is_not_acknowledged() -> None:
    said = Said("inform", (entity("body_part", "calf"),), "bout")
    assert acknowledge({}, collect({}, said, KNOWN), said, KNOWN) == ""


def test_a_question_asked_again_takes_the_place_of_a_spare_one() -> None:
    assert full(["symptoms"], {}, "symptoms")
    assert spare({}, "symptoms") == "triggers"
    # The spared one counts: its turn went to the repetition.
    assert full(["symptoms", "at_rest"], {"symptoms": [], "triggers": UNKNOWN}, "at_rest")


def test_with_fewer_questions_one_may_be_repeated() -> None:
    assert not full(["symptoms"], {"bout": 5.0}, "symptoms")


def test_the_sixth_question_is_not_repeated() -> None:
    answered: dict[str, Any] = {"symptoms": [], "at_rest": "no", "bout": 5.0, "since": 86400.0, "triggers": []}
    assert full(list(QUESTIONS), answered, "medication")
    assert spare(answered, "medication") is None


def test_all_of_what_the_question_of_triggers_names() -> None:
    assert heard("triggers", "affirm", entity("several", "all"))["triggers"] == list(NAMED)


def test_a_no_that_belongs_to_a_thing_answers_nothing_else() -> None:
    no = {**entity("opens", "no"), "start": 0, "end": 2}
    swelling = {**entity("symptom", "dvt", "absent"), "start": 3, "end": 11}
    assert "at_rest" not in heard("at_rest", "inform", no, swelling)
    assert heard("at_rest", "inform", no, {**swelling, "start": 9})["at_rest"] == "no"
    assert heard("symptoms", "inform", no, swelling)["symptoms"] == []
    assert "at_rest" not in heard("at_rest", "inform", no, {**entity("no_medicine", "yes"), "start": 0, "end": 7})


def test_anothers_medicine_is_not_ones_own() -> None:
    grandads, none = entity("medicine", "statin", "other_person"), entity("no_medicine", "yes")
    assert heard(None, "describe_twitch", grandads, none)["medication"] == "no"
    assert heard(None, "describe_twitch", grandads)["medication"] == "yes"
    assert heard(None, "describe_twitch", entity("medicine", "statin"), none)["medication"] == "yes"


@pytest.mark.parametrize(("text", "asked", "denied"), [
    ("only after running", "symptoms", False),
    ("only after running", "medication", False),
    ("no, only after running", "symptoms", True),
    ("only the twitch", "symptoms", True),
])  # fmt: skip
def test_only_after_exercise_answers_when_it_comes_and_no_other_question(text: str, asked: str, denied: bool) -> None:
    changes = collect({}, Said("inform", tuple(find(text)), asked), KNOWN)
    assert (changes.get(asked) in ([], "no")) is denied
    assert changes.get("at_rest") == (None if text == "only the twitch" else "no")
