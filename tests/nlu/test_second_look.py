"""When the second look finds a sign likely enough, and what the nearest examples say."""

from __future__ import annotations

import sys
import unicodedata
from typing import Any

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from assistant.knowledge import Level, knowledge
from assistant.nlu import wordings
from assistant.nlu.context import HOLDS
from assistant.nlu.encoder import Spans
from assistant.nlu.findings import find
from assistant.nlu.lexicon import lexicon
from assistant.nlu.neighbours import COMPARED, DIRECTIONS, NEAREST, NEARNESS, Neighbours, highest
from assistant.nlu.reading import Reading
from assistant.nlu.second_look import SecondLook
from assistant.nlu.stretches import NONE
from tests.conftest import Run
from tests.understanding.measure import held_out

SIGNS = {"over_two_weeks": Level.see_doctor, "dvt": Level.urgent, "rhabdo": Level.emergency}


@pytest.mark.parametrize(
    ("shares", "alarmed", "found"),
    [
        ({"rhabdo": 0.05, "dvt": 0.05, "over_two_weeks": 0.1, NONE: 0.8}, False, []),
        ({"rhabdo": 0.6, "dvt": 0.0, "over_two_weeks": 0.0, NONE: 0.4}, False, ["rhabdo"]),
        # An emergency of one in seven: with nothing urgent beside it that is no alarm, with something urgent it is one.
        ({"rhabdo": 0.15, "dvt": 0.05, "over_two_weeks": 0.0, NONE: 0.8}, False, []),
        ({"rhabdo": 0.15, "dvt": 0.3, "over_two_weeks": 0.0, NONE: 0.55}, False, ["dvt", "rhabdo"]),
        ({"rhabdo": 0.15, "dvt": 0.05, "over_two_weeks": 0.1, NONE: 0.7}, True, ["rhabdo"]),
        # What makes a doctor likely is no ground to name an urgent sign.
        ({"rhabdo": 0.1, "dvt": 0.1, "over_two_weeks": 0.4, NONE: 0.4}, False, ["over_two_weeks"]),
    ],
)
def test_a_sign_is_pressing(shares: dict[str, float], alarmed: bool, found: list[str]) -> None:
    assert {sign: knowledge().signs[sign].rank for sign in SIGNS} == SIGNS
    assert [sign for sign, _ in SecondLook._pressing(shares, SIGNS, alarmed)] == found


class Says:
    """A classifier that says the same of every stretch."""

    def __init__(self, **shares: float) -> None:
        self.labels, self._shares = list(shares), list(shares.values())

    def predict(self, reading: Reading, spans: list[Spans]) -> np.ndarray[Any, Any]:
        return np.array([self._shares] * len(spans))

    nearest = predict


def added(text: str, **shares: float) -> list[str]:
    """The signs that the second look adds to a message of which a classifier thinks so."""
    looks: Any = Says(**{"over_two_weeks": 0.0, "dvt": 0.0, "rhabdo": 0.0, NONE: 0.0, **shares})
    entities = SecondLook(None, None, looks).look(text, find(text))
    return [entity["value"] for entity in entities if entity.get("extractor") == "SecondLook"]


def test_among_denials_only_what_it_is_sure_of_counts() -> None:
    text = "no chest pain, no weakness, no numbness, but i wee treacle"
    assert added(text, rhabdo=0.6, none=0.4) == []
    assert added(text, rhabdo=0.95, none=0.05) == ["rhabdo"]


def test_beside_ordinary_soreness_an_alarm_must_be_surer() -> None:
    for text, sore in (("im so sore i walk like a zombie after leg day", True), ("im so odd i walk like a zombie after leg day", False)):
        assert any(entity["value"] == "normal_soreness" for entity in find(text)) == sore
        assert added(text, rhabdo=0.5, none=0.5) == ([] if sore else ["rhabdo"])
        assert added(text, rhabdo=0.7, none=0.3) == ["rhabdo"]
        assert added(text, over_two_weeks=0.5, none=0.5) == ["over_two_weeks"]


