"""What of a talk its person sees, and all of it as text, for who wants to know what is stored. Pure functions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

# Characters of one message; the narrowest channel takes 3,000.
LONGEST = 2500
# In the metadata of a message that no person sent: the page's own, which opens the talk.
UNSAID = "unsaid"


def shown(event: dict[str, Any]) -> str:
    """The text of a message as its person saw it, a button's title for one that was tapped; empty for what nobody said."""
    metadata = event.get("metadata") or {}
    return "" if metadata.get(UNSAID) else metadata.get("shown") or event.get("text") or ""


def transcript(events: list[dict[str, Any]], names: dict[str, str]) -> list[str]:
    """What both sides have said, each with its time, in as few messages as it fits.

    Args:
        events: the talk's events, oldest first, as Rasa serialises them.
        names: what to call `user` and `bot`.
    """
    pages: list[str] = []
    for event in events:
        said = shown(event)
        if event.get("event") not in names or not said:
            continue
        when = datetime.fromtimestamp(float(event.get("timestamp") or 0.0), UTC)
        line = f"{when:%Y-%m-%d %H:%M} UTC, {names[event['event']]}: {said}"
        for start in range(0, len(line), LONGEST):
            part = line[start : start + LONGEST]
            if pages and len(pages[-1]) + len(part) < LONGEST:
                pages[-1] += "\n" + part
            else:
                pages.append(part)
    return pages
