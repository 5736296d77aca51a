"""What the times of a message say: how long one spell lasts, since when it has gone on, or neither. Pure.

Understanding tells the two apart where the words do (assistant/nlu/durations.py); what they leave open is decided by the question that
stands open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.triage.said import Said
from assistant.triage.triage import DAY, HOUR, MINUTE, TWO_WEEKS, UNKNOWN

TIMES = ("bout", "since")


def times(slots: Mapping[str, Any], said: Said) -> dict[str, Any]:
    """What a message changes in the slots `bout` and `since`, in seconds.

    Args:
        slots: the slots before the message.
        said: the message.
    """
    changes = _told(slots, said)
    bout, since = ({**slots, **changes}.get(name) for name in TIMES)
    if changes and isinstance(bout, float) and isinstance(since, float) and bout > since:
        # "It won't stop", and began an hour ago, is a spell of an hour.
        changes["bout"] = since
    return changes


def _told(slots: Mapping[str, Any], said: Said) -> dict[str, Any]:
    changes: dict[str, Any] = {name: said.first(name) for name in TIMES if said.first(name) is not None}
    loose, asked = said.first("duration"), said.asked
    if _in_passing(slots, said, changes.get("since")):
        changes.pop("since")
    if said.has("intermittent"):
        # "An hour, on and off" is no spell of an hour.
        changes = {name: seconds for name, seconds in changes.items() if name != "bout" or seconds < HOUR}
        loose = None if asked == "bout" else loose
    if said.values("correction") and slots.get("last_answered") in TIMES and asked not in changes:
        # "sorry, i meant 10 seconds" is about the time given last.
        return {str(slots["last_answered"]): loose} if loose is not None else changes
    if _of_something_else(slots, said):
        return {name: seconds for name, seconds in changes.items() if name == "bout" and asked == "triggers"}
    if asked == "bout" and loose is not None and said.has("contrast"):
        # "Seconds, though once it was half an hour": the longest one counts.
        return {**changes, "bout": max(loose, changes.get("bout", 0.0))}
    if asked not in TIMES or asked in changes:
        return changes if loose is None else {"since": loose, **changes}
    if loose is not None and asked == "bout" and loose >= DAY and slots.get("since") is None:
        # Nobody's one spell is "a few weeks now".
        changes["since"] = loose
    elif loose is not None:
        # "three hours" after "how long is one spell?" would be taken for the wrong one by its size alone.
        changes[asked] = loose
    elif asked == "bout" and changes.get("since", DAY) < HOUR and said.has("intermittent"):
        # "On and off, each like 3 seconds"
        changes = {"bout": changes["since"]}
    elif asked == "bout" and changes.get("since", DAY) < DAY and slots.get("since") is None and not said.has("intermittent"):
        changes["bout"] = changes["since"]
    elif asked == "since" and changes.get("bout", 0.0) > MINUTE:
        changes["since"] = changes.pop("bout")
    return changes


def _in_passing(slots: Mapping[str, Any], said: Said, since: float | None) -> bool:
    """Whether a day is named beside another question, since when it goes on being known: "on sunday I rest".

    What would need a doctor is heard in any case.
    """
    told = isinstance(slots.get("since"), float) and not said.has("twitch") and not said.has("correction")
    return told and said.asked not in (None, *TIMES) and since is not None and since <= TWO_WEEKS


def _of_something_else(slots: Mapping[str, Any], said: Said) -> bool:
    """Whether a time beside the questions on what was different and on medicines is not the twitch's.

    "Ran for two hours"; "yes, for ten years", "just the inhaler for years".
    """
    told_before = slots.get("since") not in (None, UNKNOWN) and not said.values("twitch")
    # "Actually no, more like five weeks": the "no" is no denial of it.
    if said.has("correction"):
        return False
    if said.asked == "triggers":
        return told_before
    medicine = said.yes_no == "yes" or bool(said.values("medicine")) or (said.yes_no is None and told_before)
    return said.asked == "medication" and medicine
