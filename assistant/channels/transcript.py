"""A whole talk as text, for a person who wants to see what is stored. Pure functions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

# Characters of one message; the narrowest channel takes 3,000.
LONGEST = 2500


def transcript(events: list[dict[str, Any]], names: dict[str, str]) -> list[str]:
    """What both sides have said, each with its time, in as few messages as it fits.

    Args:
        events: the talk's events, oldest first, as Rasa serialises them.
        names: what to call `user` and `bot`.
    """
    pages: list[str] = []
    for event in events:
        if event.get("event") not in names or not event.get("text"):
            continue
        when = datetime.fromtimestamp(float(event.get("timestamp") or 0.0), UTC)
        said = (event.get("metadata") or {}).get("shown") or event["text"]
        line = f"{when:%Y-%m-%d %H:%M} UTC, {names[event['event']]}: {said}"
        for start in range(0, len(line), LONGEST):
            part = line[start : start + LONGEST]
            if pages and len(pages[-1]) + len(part) < LONGEST:
                pages[-1] += "\n" + part
            else:
                pages.append(part)
    return pages
