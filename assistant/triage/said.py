"""One message as the interview hears it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.knowledge import Knowledge
from assistant.triage.triage import counts

# Intents that ask something of the talk itself, and are no answer in it.
OF_THE_TALK = ("start_again", "stop", "delete_talk", "export_talk", "ask_privacy", "ask_source", "ask_summary", "thank")
DESCRIBES, TELLS, ELSEWHERE = "describe_twitch", "inform", "ask_other_place"
# What "no ..." may deny.
THINGS = ("sign", "symptom", "medicine")
_YES_NO = {"affirm": "yes", "deny": "no"}


@dataclass(frozen=True)
class Said:
    """One message, as understood: the intent, the entities and the question that stood open."""

    intent: str | None
    entities: tuple[Mapping[str, Any], ...]
    asked: str | None = None

    @property
    def describes(self) -> bool:
        """Whether a twitch of one's own is told of, beside a question or by itself."""
        # What tells something, and answers no question, tells it of the twitch.
        also = [e["value"] for e in self.entities if e["entity"] == "also"]
        return DESCRIBES in (self.intent, *also) or (self.intent == TELLS and self.asked is None)

    @property
    def only_asks(self) -> bool:
        """A question that tells nothing of the person: "can coffee do this?" is not "I had coffee"."""
        answers = self.asked is not None and not self.values("question")
        return (self.intent or "").startswith(("ask_", "express_")) and not self.describes and not answers

    @property
    def opening(self) -> str | None:
        """ "yes", "no", "unsure" or "correcting" ("no wait, three weeks"), where the message opens with it.

        ConText may take a "no" for denied, so any status holds.
        """
        opens = [str(e["value"]) for e in self.entities if e["entity"] == "opens"]
        return next((value for value in ("correcting", "unsure", "yes", "no") if value in opens), None)

    @property
    def yes_no(self) -> str | None:
        """ "yes" or "no" to whatever stands open, or None."""
        if self.has("several") and self.opening is None and not self.has("well"):
            return "yes"
        if self.opening == "correcting" or self._of_a_thing or self._only_when:
            return None
        return self.opening if self.opening in ("yes", "no") else _YES_NO.get(self.intent or "")

    @property
    def _of_a_thing(self) -> bool:
        """Whether its "no" belongs to what is named right after ("no swelling either"), which answers no question about rest."""
        if self.asked == "symptoms":
            return False
        ends = [e.get("end", 0) for e in self.entities if e["entity"] == "opens" and e["value"] == "no"]
        things = [e for e in self.entities if e["entity"] == "no_medicine" or (e["entity"] in THINGS and e.get("status") == "absent")]
        return any(e.get("start", 0) <= end + 1 for e in things for end in ends)

    @property
    def _only_when(self) -> bool:
        """Whether its "only" begins when the twitch comes ("only after running"), which answers no question but that."""
        places = [(e.get("start", 0), e.get("end", 0)) for e in self.entities if e["entity"] == "at_rest"]
        opens = [e.get("start", 0) for e in self.entities if e["entity"] == "opens" and e["value"] == "no"]
        return self.asked != "at_rest" and any(first <= start < last for start in opens for first, last in places)

    def values(self, entity: str, status: str = "present") -> list[Any]:
        """Values of an entity with this status, each once. What is told of another person is present: the talk is about them."""
        statuses = ("present", "other_person") if status == "present" else (status,)
        return list(dict.fromkeys(e["value"] for e in self.entities if e["entity"] == entity and e.get("status") in statuses))

    @property
    def doubted(self) -> list[Any]:
        """Signs that the message only mentions, as understanding has it (assistant/nlu/doubt.py)."""
        return [e["value"] for e in self.entities if e.get("doubted")]

    @property
    def adds(self) -> bool:
        """Whether it adds to what was told, or mends it: "actually, it is a bit weak too"."""
        return self.has("correction") or any(e["entity"] == "contrast" and e["value"] == "added" for e in self.entities)

    def has(self, entity: str) -> bool:
        """Whether there is such an entity, of whatever status."""
        return any(e["entity"] == entity for e in self.entities)

    def first(self, entity: str) -> Any:
        """The first value of an entity, or None."""
        return next(iter(self.values(entity)), None)

    def stated(self, known: Knowledge) -> list[Mapping[str, Any]]:
        """The `sign` entities that are to be acted on."""
        return [e for e in self.entities if e["entity"] == "sign" and counts(e, known)]