def test_nothing_is_guessed_at_without_what_it_is_about() -> None:
    assert added("bit tender all over after legs", statin_muscle=0.9, none=0.1) == []
    assert added("bit tender all over since the new tablets", statin_muscle=0.9, none=0.1) == ["statin_muscle"]
    premises = lexicon().guessed_with
    stated = [(text, sign) for text, sign in wordings.all_stated() if sign in premises.labels]
    assert len(stated) > 400
    assert [text for text, sign in stated if sign not in premises.labels_in(lexicon().reader.read(text).text)] == []


def test_what_is_only_supposed_is_not_guessed_at_unless_a_life_is_at_risk() -> None:
    assert added("let's say an elephant sat on my ribs", chest_pain=0.95, none=0.05) == []
    assert added("let's say an elephant sat on my ribs. it does now", chest_pain=0.95, none=0.05) == ["chest_pain"]
    assert added("let's say i took all of these", overdose_poisoning=0.95, none=0.05) == ["overdose_poisoning"]


def test_nothing_is_guessed_at_that_is_denied_in_its_own_words() -> None:
    assert added("zero stiffness, legs feel loose", muscle_rigidity=0.95, none=0.05) == []
    assert added("legs like planks", muscle_rigidity=0.95, none=0.05) == ["muscle_rigidity"]
    assert added("temp 36.6 and feeling well", fever_unwell_muscle=0.95, none=0.05) == []
    denials = lexicon().not_guessed_with
    denied = [(text, sign) for text, sign in wordings.all_stated() if sign in denials.labels_in(lexicon().reader.read(text).text)]
    # What people state in such words all the same, a pattern finds.
    assert [text for text, sign in denied if not any(e["value"] == sign and e["status"] in HOLDS for e in find(text))] == []


def test_what_is_asked_of_anybody_is_not_overruled() -> None:
    asked = "can low magnesium give people chest pain"
    assert added(asked, chest_pain=0.99, none=0.01) == []
    assert added(asked + "? mine is crushing since noon", chest_pain=0.99, none=0.01) == ["chest_pain"]
    assert added("how long to rest with chest pain", chest_pain=0.99, none=0.01) == ["chest_pain"]
    assert added("can low magnesium give people an elephant on the ribs", chest_pain=0.99, none=0.01) == ["chest_pain"]


def test_beside_a_lot_of_caffeine_an_alarm_must_be_surer() -> None:
    assert added("three energy drinks before the gym", overdose_poisoning=0.5, none=0.5) == []
    assert added("three energy drinks before the gym", overdose_poisoning=0.7, none=0.3) == ["overdose_poisoning"]
    assert added("something before the gym", overdose_poisoning=0.5, none=0.5) == ["overdose_poisoning"]


def test_thanks_are_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    predict = Says.predict

    def listen(self: Says, reading: Reading, spans: list[Spans]) -> np.ndarray[Any, Any]:
        seen.append(reading.text)
        return predict(self, reading, spans)

    monkeypatch.setattr(Says, "predict", listen)
    assert added("Hello, sorry to bother you. my dad just messed himself Thank you so much!", rhabdo=0.6, none=0.4) == ["rhabdo"]
    assert seen[0].split() == ["my", "dad", "just", "messed", "himself"]


def test_a_time_that_is_given_does_not_hide_the_next_likeliest_sign() -> None:
    shares = {"long_single_bout": 0.4, "continuous_without_exercise": 0.35, "none": 0.25}
    assert added("i stopped running and it goes on and on for four seconds at a time", **shares) == ["continuous_without_exercise"]


def test_an_eyelid_of_some_days_is_not_one_of_months() -> None:
    shares = {"eyelid_long": 0.7, "more_than_one_place": 0.0, "none": 0.3}
    assert added("the left lid is fluttering for a week", **shares) == []
    assert added("the left lid is fluttering since half a year", **shares) == ["eyelid_long"]
    assert added("the left lid keeps fluttering and i am fed up", **shares) == ["eyelid_long"]


