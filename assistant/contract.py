"""What docs/contract.md says of a reply's metadata, read from a reply or from its event in the store. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def data_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata of a reply or of a bot's event: Rasa puts that of a domain response one level deeper. Empty if there is none."""
    metadata = message.get("metadata") or {}
    found: dict[str, Any] = metadata.get("metadata") or metadata
    return found


def outcome_of(turn: Iterable[Mapping[str, Any]]) -> str:
    """A turn's outcome: that of its last reply that is not an `interview` question; "" if no reply has one.

    Args:
        turn: the metadata of its replies, in order.
    """
    outcomes = [data["outcome"] for data in turn if data.get("outcome")]
    return next((one for one in reversed(outcomes) if one != "interview"), "interview" if outcomes else "")


def level_of(turn: Iterable[Mapping[str, Any]]) -> str:
    """The triage level of a turn's last reply that has one; "" if none has."""
    return next((level for level in reversed([data.get("level") or "" for data in turn]) if level), "")
