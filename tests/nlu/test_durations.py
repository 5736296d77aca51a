"""Times in people's own words: how long one spell lasts, and since when."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.nlu.durations import read_durations
from assistant.nlu.findings import find
from assistant.nlu.lexicon import lexicon

MONDAY = date(2026, 11, 23)
S, M, H, D = 1.0, 60.0, 3600.0, 86400.0


def read(text: str) -> dict[str, float]:
    return {d.kind: round(d.seconds, 1) for d in read_durations(lexicon().reader.read(text).text, MONDAY)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("couple hrs", {"duration": 2 * H}),
        ("half an hour", {"duration": 30 * M}),
        ("calf jumps after walking, few secs, nothing else", {"bout": 3 * S}),
        ("few seconds on and off all day", {"bout": 3 * S}),
        ("sprints after gym, 20 secs", {}),
        ("i am pregnant, for 3 weeks my calf twitches", {"since": 21 * D}),
        ("not been well for 3 weeks, calf twitching", {"since": 21 * D}),
        ("I am Piotr, 67 year, driver", {}),
        ("twitching for 20 years", {"since": 20 * 365 * D}),
        ("30 weeks pregnant", {}),
        ("pregnant 30 weeks", {}),
        ("im pregnant thats what i meant by 34 weeks", {}),
        ("my ankles always have been puffy, always have been for twenty years", {}),
        ("10 days. no 4 days, sorry, pool was shut last week", {"since": 4 * D}),
        ("three thursdays now", {"since": 21 * D}),
        ("two sundays", {}),
        ("only after, 10 secs or so", {"bout": 10 * S}),
        ("all the time when im reading, 2 weeks now", {"since": 14 * D}),
        # A person went on, not the twitch.
        ("swam an hour nonstop, my shoulder flutters", {}),
        ("ran 5k without stopping, calf twitches", {}),
        ("been knitting for two hours straight, finger danced for 2 secs", {"bout": 2 * S}),
        ("no break in training for 4 months", {}),
        ("ran 10k, and the twitch ran on nonstop", {"bout": D}),
        ("walked home nonstop twitching in my calf", {"bout": D}),
        ("since i ran yesterday my calf goes nonstop", {"bout": D, "since": D}),
        ("flickering 40 minutes uninterrupted", {"bout": 40 * M}),
        ("with no pause for 25 minutes", {"bout": 25 * M}),
        ("off the tablets for years", {}),
        ("been doing yoga for like 4 months", {}),
        ("been doing this for 4 months", {"since": 120 * D}),
        ("an hour and a half", {"duration": 90 * M}),
        ("2-3 days", {"since": 3 * D}),
        ("two or three weeks", {"since": 21 * D}),
        ("since tuesday", {"since": 6 * D}),
        ("since monday", {"since": 7 * D}),
        ("it began this week", {"since": 7 * D}),
        ("Thursday this week", {"since": 4 * D}),
        ("since my run on sunday", {"since": D}),
        ("all night", {"duration": 8 * H}),
        ("70% of the day", {"duration": 0.7 * D}),
        ("on and off for two wks", {"since": 14 * D}),
        (
            "a few seconds at a time for about 5 minutes, third day now",
            {"bout": 3 * S, "duration": 5 * M, "since": 3 * D},
        ),
        ("started 3 days ago", {"since": 3 * D}),
        ("did a leg workout 20 days ago", {"since": 20 * D}),
        ("for eleven minutes in one go", {"duration": 11 * M}),
        ("for the past fortnight", {"since": 14 * D}),
        ("non stop for 20 minutes", {"bout": 20 * M}),
        ("about a minute each", {"bout": M}),
        ("lasts ten minutes", {"bout": 10 * M}),
        ("over 2 weeks", {"since": 14 * D * 1.05}),
        ("more than 5 minutes", {"duration": 5 * M * 1.05}),
        ("for weeks now", {"since": 21 * D}),
        ("two and a half weeks", {"since": 17.5 * D}),
        ("a fortnight", {"since": 14 * D}),
        ("just a second", {"bout": 1.0}),
        ("yesterday", {"since": D}),
        ("since last wednesday's walk", {"since": 5 * D}),
        ("monday night", {"since": 7 * D}),
        ("june", {"since": 150 * D}),
        ("since my holiday in june", {"since": 150 * D}),
        ("since christmas", {"since": 333 * D}),
        ("quarter of an hour", {"duration": 15 * M}),
        ("three quarters of an hour each time", {"bout": 45 * M}),
        ("an hour and twenty minutes", {"duration": 80 * M}),
        ("45ish seconds", {"bout": 45.0}),
        ("a day or two", {"since": 2 * D}),
        ("two mins max", {"bout": 2 * M}),
        ("couple of days tops", {"since": 2 * D}),
        ("it never lets up", {"bout": D}),
        ("week and a half", {"since": 10.5 * D}),
        ("twenty-three days now", {"since": 23 * D}),
        ("thirty five minutes", {"duration": 35 * M}),
        ("lasts fifty to sixty seconds", {"bout": 60.0}),
        ("it still twitches three weeks after the marathon", {"since": 21 * D}),
        ("dances already one month after many pull ups", {"since": 30 * D}),
        ("today it ran unbroken for some twenty minutes", {"bout": 20 * M, "since": D / 4}),
        ("non stop since tuesday", {"bout": 6 * D, "since": 6 * D}),
        ("a good ten minutes before it gives over", {"bout": 10 * M}),
        ("the 4th week now", {"since": 28 * D}),
        ("we're into week three", {"since": 21 * D}),
        ("since 4 September", {"since": 80 * D}),
        ("since the 31st of october", {"since": 26 * D}),
        ("started on 2nd Nov", {"since": 21 * D}),
    ],
)
def test_reads(text: str, expected: dict[str, float]) -> None:
    assert read(text) == {kind: round(seconds, 1) for kind, seconds in expected.items()}


@pytest.mark.parametrize(
    "text",
    [
        "im 45 years old",
        "every 10 seconds",
        "ran for 2 hours",
        "an hour after my run",
        "twenty-five minutes after my run",
        "week nine of my plan",
        "after a 30 minute workout",
        "twice a day",
        "27m 6ft 180lbs",
        "10k this time",
        "my calf",
        "postpartum 9 months",
        "i run on wednesdays",
        "may be",
        "played twice this week",
        "I had not dug the garden in two years",
        "never lifted for months before this",
        "first time on a bike in five years",
        "married thirty years",
        "ive been doing judo for 6 years",
        "",
    ],
)
def test_leaves_other_times_alone(text: str) -> None:
    assert read(text) == {}


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("it has not stopped in three weeks", 21 * D),
        ("my thigh has been doing this for 3 weeks", 21 * D),
        ("it never let up in two weeks", 14 * D),
        ("hes been doing weird jerks for 3 weeks", 21 * D),
        ("ive been doing odd little twitches for 3 weeks", 21 * D),
        ("havent run but it twitches for 3 weeks", 21 * D),
    ],
)
def test_what_did_not_stop_has_gone_on(text: str, since: float) -> None:
    assert read(text)["since"] == since


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("ramipril for 3 years", None),
        ("lisinopril, been on it 20 years", None),
        ("on a statin since march, it twitches for 3 weeks", 21 * D),
        ("began citalopram 3 weeks ago", 21 * D),
        ("I take ramipril. twitching for 3 weeks", 21 * D),
        ("I take ramipril, for 3 weeks my eyelid twitches", 21 * D),
        ("ramipril, ive been on it for 3 years", None),
    ],
)
def test_how_long_a_medicine_is_taken_is_no_time_of_the_twitch(text: str, since: float | None) -> None:
    assert next((e["value"] for e in find(text, MONDAY) if e["entity"] == "since"), None) == since


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4 months, no, 4 days", {"since": 4 * D}),
        ("a fortnight, sorry, i mean two days", {"since": 2 * D}),
        ("not two years, two weeks", {"since": 14 * D}),
        ("4 minutes, wait, 4 seconds", {"bout": 4.0}),
        ("you said 3 months? it was three days", {"since": 3 * D}),
        ("2 weeks, no pain, each lasts 3 seconds", {"since": 14 * D, "bout": 3.0}),
        ("i have lifted for 12 years, the twitch began for real 3 days ago", {"since": 3 * D}),
        ("each one is 2 seconds but it goes on for 3 hours", {"bout": 2.0}),
    ],
)
def test_of_several_times_the_one_that_is_meant(text: str, expected: dict[str, float]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize("text", ["gym 4 days a week", "5 coffees a day", "i sit 10 hours a day", "ran a marathon in 4 hours"])
def test_how_often_is_not_how_long(text: str) -> None:
    assert read(text) == {}


@pytest.mark.parametrize("text", ["9" * 400, "1 " * 500, "for " * 500 + "weeks", "1-2-3-4-5-6-7 days" * 40])
def test_odd_input_does_no_harm(text: str) -> None:
    assert all(d.seconds >= 0 for d in read_durations(lexicon().reader.read(text).text, MONDAY))


@pytest.mark.parametrize(
    "text", [" been on it for years ", " i have been on the pill for 3 years now ", " taking them for about two weeks "]
)
def test_how_long_something_is_taken_is_no_time_of_the_twitch(text: str) -> None:
    assert read_durations(text, date(2026, 11, 29)) == []


def told(text: str) -> dict[str, float]:
    """The times of a whole message, beside what else it names."""
    return {e["entity"]: e["value"] for e in find(text, MONDAY) if e["entity"] in ("since", "bout", "duration")}


@pytest.mark.parametrize(
    "text",
    [
        "i had a dvt eight years back, this is just a flutter in my forearm",
        "knee injury two years ago and now my thigh twitches after squats",
        "had the flu four months ago, my calf twitches after today's ride",
        "i have been rowing for twenty years and this morning my arm fluttered",
        "i joined a club three months ago, and after yesterday's match my arm twitched",
        "gave birth 5 months ago, first run today and my thigh twitches",
        "took up boxing a month ago and my forearm flickers",
        "sober for nine years, the twitch comes after sprints",
        "my calf twitched for a month back in 2019 and then stopped",
        "can it last a month?",
        "can a twitch go on for 3 weeks?",
        "let's say it goes on for three weeks, what then",
        "is it bad if it goes on for three weeks",
        "she hardly drinks anything all day and her thighs twitch after practice",
        "at my desk all day, and my calf twitches after the evening run",
        "my knee was operated on, two years ago. calf twitches after squats",
        "i had slurred speech once from the dentist, ages ago. now my cheek twitches",
        "hands cold after the winter run and a finger twitches",
    ],
)
def test_what_was_long_ago_is_not_since_when_it_twitches(text: str) -> None:
    assert told(text).get("since", 0.0) < 14 * D
    assert not any(e["value"] == "over_two_weeks" and e["status"] == "present" for e in find(text, MONDAY))


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("the twitching began a month ago", 30 * D),
        ("started four weeks ago after a hike, still happening", 28 * D),
        ("did a leg workout three weeks ago and the quad still twitches", 21 * D),
        ("a month on from the race and the calf is still at it", 30 * D),
        ("for the past month my calves have been quivering", 30 * D),
        ("i had the flu four months ago and it began three weeks ago", 21 * D),
        ("i have had this for 5 weeks", 35 * D),
        ("is it normal that my calf still twitches a month after the marathon", 30 * D),
        ("all week my calf has been jumping", 7 * D),
        ("since the day before yesterday my calf jumps", 2 * D),
        ("it twitched after every session for the past two months", 60 * D),
    ],
)
def test_since_when_it_twitches_is_heard_beside_what_was_before(text: str, since: float) -> None:
    assert told(text)["since"] == since


@pytest.mark.parametrize(
    "text",
    [
        "two beats, then nothing for half an hour",
        "twitches, then nothing for ages",
        "rowed for the first time in ages",
        "i stare at a screen all day and my lid flutters",
    ],
)
def test_a_pause_and_a_day_at_work_are_no_spell(text: str) -> None:
    assert told(text).get("bout", 0.0) < 60.0
    assert "duration" not in told(text)


@pytest.mark.parametrize(
    "text",
    ["lasts about ten mins after i cool down", "it kept jumping for ten minutes", "stops after ten minutes", "it stopped after 10 min"],
)
def test_what_lasts_is_a_spell(text: str) -> None:
    assert told(text)["bout"] == 10 * M


def test_who_says_that_it_will_not_stop_twitching_is_asked_how_long_a_spell_is() -> None:
    assert "bout" not in told("my legs won't stop fluttering after spin")
    assert told("it just won't stop")["bout"] == D
