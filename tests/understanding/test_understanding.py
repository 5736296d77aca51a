"""Held-out messages: kept apart from training, and understood no worse than when the figures were last committed."""

from __future__ import annotations

import math
from difflib import SequenceMatcher
from typing import Any

import pytest
import yaml

from assistant.knowledge import knowledge
from assistant.nlu import wordings
from assistant.nlu.lexicon import lexicon
from tests.conftest import ROOT, Run, Talk
from tests.understanding.measure import (
    CONVERSATIONS,
    FALSE_ALARMS,
    FOLDER,
    Reply,
    attacks,
    conversations,
    converse,
    crossings,
    ends_right,
    held_out,
    interval,
    measure,
)

# Two messages whose words are alike to this degree say the same thing in the same way.
NEAR_COPY = 0.9
FIGURES: dict[str, list[int]] = yaml.safe_load((FOLDER / "figures.yml").read_text(encoding="utf-8"))


def words(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in lexicon().reader.read(text).tokens if token.text.isalnum())


def trained_on() -> set[tuple[str, ...]]:
    texts = [text for sign in knowledge().signs.values() for text in (*sign.examples, *sign.not_this)] + list(knowledge().harmless)
    texts += [text for text, _ in wordings.stated()] + wordings.harmless()
    for file in (ROOT / "data" / "nlu").glob("*.yml"):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            texts += [line[2:] for line in entry["examples"].splitlines()]
    return {words(text) for text in texts}


def test_no_training_example_is_a_near_copy() -> None:
    by_size: dict[int, list[tuple[frozenset[str], tuple[str, ...]]]] = {}
    for known in trained_on():
        by_size.setdefault(len(set(known)), []).append((frozenset(known), known))
    copies = []
    # Crossed messages are made of plain names, which training data has as well; nobody wrote them.
    for held in [*held_out(), *attacks()]:
        said, these = words(held.text), frozenset(words(held.text))
        if len(said) < 4:
            continue  # "hello" and "no" are what they are
        # Of nine words in ten alike, neither can have many more than the other.
        sizes = range(math.ceil(NEAR_COPY * len(these)), math.floor(len(these) / NEAR_COPY) + 1)
        for those, known in (entry for size in sizes for entry in by_size.get(size, [])):
            alike = len(these & those) >= NEAR_COPY * max(len(these), len(those))
            if alike and SequenceMatcher(None, said, known).ratio() >= NEAR_COPY:
                copies.append((held.text, " ".join(known)))
    assert copies == []


def test_there_are_enough() -> None:
    assert len(held_out()) >= 600
    assert len(conversations()) >= 60


@pytest.fixture(scope="module")
def measured(agent: Any, run: Run) -> dict[str, list[int]]:
    def say(conversation: str, text: str) -> list[Reply]:
        return Talk(agent, run, conversation).say(text)

    figures = measure(say, [*held_out(), *attacks(), *crossings()])[0]
    held = conversations()
    figures[CONVERSATIONS] = [sum(ends_right(one, converse(say, one)) for one in held), len(held)]
    return figures


@pytest.mark.parametrize("figure", [name for name in FIGURES if "typing error" not in name])
def test_no_figure_falls(figure: str, measured: dict[str, list[int]]) -> None:
    hits, of = measured[figure]
    low, high = interval(*FIGURES[figure])
    if figure in FALSE_ALARMS:
        assert hits / of <= high
    else:
        assert hits / of >= low