def test_the_nearest_examples_say_what_they_are() -> None:
    dice = np.random.default_rng(0)
    middles = dice.standard_normal((2, 2 * DIRECTIONS)) * 5
    labels = np.repeat([0, 1], 2 * NEAREST)
    examples = (middles[labels] + dice.standard_normal((len(labels), 2 * DIRECTIONS))).astype(np.float32)
    neighbours = Neighbours.train(examples, labels)
    shares = neighbours.shares(middles.astype(np.float32))
    assert shares.argmax(axis=1).tolist() == [0, 1]
    assert np.allclose(shares.sum(axis=1), 1)
    kept = neighbours.parts()
    again = Neighbours(kept["directions"], kept["places"], kept["of"])
    assert np.allclose(again.shares(middles.astype(np.float32)), shares, atol=0.01)


@pytest.mark.parametrize("count", [NEAREST, COMPARED])
@pytest.mark.parametrize("many", [NEAREST - 1, NEAREST, NEAREST + 1, 4 * COMPARED, 4_001, 50_000])
def test_the_highest_of_many_are_found(many: int, count: int) -> None:
    values = np.random.default_rng(many).standard_normal(many).astype(np.float32)
    assert set(highest(values, count)) == set(np.argsort(values)[-count:])


def test_the_nearest_examples_are_those_of_scikit_learn() -> None:
    dice = np.random.default_rng(1)
    examples = dice.standard_normal((400, 2 * DIRECTIONS)).astype(np.float32)
    labels = np.arange(400) % 7
    ours = Neighbours.train(examples, labels)
    kept = ours.parts()
    places = Neighbours(kept["directions"], kept["places"], kept["of"])
    asked = dice.standard_normal((30, 2 * DIRECTIONS)).astype(np.float32)
    along = asked @ kept["directions"]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    theirs = KNeighborsClassifier(NEAREST, weights=lambda d: np.exp(-NEARNESS * d**2), algorithm="brute").fit(kept["places"], labels)
    assert np.allclose(places.shares(asked), theirs.predict_proba(along), atol=0.01)


def test_comparing_along_a_few_directions_first_changes_no_label(agent: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Neighbours, Any, Any]] = []
    shares = Neighbours.shares

    def listen(self: Neighbours, embeddings: Any) -> Any:
        found = shares(self, embeddings)
        asked.append((self, embeddings, found))
        return found

    monkeypatch.setattr(Neighbours, "shares", listen)
    for held in held_out()[::20]:
        run(agent.parse_message(held.text))
    monkeypatch.setattr("assistant.nlu.neighbours.COMPARED", sys.maxsize)
    assert len(asked) > 50
    for neighbours, embeddings, found in asked:
        exact = shares(neighbours, embeddings)
        assert (exact.argmax(axis=1) == found.argmax(axis=1)).all()
        assert np.abs(exact - found).max() < 0.1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("hello\nthroat closing", "throat"),
        ("Sorry to bother you, cafe\u0301. Cafe\u0301 trip done, and i have chest pain", "chest"),
        ("hello, sorry to bother you. my arm just went dead and i cant lift it", "my arm just went dead and i cant lift it"),
    ],
)
def test_a_greeting_hides_nothing_and_moves_no_place(text: str, place: str, agent: Any, run: Run) -> None:
    entities = run(agent.parse_message(text))["entities"]
    composed = unicodedata.normalize("NFC", text)
    assert place in [composed[entity["start"] : entity["end"]] for entity in entities if entity["entity"] == "sign"]


@pytest.mark.parametrize(
    "text",
    [
        "i mean it started like an hour ago",
        "its been going on since yesterday, when im sat on the couch",
        "just since yesterday, and its been going on today too when im sat on the sofa",
    ],
)
def test_no_sign_is_guessed_at_where_a_message_says_when(text: str, agent: Any, run: Run) -> None:
    assert [entity["value"] for entity in run(agent.parse_message(text))["entities"] if entity["entity"] == "sign"] == []
