"""Which of a talk's events the next turn needs: the newest, and of the older ones those that still say something. Pure functions.

Rasa reads, replays and compares all events of a session at every turn; turn 300 of a talk cost five times turn 30 (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from assistant.contract import data_of

Event = dict[str, Any]

# A window is cut when it holds so many of the newest events, down to so many; a turn has six to twelve.
MOST, LEAST = 32, 16
# What ConText's judgement means here: the person has it, or someone with them.
_HOLDS = ("present", "other_person")
# Forgets all that was told before it.
_START_AGAIN = "action_start_again"
# The slots that tell something of the twitch: the summary opens with the first message that filled one or named it (actions/summary.py).
_TWITCH = "twitch"
TELLING = frozenset({"symptoms", "at_rest", "bout", "since", "triggers", "medication", "body_part", "tried"})


class Row(NamedTuple):
    """An event with its number in the store."""

    id: int
    event: Event


class Window(NamedTuple):
    """The events from number `first` on, and the older ones in `kept`."""

    first: int
    kept: tuple[int, ...]


def cut(rows: list[Row], kept: int = 0, most: int = MOST, least: int = LEAST) -> Window | None:
    """A smaller window, where these events are more than a turn needs.

    Args:
        rows: the events of the present window, oldest first.
        kept: how many of them are older ones that were kept; they are not counted, or a talk that keeps many would be cut at each turn.
        most: how many may stay as they are.
        least: how many of the newest are kept in any case.

    Returns:
        The window from now on, or None if it stays as it is.
    """
    session = max((place for place, row in enumerate(rows) if row.event["event"] == "session_started"), default=0)
    # Rasa puts one action before the first session.
    if session <= 1 and len(rows) - kept <= most:
        return None
    rows = rows[session:]
    begin = 0
    if len(rows) > most:
        # At the end of a turn: what follows begins with what the person said.
        begin = max((place for place in range(len(rows) - least) if _listens(rows[place].event)), default=0)
    needed = {row.id for row in [*_beginning(rows[:begin]), *_still_needed(rows[:begin])]}
    return Window(rows[begin].id, tuple(sorted(needed)))


def _beginning(rows: list[Row]) -> list[Row]:
    """The session's start and its first action: Rasa's policies fail on a talk all of whose actions came from rules."""
    first = next((place for place, row in enumerate(rows) if row.event["event"] == "action"), -1)
    return rows[: first + 1]


def _listens(event: Event) -> bool:
    return event["event"] == "action" and event.get("name") == "action_listen"


def _still_needed(rows: list[Row]) -> Iterator[Row]:
    """The newest event of each kind that actions look back for, and the messages in which it was said.

    Those are: each slot's value and the words for it (the summary quotes them, and opens with the first that told something), each sign
    stated, each question asked, the open form; of what was told before "start again" only that it was forgotten.
    """
    newest: dict[tuple[str, Any], list[Row]] = {}
    said: Row | None = None
    for row in rows:
        kind = row.event["event"]
        if row.event.get("name") == _START_AGAIN:
            newest = {key: needed for key, needed in newest.items() if key[0] in ("slot", "loop")}
            newest["again", None] = [row]
        elif kind == "user":
            said = row
            for entity in (row.event.get("parse_data") or {}).get("entities") or []:
                if entity["entity"] == "sign" and entity.get("status") in _HOLDS:
                    newest["sign", entity["value"]] = [row]
                elif entity["entity"] == _TWITCH:
                    newest.setdefault(("opening", None), [row])
        elif kind == "slot":
            newest["slot", row.event["name"]] = [said, row] if said else [row]
            if said and row.event["name"] in TELLING and row.event.get("value") is not None:
                newest.setdefault(("opening", None), [said, row])
        elif kind == "active_loop":
            newest["loop", None] = [row]
        elif kind == "bot" and (asks := data_of(row.event).get("asks")):
            newest["asks", asks] = [row]
    for needed in newest.values():
        yield from needed
