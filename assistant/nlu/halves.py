"""What two messages state together: "my chest", then "it hurts"; "34 weeks pregnant", and later "a bad headache"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assistant.knowledge import Level, knowledge
from assistant.nlu.context import HOLDS
from assistant.nlu.findings import find
from assistant.nlu.lexicon import lexicon

# So many words at most make half a sentence; a first half begins with one of `begins_half` and has none of `no_half` (content/words.yml).
FIRST_WORDS, SECOND_WORDS = 5, 6
# What a first half may end in.
ENDINGS = " .,!?…"


def of_both_halves(before: str, latest: str) -> list[dict[str, Any]]:
    """The signs for urgent help that two messages state together and neither names by itself, as the latest one's entities.

    Only what a pattern reads with words of both: with so few words the second look would guess.

    Args:
        before: the message before.
        latest: the latest message.
    """
    before = before.rstrip(ENDINGS)
    # Most turns end here: this is asked in each.
    words = _words(before)
    if not _begins(words) or not 0 < len(_words(latest)) <= SECOND_WORDS:
        return []
    return _together(before, latest)


def with_what_was_told(told: Iterable[str], latest: str) -> list[dict[str, Any]]:
    """The signs for urgent help that the latest message states of somebody of whom the talk knows more, as its entities.

    Args:
        told: groups of content/groups.yml and medicines that were told of before.
        latest: the latest message.
    """
    words = lexicon().recalled
    recalled = [words[name] for name in told if name in words]
    return [entity for word in recalled for entity in _together(f"{word} .", latest)]


def _together(before: str, latest: str) -> list[dict[str, Any]]:
    """The signs that patterns find with words of both texts and in neither by itself."""
    whole, known = f"{before} {latest}", knowledge().signs
    across = _across(whole, len(_words(before)))
    if not across:
        return []
    across -= {entity["value"] for text in (before, latest) for entity in find(text) if entity["entity"] == "sign"}
    return [
        {**entity, "start": 0, "end": len(latest)}
        for entity in find(whole)
        if entity["entity"] == "sign"
        and entity["status"] in HOLDS
        and entity["value"] in across
        and known[entity["value"]].rank >= Level.urgent
    ]


def _words(text: str) -> list[str]:
    return [token.text for token in lexicon().reader.read(text).tokens]


def _begins(words: list[str]) -> bool:
    tools = lexicon()
    return 1 < len(words) <= FIRST_WORDS and words[0] in tools.begins_half and not tools.no_half.intersection(words)


def _across(whole: str, words: int) -> set[str]:
    """The signs that patterns find with words of both halves; the first has so many."""
    reading = lexicon().reader.read(whole)
    ends = sum(len(token.text) + 1 for token in reading.tokens[:words])
    found = ((match.label, [place for span in match.spans for place in span]) for match in lexicon().signs.find(reading.text))
    return {label for label, places in found if min(places) < ends < max(places)}
