"""Cues: phrases of content/context.yml among words."""

from __future__ import annotations

import pytest

from assistant.nlu.cues import Cues


def test_a_phrase_is_found_wherever_its_words_stand_together() -> None:
    cues = Cues([("no", 1), ("no sign of", 2), ("dont|didnt have", 3)])
    assert cues.find(["no", "fever", "no", "sign", "of", "it"]) == [(1, 0, 1), (1, 2, 3), (2, 2, 5)]
    assert cues.find(["i", "didnt", "have", "it"]) == [(3, 1, 3)]
    assert not cues.find(["they", "dont", "know"])
    assert not cues.find([])


def test_a_phrase_may_leave_one_word_open() -> None:
    cues = Cues([("started !no last|this month", 1)])
    assert cues.find(["started", "around", "last", "month"]) == [(1, 0, 4)]
    assert not cues.find(["started", "no", "last", "month"])
    assert not cues.find(["started", "around", "last"])


def test_of_the_same_words_the_first_rule_comes_first() -> None:
    assert Cues([("no", "b"), ("no", "a")]).find(["no"]) == [("b", 0, 1), ("a", 0, 1)]


def test_a_phrase_that_begins_with_any_word_is_refused() -> None:
    with pytest.raises(ValueError, match="!no"):
        Cues([("!no pain", 1)])
