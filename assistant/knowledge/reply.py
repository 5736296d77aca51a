"""One reply, the same for every channel: text, choices and the metadata of docs/contract.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from assistant.knowledge.model import Knowledge, Level


@dataclass(frozen=True)
class Reply:
    """What the assistant says in one message.

    `facts` and `signs` are the ids of what it states or acts on; `sources` those of other named sources it quotes;
    `attached` what a channel may offer beside the text (docs/web-api.md).
    """

    text: str
    outcome: str
    level: Level | None = None
    facts: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    buttons: tuple[tuple[str, str], ...] = field(default=())
    attached: dict[str, Any] = field(default_factory=dict)

    def metadata(self) -> dict[str, Any]:
        """The keys of the contract, and `sources` where there are any."""
        data: dict[str, Any] = {"outcome": self.outcome, "facts": list(self.facts), "signs": list(self.signs)}
        if self.level is not None:
            data["level"] = self.level.name
        if self.sources:
            data["sources"] = list(self.sources)
        return {**data, **self.attached}


def choices(names: tuple[str, ...], known: Knowledge) -> tuple[tuple[str, str], ...]:
    """Buttons for these answers: title, and the words a tap sends."""
    words = known.advice.choices
    return tuple(
        (known.answers[name].title, known.answers[name].title) if name in known.answers else (words[name], words[f"{name}_says"])
        for name in names
    )
