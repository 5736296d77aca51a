"""The pattern language of the content."""

from __future__ import annotations

import pytest

from assistant.nlu.patterns import PatternError, PatternSet, side_by_side

GROUPS = {"urine": ["pee", "wee", "water works"], "brown": ["brown", "tea colour*"]}


def found(pattern: str, text: str) -> bool:
    return bool(PatternSet([("label", pattern)], GROUPS).find(f" {text} "))


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("chest pain", "i have chest pain", True),
        ("chest pain", "chest and pain", False),
        ("swell*", "it is swelling", True),
        ("{urine} .. {brown}", "my pee is really very brown", True),
        ("{urine} .. {brown}", "my pee is a b c d brown", False),
        ("{urine} .. {brown}", "my pee is fine . it is brown", False),
        ("{urine} .. {brown}", "my water works are tea coloured", True),
        ("(very)? brown {urine}", "brown pee", True),
        ("(dark|deep red) {urine}", "deep red wee", True),
        ("(clear|{brown}) {urine}", "brown pee", True),
        ("(clear|{brown}) {urine}", "clear pee", True),
        ("{urine} & {brown}", "brown . and more . pee", True),
        ("{urine} & {brown}", "brown only", False),
        ("pee", "peed", False),
    ],
)
def test_finds(pattern: str, text: str, expected: bool) -> None:
    assert found(pattern, text) is expected


@pytest.mark.parametrize("pattern", ["{nothing} here", "(a|{nothing})", "(a|(b)", "..", "", "a & "])
def test_what_cannot_be_read_is_said(pattern: str) -> None:
    with pytest.raises(PatternError):
        PatternSet([("label", pattern)], GROUPS)


def test_places_are_those_of_the_words() -> None:
    text = " i pee brown "
    (match,) = PatternSet([("x", "pee .. brown")], GROUPS).find(text)
    assert [text[slice(*span)] for span in match.spans] == ["pee", "brown"]


def test_of_several_ways_to_place_the_pieces_the_closest_counts() -> None:
    text = " my heart is fine , chest pain now "
    (match,) = PatternSet([("x", "(heart|chest) .. pain")], GROUPS).find(text)
    assert [text[slice(*span)] for span in match.spans] == ["chest", "pain"]


def test_words_side_by_side() -> None:
    groups = {"pain": ["bad ache", "sting*"]}
    assert side_by_side(["my (left|right)? arm .. {pain}", "cold & out"], groups) == {
        ("my", "left"),
        ("my", "right"),
        ("my", "arm"),
        ("left", "arm"),
        ("right", "arm"),
        ("bad", "ache"),
    }
