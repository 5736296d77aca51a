"""The shape of `content/`: one class for each kind of entry, checked by pydantic when loaded."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Literal

from pydantic import BaseModel, Extra

# A fact's sentence stands in a reply as {fact.id}; interview words such as {causes} have no dot.
FACT_MARK = re.compile(r"\{([a-z_]+\.[a-z_]+)\}")


class Level(IntEnum):
    """Triage level; a higher number is more pressing (docs/contract.md)."""

    self_care = 0
    see_doctor = 1
    urgent = 2
    emergency = 3


class Entry(BaseModel):
    """Base of all content entries: immutable, and an unknown key is an error."""

    class Config:
        extra = Extra.forbid
        allow_mutation = False
        frozen = True


class Fact(Entry):
    """One thing that the article says, in our words."""

    id: str
    topic: str
    section: str
    say: str
    short: str = ""
    because: str = ""
    eased_by: tuple[str, ...] = ()
    prevented_by: tuple[str, ...] = ()

    @property
    def is_cause(self) -> bool:
        """Whether a person can name this fact as what was different (it has a `because`)."""
        return bool(self.because)


class Source(Entry):
    """A named source of a sign, or of a remark that the article does not hold."""

    name: str
    title: str
    status: str


class Sign(Entry):
    """A safety sign: how pressing it is, how people put it, and who says so."""

    id: str
    level: Literal["emergency", "urgent", "see_doctor", "self_care"]
    name: str
    in_article: Literal["yes", "no", "partial"]
    sources: tuple[str, ...]
    # Of several emergencies in a message this one is answered: there is something to do until help comes.
    first_aid: bool = False
    # The article's facts that a reply acting on it states.
    facts: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    # Without one of these in a message the second look does not guess at it.
    guessed_with: tuple[str, ...] = ()
    # With one of these it does not either.
    not_guessed_with: tuple[str, ...] = ()
    # Messages that are nothing but one of these state it.
    alone: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    not_this: tuple[str, ...] = ()

    @property
    def rank(self) -> Level:
        """The level as a number that can be compared."""
        return Level[self.level]


class SpecialGroup(Entry):
    """People for whom the article's advice does not hold as it stands."""

    id: str
    who: str
    said: tuple[str, ...]
    say: str
    sources: tuple[str, ...]
    withhold: tuple[str, ...] = ()


class Answer(Entry):
    """The reply to one kind of question; `intent` is its name in data/nlu/."""

    intent: str
    title: str
    topic: str = ""
    outcome: Literal["explain", "causes", "self_care", "prevention", "topic", "out_of_scope"]
    say: str
    open: str = ""
    why: str = ""
    amount: str = ""
    effect: str = ""
    more: str = ""
    third_time: str = ""
    third_time_sources: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    asks: bool = False
    calms: bool = False

    def texts(self) -> tuple[str, ...]:
        """All texts of this entry that may hold fact marks."""
        return (self.say, self.open, self.why, self.amount, self.effect, self.more, self.third_time)


class FollowUps(Entry):
    """What is said to a bare follow-up when the answer at hand has nothing of its own."""

    why: str
    amount: str
    effect: str
    more: str
    next: tuple[str, ...]
    unmentioned: str


class Advice(Entry):
    """Wording of the interview's results (content/advice.yml)."""

    texts: dict[str, str]
    reasons: dict[str, str]
    choices: dict[str, str]


class AskedAbout(Entry):
    """One thing that the interview's first question asks about, and the signs that mean the same."""

    name: str
    signs: tuple[str, ...]


class SummaryWords(Entry):
    """Wording of the summary for a doctor (content/summary.yml)."""

    texts: dict[str, str]
    questions: dict[str, str]
    answers: dict[str, str]
    asked: dict[str, AskedAbout]


class Article(Entry):
    """What is said of the article itself when someone asks for the source."""

    title: str
    note: str


class Knowledge(Entry):
    """Everything in `content/`, by id."""

    article: Article
    sections: dict[str, str]
    facts: dict[str, Fact]
    answers: dict[str, Answer]
    follow_ups: FollowUps
    signs: dict[str, Sign]
    groups: dict[str, SpecialGroup]
    sources: dict[str, Source]
    advice: Advice
    summary: SummaryWords
    # Messages that sound like a warning sign and state none.
    harmless: tuple[str, ...]

    def tell(self, template: str) -> tuple[str, list[str]]:
        """Fill a reply with the facts' sentences.

        Args:
            template: text with marks such as ``{relief.massage}``.

        Returns:
            The text, and the ids of the facts it states in order of appearance.
        """
        ids = FACT_MARK.findall(template)
        return FACT_MARK.sub(lambda mark: self.facts[mark[1]].say, template), list(dict.fromkeys(ids))

    def say_facts(self, ids: list[str]) -> str:
        """The sentences of these facts, one after the other."""
        return " ".join(self.facts[fact].say for fact in ids)

    def causes(self) -> list[str]:
        """Ids of the causes a person can name as their own, in the article's order."""
        return [fact.id for fact in self.facts.values() if fact.is_cause]
