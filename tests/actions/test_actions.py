"""What the actions say and remember, through the real assistant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.summary import own_words
from assistant.knowledge import knowledge
from tests.conftest import Run, Talk, outcome

FIRST = "calf twitches after running since today, only then, few seconds, no other symptoms, no meds"


def facts(replies: list[dict[str, object]]) -> set[str]:
    return {fact for reply in replies for fact in reply["data"]["facts"]}  # type: ignore[index]


def test_advice_is_for_this_person(talk: Talk) -> None:
    talk.say(FIRST)
    stated = facts(talk.say("had 3 coffees and no warm up"))
    assert {"causes.excess_caffeine", "causes.no_warm_up_or_stretch", "prevention.limit_caffeine_before", "prevention.warm_up"} <= stated
    assert not stated & {"causes.dehydration", "prevention.magnesium", "prevention.water_before"}


def test_what_was_tried_is_not_told_again(talk: Talk) -> None:
    talk.say(FIRST + ", i already stretched it")
    replies = talk.say("hard session")
    assert "relief.stretch" not in replies[-1]["data"]["facts"]
    assert "relief.massage" in replies[-1]["data"]["facts"]
    assert "tried" in replies[-1]["text"]


def test_who_describes_and_asks_gets_both(talk: Talk) -> None:
    replies = talk.say("my quad hops since squats. anything to soothe it?")
    assert facts(replies)
    assert replies[-1]["data"]["asks"] == "symptoms"


def test_what_was_left_open_is_a_reason_to_get_help(talk: Talk) -> None:
    talk.say("my calf twitches after my run")
    for _ in range(5):
        talk.say("don't know")
    replies = talk.say("don't know")
    assert outcome(replies) == "self_care"
    assert "left open" in replies[-1]["text"]


def test_what_changes_nothing_in_the_advice_does_not_bring_it_again(talk: Talk) -> None:
    talk.say(FIRST)
    told = talk.say("had 3 coffees")
    assert len(told) > 1
    again = talk.say("on my left calf")
    assert [reply["data"]["level"] for reply in again] == ["self_care"]
    assert "start again" in again[0]["text"]
    changed = talk.say("sorry, i meant since 2 months")
    assert "2 months" in changed[-1]["text"]
    assert outcome(changed) == "see_doctor"


def test_that_it_is_gone_is_good_to_hear(talk: Talk) -> None:
    talk.say(FIRST)
    talk.say("had 3 coffees")
    (reply,) = talk.say("the twitch is gone, thank you!")
    assert "Good to hear" in reply["text"]
    assert talk.say("it's gone numb")[0]["data"]["level"] != "self_care"


def test_just_twitching_denies_nothing_unasked(talk: Talk) -> None:
    assert talk.say("my bicep just twitches after curls")[-1]["data"]["asks"] == "symptoms"
    assert talk.say("it just twitches")[-1]["data"]["asks"] == "bout"


def test_another_check_tells_all_of_it(talk: Talk) -> None:
    talk.say(FIRST)
    first = talk.say("had 3 coffees")
    talk.say("start again")
    talk.say(FIRST)
    assert [reply["text"] for reply in talk.say("had 3 coffees")] == [reply["text"] for reply in first]


def test_another_check_may_ask_as_much_again(talk: Talk) -> None:
    for text in ("my calf twitches", "no", "only after running", "few seconds", "since monday", "start again"):
        talk.say(text)
    talk.say("my calf twitches since monday, a few seconds at a time")
    talk.say("no")
    talk.say("purple elephants")
    assert talk.slots()["triggers"] is None
    assert talk.slots()["medication"] is None


def test_an_answer_taken_back_takes_no_other_words_with_it() -> None:
    def told(text: str, *slots: tuple[str, object]) -> list[dict[str, object]]:
        return [{"event": "user", "text": text}, *({"event": "slot", "name": name, "value": value} for name, value in slots)]

    events = [*told("my calf", ("body_part", ["calf"])), *told("yes", ("symptoms", [])), *told("wrong button", ("symptoms", None))]
    assert own_words(events) == {"opening": "my calf", "body_part": "my calf"}
    events += [*told("start again"), {"event": "action", "name": "action_start_again"}, *told("my shin", ("body_part", ["shin"]))]
    assert own_words(events) == {"opening": "my shin", "body_part": "my shin"}


def test_what_was_tapped_is_in_nobodys_own_words(talk: Talk) -> None:
    typed = "it is my left calf, it jumps only after running"
    talk.say(talk.say("hello")[-1]["buttons"][0]["payload"])
    for said in ("none of these", typed, "A few seconds"):
        talk.say(said)
    lines = talk.say("summary for my doctor")[0]["data"]["page"]["lines"]
    assert lines[0]["answer"] == typed
    assert {line["words"] for line in lines} == {""}


def test_a_tap_is_known_by_what_the_page_showed_and_by_what_a_button_says() -> None:
    answers = {"event": "slot", "name": "bout", "value": 90.0}
    twitch = {"entities": [{"entity": "twitch", "value": "twitch"}]}
    question = {"event": "bot", "metadata": {"metadata": {"asks": "bout"}}, "data": {"buttons": [{"payload": "1 min"}]}}
    begins = {"event": "user", "text": knowledge().advice.choices["check_me_says"], "parse_data": twitch}
    page = {"event": "user", "text": "a minute", "metadata": {"shown": "A minute"}}
    assert own_words([begins, question, page, answers]) == {}
    assert own_words([begins, question, {"event": "user", "text": "a minute"}, answers]) == {"bout": "a minute"}
    assert own_words([question, {"event": "user", "text": "a minute"}, answers, {"event": "user", "text": "1 min"}, answers]) == {}


@pytest.mark.parametrize("then", ["summary for my doctor", "my calf has been twitching for 3 days, since monday"])
def test_days_later_nothing_told_before_is_summed_up_or_corrected(then: str, agent: Any, run: Run, days_pass: Callable[[], None]) -> None:
    told, new = Talk(agent, run, f"told {then}"), Talk(agent, run, f"new {then}")
    for text in ("my calf twitches after my run since 5 days", "no"):
        told.say(text)
    days_pass()
    assert [reply["text"] for reply in told.say(then)] == [reply["text"] for reply in new.say(then)]


def test_whom_the_article_leaves_out_is_told_after_the_advice_too(talk: Talk) -> None:
    talk.say(FIRST)
    talk.say("had 3 coffees")
    assert "start again" not in talk.say("my calf twitches and i am pregnant")[0]["text"]


def test_who_says_to_be_fourteen_is_understood_in_the_interview(talk: Talk) -> None:
    asked = talk.say("calf twitching after football")[-1]["text"]
    assert [reply["text"] for reply in talk.say("im 14 btw")] == [asked]
    assert talk.slots()["groups"] == ["under_16"]


def test_a_correction_brings_the_question_again(talk: Talk) -> None:
    asked = talk.say("left calf twitching after football")[-1]["text"]
    assert [reply["text"] for reply in talk.say("no wait, the right one")] == [asked]
    assert talk.slots()["symptoms"] is None


def test_what_should_i_do_is_answered_in_the_interview_too(talk: Talk) -> None:
    for text in ("calf twitches after cycling", "no"):
        talk.say(text)
    replies = talk.say("if my face drooped what should i do")
    assert replies[0]["data"]["outcome"] == "explain"
    assert replies[-1]["data"]["asks"] == "at_rest"


def test_help_that_is_needed_today_is_told_again(talk: Talk) -> None:
    talk.say("my calf is swollen, hot and red, and it twitches")
    assert talk.say("the left calf")[-1]["data"]["level"] == "urgent"
    assert "today" in talk.say("the left calf")[-1]["text"]


def test_reasons_are_the_persons_own(talk: Talk) -> None:
    talk.say("my calf twitches after my run, no other symptoms, no meds, no warm up")
    talk.say("also when i rest")
    talk.say("20 minutes")
    replies = talk.say("three days")
    assert outcome(replies) == "see_doctor"
    assert "20 minutes" in replies[-1]["text"]
    assert "when you rest" in replies[-1]["text"]


@pytest.mark.parametrize("sign", ["my calf is swollen, hot and red, and it twitches", "my foot has been numb for 3 days"])
@pytest.mark.parametrize(
    "asked", ["How do I ease it now?", "is that normal", "should i massage it", "will it go away", "can i train again"]
)
def test_nobody_who_needs_help_today_is_told_to_rub_or_that_it_passes(sign: str, asked: str, talk: Talk) -> None:
    (referred,) = talk.say(sign)
    assert not any("ease" in button["title"] for button in referred["buttons"])
    replies = talk.say(asked)
    assert replies[0]["data"]["level"] == "urgent"
    assert facts(replies) == set()
    assert facts(talk.say("does coffee cause twitching")) == {"causes.excess_caffeine", "prevention.limit_caffeine_before"}
    talk.say("start again")
    assert facts(talk.say(asked))


@pytest.mark.parametrize(
    ("question", "follow_up", "fact"),
    [
        ("does magnesium help", "why?", "causes.electrolyte_deficiency"),
        ("how do i ease it", "why?", "causes.exact_reason_unclear"),
        ("should i warm up", "and magnesium?", "prevention.magnesium"),
        ("is caffeine bad", "what else?", None),
        ("does potassium help", "how much?", None),
        ("does a massage help", "does that help?", None),
    ],
)
def test_follow_ups(question: str, follow_up: str, fact: str | None, talk: Talk) -> None:
    talk.say(question)
    replies = talk.say(follow_up)
    assert outcome(replies) in ("topic", "causes", "prevention", "explain", "self_care")
    assert replies[-1]["text"]
    if fact:
        assert fact in facts(replies)


def test_the_article_is_silent_on_amounts_and_says_so(talk: Talk) -> None:
    talk.say("how much water should i drink")
    assert "not" in talk.say("how many litres?")[-1]["text"]


def test_where_a_fact_is_from(talk: Talk) -> None:
    talk.say("does caffeine cause twitching")
    (reply,) = talk.say("where is that from?")
    known = knowledge()
    assert known.article.title in reply["text"]
    assert known.sections["causes"] in reply["text"]


def test_where_a_sign_is_from(talk: Talk) -> None:
    talk.say("my face has dropped on one side")
    (reply,) = talk.say("where is that from?")
    assert "NHS" in reply["text"]
    assert "not been approved" in reply["text"]


def test_a_question_about_a_sign_is_answered_from_its_entry(talk: Talk) -> None:
    (reply,) = talk.say("what if my pee turns brown")
    assert reply["data"]["outcome"] == "explain"
    assert "emergency number" in reply["text"]
    assert "NIOSH_RHABDO" in reply["data"]["sources"]


def test_people_whom_the_article_leaves_out(talk: Talk) -> None:
    replies = talk.say("im pregnant, is it safe to take magnesium for twitches")
    assert any("pregnan" in reply["text"] for reply in replies)


def test_a_withheld_fact_is_not_offered(talk: Talk) -> None:
    talk.say("im 20 weeks pregnant and my calf twitches after walks, nothing else, only then, few seconds, since today, no meds")
    replies = talk.say("hard session")
    assert "relief.warm_bath" not in facts(replies)


def test_two_questions_in_one_message(talk: Talk) -> None:
    stated = facts(talk.say("Does coffee cause twitching? And does magnesium help?"))
    assert "causes.excess_caffeine" in stated
    assert "prevention.magnesium" in stated


def test_start_again_forgets(talk: Talk) -> None:
    talk.say(FIRST)
    talk.say("start again")
    assert {name: value for name, value in talk.slots().items() if value and name != "session_started_metadata"} == {}


@pytest.mark.parametrize(("answer", "asked"), [("no", "symptoms"), ("no other symptoms", "at_rest"), ("yes", "symptoms")])
def test_a_yes_or_no_to_what_an_answer_asked_begins_the_interview(answer: str, asked: str, talk: Talk) -> None:
    talk.say("is it als??? im so scared")
    assert talk.say(answer)[-1]["data"]["asks"] == asked


def test_a_no_to_an_answer_that_asked_nothing_is_to_nothing(talk: Talk) -> None:
    talk.say("does magnesium help")
    assert outcome(talk.say("no")) == "clarify"


def test_a_yes_to_the_offer_to_check_is_taken(talk: Talk) -> None:
    assert outcome(talk.say("yes")) == "clarify"
    assert talk.say("yes please")[-1]["data"]["asks"] == "symptoms"


def test_a_no_to_the_offer_to_check_is_no_yes(talk: Talk) -> None:
    talk.say("no")
    assert outcome(talk.say("no")) == "clarify"


def test_a_yes_that_something_is_wrong_is_never_passed_over(talk: Talk) -> None:
    talk.say("calf twitches after running since today, only then, few seconds, no other symptoms, no meds, no warm up")
    talk.say("im so scared it is als")
    assert talk.say("yes")[-1]["data"]["asks"] == "symptoms"


def test_what_was_asked_before_other_things_is_not_answered_later(talk: Talk) -> None:
    talk.say("im so scared it is als")
    talk.say("thanks")
    assert outcome(talk.say("no")) == "clarify"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("five weeks now with this thing in my calf, it twitches", "5 weeks"),
        ("is it normal that my calf still twitches a month after the marathon", "4 weeks"),
        ("it was meant to go in a few days but its been 4 weeks", "4 weeks"),
        ("my quad twitched for 22 minutes nonstop after squats", "22 minutes"),
        ("my calf twitches all the time, whether i train or not", "when you rest"),
    ],
)
def test_what_the_first_message_establishes_is_acted_on_at_once(told: str, reason: str, talk: Talk) -> None:
    referral, question = talk.say(told)[-2:]
    assert referral["data"]["level"] == "see_doctor"
    assert reason in referral["text"]
    assert question["data"]["asks"] == "symptoms"
    # Once: the next message gets the next question.
    assert [reply["data"].get("level") for reply in talk.say("no, none of these")] == [None]


@pytest.mark.parametrize(
    "told",
    [
        "my calf twitches when i lie in bed after a run",
        "had covid four months ago, went running today and my calf jumps",
        "i have played squash for thirty years and my calf twitched this evening",
    ],
)
def test_what_does_not_say_so_is_asked_for(told: str, talk: Talk) -> None:
    (question,) = talk.say(told)
    assert question["data"]["asks"] == "symptoms"
