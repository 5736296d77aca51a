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
    "message",
    [
        "no numbness… chest pain", "no rash… throat closing", "no headache… having a seizure", "no fever‼ chest pain", "overdose…",
        "i canʼt breathe", "my son isn′t breathing", "he isn＇t breathing",
        "monday no chest pain. tuesday no chest pain. wednesday no chest pain. thursday no chest pain. today chest pain",
        " ".join(f"day {day}: no chest pain." for day in range(30)) + " today chest pain",
    ],
)  # fmt: skip
def test_no_mark_of_a_keyboard_and_no_number_of_denials_hides_a_sign(message: str) -> None:
    known = knowledge()
    assert any(entity["entity"] == "sign" and counts(entity, known) for entity in find(message))


@pytest.mark.parametrize("message", ["nae chest pain", "i havnae any chest pain", "dinnae have chest pain or owt", "am nae weak or numb"])
def test_scots_denies_too(message: str) -> None:
    assert {entity["status"] for entity in find(message) if entity["entity"] == "sign"} == {"absent"}


# Each word that might seem to deny, imagine or put into the past stands beside a sign that is here.
@pytest.mark.parametrize(
    "message",
    [
        "John has chest pain and his arm is heavy",
        "he is acting like a drunk and talking gibberish",
        "long story : crushing chest pain since breakfast",
        "having a seizure, need first aid",
        "had a seizure over the weekend",
        "face drooping, seeing double",
        "do i need a doctor for chest pain",
        "nobody is home, chest pain",
        "no one else is here, chest pain",
        "nothing is helping, chest pain",
        "my ex husband collapsed in the hall",
        "he collapsed, not been well ever since",
        "face dropped on sunday, not normal ever since",
        "not waking up, my son is 5",
        "he collapsed by ten this morning",
        "fainted when i saw the blood",
        "nursing student here with chest pain",
        "chest pain came right in the middle",
        "my jaw locked after the booster",
        "chest hurts, rest has not cured it",
        "he used to run marathons, collapsed at the sink",
        "my pee went brown, not from beetroot",
        "had a nightmare and woke with chest pain",
        "wore compression socks, calf swollen and hot",
        "all i remember is chest pain",
        "feeling has fully gone, one leg numb and weak",
        "collapsed on our honeymoon yesterday",
        "before i start my run i get chest pain",
        "my biggest worry is my chest pain",
        "chest pain meaning i had to sit down",
        "i saw an ad for shoes then got chest pain",
        "post run chest pain on the sofa",
        "exam on monday and chest pain since breakfast",
        "in the exam i passed out",
        "lesson on saturday, twisted it, passed out after",
        "the cast came off, calf swollen and hot",
        "it was a nightmare in the heat, passed out",
        "went to play a match and passed out",
        "side effects are chest pain and dizziness",
        "witnesses say he had a seizure",
        "i assume the numbness is from cycling, my foot is numb",
        "nobody else is with me, chest pain",
        "my chest hurts so bad never again",
        "did a huge leg day, now chest pain",
        "can barely breathe lying down",
        "bad dream last night, chest pain this morning",
        "watched a tiktok on squats and got chest pain",
        "he had a fit, of all places in the pool",
        "she had a fit when i came home",
        "coughing, then a seizure",
        "passed out in the sauna, slept badly after",
        "chest pain, blood results fine",
        "i worry he is having a fit",
        "im scared my son is having a seizure",
        "my symptoms? chest pain",
        "not had any seizures before today",
        "he has never had a fit before but he just did",
        "he never had a seizure before, but just had one",
        "had brown pee last year after a race and now again",
        "no history of heart problems, chest pain for 20 mins now",
        "my heart was fine, chest pain now",
        "no history of heart problems, tight chest for 20 mins now",
        "tight chest since this morning",
        "can i stretch if my calf is swollen and hot?",
        "is very strong pain in the chest",
        "leg twitches, is terrible, chest pain too",
        "confused about what day it is",
        "she is confused about who i am",
        "walked the dog and collapsed",
        "my dog knocked me over, chest pain",
        "passed out as soon as i stood up",
        "laughing then he collapsed",
        "cannot breathe. laughing made it worse",
        "jaw locked after the jab",
        "jab last week and now my jaw is locked",
        "hot bath then my calf got swollen",
        "could it give my chest pain",
        "squats made me pass out",
        "collapsed at the park",
        "stroke symptoms: face drooping on the left",
        "my dog was pulling and i had a seizure",
        "he put his arm up and collapsed",
        "joking aside i have chest pain",
        "calf is hot and swollen, warm bath did nothing",
        "rash: no, dark pee: yes",
        "a red hot patch on my calf that spreads",
        "they think im joking i cant breathe",
        "found dad in his chair unconscious",
        "gran fell off the chair passed out",
        "how i feel today: no energy and chest pain",
        "leg weakness, all feeling in it is gone",
        "calf is red and swollen shower made it worse",
        "the weakness went away and then my face drooped",
    ],
)
def test_what_only_sounds_like_a_cue_hides_nothing(message: str) -> None:
    assert any(e["entity"] == "sign" and counts(e, knowledge()) for e in find(message))


@pytest.mark.parametrize(
    "text",
    [
        "no sleep and chest pain since lunch",
        "i have had no rest, chest pain on the stairs",
        "havent eaten and chest pain now",
        "no warm up and chest pain at once",
        "without any water and i have chest pain",
        "no meds and chest pain",
    ],
)
def test_a_circumstance_that_is_missing_denies_no_sign(text: str) -> None:
    assert ("chest_pain", "present") in [(entity["value"], entity["status"]) for entity in find(text)]


@pytest.mark.parametrize("text", ["no meds, no chest pain", "no meds or chest pain", "no sleep trouble and no chest pain"])
def test_what_is_denied_beside_it_still_is(text: str) -> None:
    assert ("chest_pain", "absent") in [(entity["value"], entity["status"]) for entity in find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "negative for everything: no fever, no numbness, no dark pee",
        "i have checked daily: no weakness, no swelling",
        "my dog has seizures, me just a twitchy calf",
        "a talk at work about suicide awareness, my arm twitched",
        "mum frets about tetanus, my jabs are up to date",
        "chest pain at all: no",
        "warm pack on the calf, for how long?",
        "the weakness went away right after the set",
    ],
)
def test_what_is_of_nobody_here_is_not_counted(text: str) -> None:
    assert not [e["value"] for e in find(text) if e["entity"] == "sign" and counts(e, knowledge())]
