"""A sentence that was sent in two messages: "my chest", then "it hurts". Pure."""

from __future__ import annotations

from typing import Any

from assistant.knowledge import Level, knowledge
from assistant.nlu.context import HOLDS
from assistant.nlu.findings import find
from assistant.nlu.lexicon import lexicon

# So many words at most make half a sentence; a first half begins with one of `begins_half` (content/words.yml).
FIRST_WORDS, SECOND_WORDS = 5, 6


def of_both_halves(before: str, latest: str) -> list[dict[str, Any]]:
    """The signs for urgent help that two messages state together and the latest does not state by itself, as its entities.

    Only what a pattern reads: with so few words the second look would guess.

    Args:
        before: the message before.
        latest: the latest message.
    """
    first, second = (lexicon().reader.read(text) for text in (before, latest))
    halves = 1 < len(first.tokens) <= FIRST_WORDS and 0 < len(second.tokens) <= SECOND_WORDS
    if not halves or first.tokens[0].text not in lexicon().begins_half:
        return []
    known = knowledge().signs
    alone = {entity["value"] for entity in find(latest) if entity["entity"] == "sign"}
    return [
        {**entity, "start": 0, "end": len(latest)}
        for entity in find(f"{before} {latest}")
        if entity["entity"] == "sign"
        and entity["status"] in HOLDS
        and entity["value"] not in alone
        and known[entity["value"]].rank >= Level.urgent
    ]
