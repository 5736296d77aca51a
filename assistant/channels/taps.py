"""Buttons of Telegram and Slack: what one carries, and what a tap on it says. Pure functions."""

from __future__ import annotations

import re

# Between the slot that a question asks for and what the button says.
_MARK = "|"
_SLOT = re.compile(r"[a-z_]{1,40}")
# In the metadata of a message that was tapped: which button of which post.
TAP = "tap"


def carried(payload: str, asks: str | None) -> str:
    """What a button carries.

    Args:
        payload: what it says.
        asks: the slot that its question asks for (docs/contract.md), if it belongs to one.
    """
    return f"{asks}{_MARK}{payload}" if asks else payload


def tapped(value: str, post: object) -> tuple[str, dict[str, str]]:
    """What a tap says.

    Args:
        value: what the button carries.
        post: the service's name for the post that the button stands under; None if it gave none.

    Returns:
        The text; and what is stored with it: `answers`, the question that it answers, whichever is open by then (docs/web-api.md), and
        `tap`, the same for no two buttons.
    """
    slot, _, payload = value.partition(_MARK)
    about = {TAP: f"{post} {value}"} if post is not None else {}
    return (payload, {**about, "answers": slot}) if payload and _SLOT.fullmatch(slot) else (value, about)
