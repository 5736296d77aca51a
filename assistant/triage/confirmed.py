"""Signs that a message says are there, after one that only mentioned them. Pure.

"What if I have chest pain?" is answered with what to do if it is there; "I have it now" then states it. So does a yes to that answer,
where no question of the interview stands open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.knowledge import Knowledge, Level
from assistant.triage.said import Said
from assistant.triage.triage import counts

Entity = Mapping[str, Any]


def confirmed(said: Said, before: Sequence[Entity], known: Knowledge) -> list[Entity]:
    """The `sign` entities of the message before, as stated now.

    Args:
        said: the message; while a question of the interview stands open a plain yes is to that.
        before: the entities of the message before.
        known: the content, for the signs' levels.
    """
    asked = said.asked is not None
    now = bool(said.values("now")) and said.opening != "no"
    # "Ok" agrees to nothing.
    if not now and (asked or said.opening != "yes"):
        return []
    # A sign may have had another name when the message before came.
    mentioned = [e for e in before if e["entity"] == "sign" and e["value"] in known.signs]
    mentioned = [e for e in mentioned if not counts(e, known) and known.signs[e["value"]].rank >= Level.urgent]
    # A plain yes is to "is it there now?", which is said where a sign is asked about; what was denied, or is past, takes "it is back".
    heard = [e for e in mentioned if e.get("status") == "hypothetical" or (now and not asked)]
    return [{"entity": "sign", "value": entity["value"], "status": "present"} for entity in heard]
