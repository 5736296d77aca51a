"""Signs that are not there: denied, imagined, asked about, past, another's; every way crossed with every sign."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.knowledge import Level, knowledge
from assistant.nlu.findings import find
from assistant.triage import counts
from tests.conftest import Run

SIGNS = (
    "chest pain", "trouble breathing", "shortness of breath", "slurred speech", "a droopy face", "numbness",
    "numbness on one side", "weakness", "weakness in my arm", "dark urine", "brown pee", "cola coloured urine", "swelling",
    "severe pain", "a seizure", "fainting", "confusion", "fever", "a swollen calf", "a racing heart", "palpitations",
    "double vision", "trouble swallowing", "muscle wasting", "pins and needles", "bladder problems", "heatstroke", "a blood clot",
    "rhabdo", "a locked jaw", "coughing up blood",
)  # fmt: skip
WAYS = (
    "no {}", "i have no {}", "i dont have {}", "no {} or anything like that, just twitching", "calf twitches but no {}",
    "my calf twitches after running, no {}", "without {}", "there is no {}", "never had {}", "i havent had {}",
    "not getting any {}", "{}: no", "no sign of {}", "27m, no meds, no {}, calf flickers since monday", "denies {}",
    "what if i get {}", "what if {} starts", "is {} a sign of something", "can twitching cause {}", "does dehydration cause {}",
    "should i worry about {}", "im worried i might get {}", "how do i know if i have {}", "had {} in 2015, fine now",
    "used to get {} years ago", "i read about {} and got scared", "my uncle had {} years ago", "would {} be serious",
)  # fmt: skip
MOST_FALSE_ALARMS = 0.015


@pytest.fixture(scope="module")
def alarms(agent: Any, run: Run) -> list[str]:
    """The messages in which a sign that is not there would be acted on."""
    known, found = knowledge(), []
    for sign in SIGNS:
        for way in WAYS:
            entities = run(agent.parse_message(way.format(sign)))["entities"]
            levels = [known.signs[e["value"]].rank for e in entities if e["entity"] == "sign" and counts(e, known)]
            if max(levels, default=Level.self_care) >= Level.urgent:
                found.append(way.format(sign))
    return found


def test_hardly_any_raises_an_alarm(alarms: list[str]) -> None:
    assert len(alarms) <= MOST_FALSE_ALARMS * len(SIGNS) * len(WAYS), alarms


@pytest.mark.parametrize(
    "way", ["no {}", "i have no {}", "i dont have {}", "there is no {}", "what if i get {}", "had {} in 2015, fine now"]
)
def test_the_plainest_ways_never_do(way: str, alarms: list[str]) -> None:
    assert [alarm for alarm in alarms if alarm in {way.format(sign) for sign in SIGNS}] == []


@pytest.mark.parametrize(
    ("message", "sign", "status"),
    [
        ("In 2012 I collapsed at work, and they kept me in for a night", "collapse_unconscious", "past"),
        ("In 2012 I broke a leg, and now I collapsed at work", "collapse_unconscious", "present"),
        ("when i was a kid my face drooped for a week", "stroke_face", "past"),
        ("when i was a kid it was fine but today my face is drooping", "stroke_face", "present"),
        ("the textbook describes a runner who collapsed at the finish", "collapse_unconscious", "hypothetical"),
        ("my mate collapsed during the documentary", "collapse_unconscious", "other_person"),
        ("in 2012 i wanted to kill myself", "suicidal_or_self_harm", "present"),
    ],
)
def test_a_sentence_of_long_ago_or_of_films_is_so_as_a_whole(message: str, sign: str, status: str) -> None:
    assert [e["status"] for e in find(message) if e["entity"] == "sign" and e["value"] == sign] == [status]
