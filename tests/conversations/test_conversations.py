"""Whole talks in Rasa's story format, held with the trained model: its understanding, policies, actions and slots.

`rasa test` reads the same files, but runs no custom action; here everything runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Run, Talk, outcome

FOLDER = Path(__file__).parent
# Rasa notes these for itself; a story does not tell them.
UNSPOKEN = {"action_listen", "action_session_start", "action_extract_slots"}
KINDS = {"happy_paths", "corrections", "digressions", "negations", "emergencies", "invalid_input"}


def stories() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(FOLDER.glob("*/*.yml")):
        for story in yaml.safe_load(file.read_text(encoding="utf-8"))["stories"]:
            yield f"{file.parent.name}: {story['story']}", story


STORIES = dict(stories())


def test_there_are_talks_of_every_kind() -> None:
    assert {name.split(":")[0] for name in STORIES} == KINDS
    assert len(STORIES) >= 10


@pytest.mark.parametrize("name", STORIES)
def test_talk(name: str, agent: Any, run: Run) -> None:
    story = STORIES[name]
    talk = Talk(agent, run, name)
    replies: list[dict[str, Any]] = []
    expected: list[str] = []
    said = ""
    for step in [*story["steps"], {"user": None}]:
        if "user" in step:
            if said:
                done = [action for action in talk.actions() if action not in UNSPOKEN]
                assert done == expected, f"after '{said}', understood as {talk.intent()}"
            if step["user"] is None:
                break
            said, expected = step["user"].strip(), []
            replies = talk.say(said)
            assert replies, f"no reply to '{said}'"
            if "intent" in step:
                assert talk.intent() == step["intent"], said
        elif "action" in step:
            expected.append(step["action"])
        elif "active_loop" in step:
            continue  # Rasa's own format wants it; the actions that follow show it
        else:
            slots = talk.slots()
            for wanted in step["slot_was_set"]:
                for slot, value in wanted.items():
                    assert slots[slot] == value, f"slot {slot} after '{said}'"
    assert outcome(replies) == story["metadata"]["ends"]
    signs = {sign for reply in replies for sign in reply["data"].get("signs") or []}
    assert set(story["metadata"].get("signs", [])) <= signs
