"""What the encoder learns from: each part of a text has its own label, and the labels are those of the files."""

from __future__ import annotations

import random

import pytest

from tuning.examples import MOST_PIECES, NONE, PARTS, SINGLE_MARKS, Example, Examples, Told, as_typed

TOLD = [
    Told(["my", "chest", "is", "tight", "and", "my", "arm", "hurts"], "chest_pain", None),
    Told(["why", "do", "muscles", "twitch", "?"], NONE, "ask_cause"),
    Told(["it", "is", "only", "my", "calf", ",", "as", "ever", "."], NONE, None),
]
INTRODUCTION = ["31", "f", ",", "no", "meds"]


@pytest.fixture(scope="module")
def few() -> Examples:
    return Examples(TOLD, [INTRODUCTION])


@pytest.fixture(scope="module")
def project() -> Examples:
    return Examples.of_the_project()


def many(examples: Examples) -> list[Example]:
    return [example for seed in range(200) for example in examples.one_pass(random.Random(seed))]


def test_each_part_has_its_own_label_and_all_of_it_the_message_s(few: Examples) -> None:
    sign, none = few.signs.index("chest_pain"), few.signs.index(NONE)
    seen = set()
    for example in many(few):
        assert len(example.pieces) == len(example.part_of) <= MOST_PIECES
        assert len(example.signs) == len(example.intents) == PARTS + 1
        parts = max(example.part_of) + 1
        assert set(range(parts)) == set(example.part_of) - {-1}
        assert all(label == -1 for label in example.signs[parts:PARTS])
        # One message in it states the sign, or none does: what stands beside a message is harmless.
        assert sorted(example.signs[:parts]).count(sign) == (example.signs[PARTS] == sign)
        assert {none, sign} >= set(example.signs[:parts])
        seen.add((parts, example.signs[:parts].index(sign) if sign in example.signs else None))
    assert {(1, 0), (2, 0), (2, 1), (3, 1)} <= seen


def test_an_intent_is_not_said_of_a_text_with_more_in_it(few: Examples) -> None:
    intent = few.intents.index("ask_cause")
    beside = [example for example in many(few) if max(example.part_of) == 2]
    assert any(intent in example.intents for example in beside)
    assert {example.intents[PARTS] for example in beside} == {-1}


def test_the_same_dice_give_the_same_examples(few: Examples) -> None:
    assert list(few.one_pass(random.Random(3))) == list(few.one_pass(random.Random(3)))


def test_marks_are_left_out_and_letters_swapped_and_nothing_is_lost() -> None:
    words = TOLD[2].words
    kinds = [as_typed(TOLD[2], random.Random(seed)).words for seed in range(300)]
    unmarked = [word for word in words if word not in SINGLE_MARKS]
    assert unmarked in kinds
    assert words in kinds
    others = [typed for typed in kinds if typed not in (words, unmarked)]
    assert others
    assert all(sum(a != b for a, b in zip(typed, words, strict=True)) == 1 for typed in others)


def test_the_project_s_messages_are_all_there(project: Examples) -> None:
    assert {"chest_pain", "suicidal_or_self_harm", NONE} <= set(project.signs)
    assert {"describe_twitch", "ask_prevention"} <= set(project.intents)
    chosen = list(project.one_pass(random.Random(0)))
    stated = sum(example.signs[PARTS] not in (-1, project.signs.index(NONE)) for example in chosen)
    assert len(chosen) > 20_000
    assert stated > 7_000
