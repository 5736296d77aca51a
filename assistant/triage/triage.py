"""The triage table. The highest level present wins; every level comes with the signs that led to it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.knowledge import Knowledge, Level

UNKNOWN = "unknown"
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

# The article says "more than a few minutes at a time" and gives no number; five is the most that people call a few.
A_FEW_MINUTES = 5 * MINUTE
# NHS, "Twitching eyes and muscles": see a GP after 2 weeks.
TWO_WEEKS = 14 * DAY
# Worked muscles may twitch in several places for a day or two (ambiguity single_area_vs_several).
SOME_DAYS = 2 * DAY


MANY = 9
LIMBS = {
    "leg": {"calf", "quadriceps", "hamstring", "thigh", "shin", "foot", "knee"},
    "thigh": {"quadriceps", "hamstring"},
    "arm": {"biceps", "triceps", "forearm", "hand", "shoulder"},
}


@dataclass(frozen=True)
class Case:
    """What is known of one person: the interview's slots (docs/contract.md). None is not asked, "unknown" is not known."""

    signs: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()
    symptoms: tuple[str, ...] | str | None = None
    bout: float | str | None = None
    at_rest: str | None = None
    since: float | str | None = None
    triggers: tuple[str, ...] | str | None = None
    medication: str | None = None
    body_part: tuple[str, ...] = ()

    @property
    def places(self) -> int:
        """In how many places it is; "all over" is many, and a limb named with one of its muscles is one."""
        named = set(self.body_part)
        return MANY if "all_over" in named else len(named - {limb for limb, parts in LIMBS.items() if named & parts})

    @property
    def held(self) -> tuple[str, ...]:
        """The signs without those that were only guessed at, and that the answer to the very question speaks against."""
        return tuple(sign for sign in self.signs if sign not in self.guessed or not _answered_otherwise(self, sign))

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> Case:
        """Read the slots of a conversation; lists become tuples, so that a case can be compared and hashed."""
        values = {name: slots.get(name) for name in cls.__dataclass_fields__}
        frozen: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
        return cls(**{name: value for name, value in frozen.items() if value is not None})


@dataclass(frozen=True)
class Result:
    """The level, the signs that led to it (most pressing first), and the questions that stayed open."""

    level: Level
    signs: tuple[str, ...]
    unknown: tuple[str, ...]


Condition = tuple[str, Callable[[Any, Any], bool], Any]

# Sign ← all of these hold. A clinician can read this table from top to bottom; levels and sources are in content/signs.yml.
TABLE: tuple[tuple[str, tuple[Condition, ...]], ...] = (
    ("long_single_bout", (("bout", operator.gt, A_FEW_MINUTES),)),
    ("continuous_without_exercise", (("at_rest", operator.eq, "yes"),)),
    ("over_two_weeks", (("since", operator.gt, TWO_WEEKS),)),
    ("more_than_one_place", (("places", operator.gt, 1), ("since", operator.gt, SOME_DAYS))),
    ("more_than_one_place", (("places", operator.gt, 1), ("at_rest", operator.eq, "yes"))),
    ("suspected_medicine", (("medication", operator.eq, "yes"),)),
)
# The question that settles a sign at which the second look only guessed. None for a long spell: it may have been one among short ones.
SETTLED_BY = {
    "continuous_without_exercise": "at_rest",
    "over_two_weeks": "since",
    "persists_or_recurs": "since",
    "suspected_medicine": "medication",
}
# The questions whose answer a level of self care rests on.
NEEDED = ("symptoms", "at_rest", "bout", "since", "medication")


def still_known(slots: Mapping[str, Any], known: Knowledge) -> dict[str, Any]:
    """The slots without ids that the content no longer has: a talk may be older than the release that goes on with it.

    Where nothing is left of a list, it was not asked; an empty one would say that there is nothing.
    """
    ids: dict[str, Mapping[str, Any]] = dict.fromkeys(("signs", "guessed", "symptoms"), known.signs)
    ids |= {"triggers": known.facts, "tried": known.facts, "groups": known.groups}
    held = dict(slots)
    for name in ids.keys() & held.keys():
        value = held[name]
        if isinstance(value, list) and not ids[name].keys() >= set(value):
            held[name] = [each for each in value if each in ids[name]] or None
    return held


def counts(sign: Mapping[str, Any], known: Knowledge) -> bool:
    """Whether a `sign` entity is to be acted on: stated as present, or seen in someone else who needs help now.

    Args:
        sign: the entity with `value` (sign id) and `status`.
        known: where the sign's level stands.
    """
    if sign.get("status") == "present":
        return True
    return sign.get("status") == "other_person" and known.signs[sign["value"]].rank >= Level.urgent


def triage(case: Case, known: Knowledge) -> Result:
    """Decide the level.

    Args:
        case: what is known of the person.
        known: the content, for each sign's level.

    Returns:
        The level with its signs; level `self_care` when no sign of a higher level is there.
    """
    asked = case.symptoms if isinstance(case.symptoms, tuple) else ()
    signs = _by_rank([*case.held, *asked, *established(case)], known)
    raising = [sign for sign in signs if known.signs[sign].rank > Level.self_care]
    unknown = tuple(name for name in NEEDED if getattr(case, name) in (UNKNOWN, None))
    if not raising:
        return Result(Level.self_care, ("short_after_exercise",), unknown)
    return Result(known.signs[raising[0]].rank, tuple(raising), unknown)


def established(case: Case) -> tuple[str, ...]:
    """The signs that the answers in the interview establish."""
    return tuple(sign for sign, conditions in TABLE if all(_holds(case, condition) for condition in conditions))


def _holds(case: Case, condition: Condition) -> bool:
    name, compare, threshold = condition
    value = getattr(case, name)
    if value in (None, UNKNOWN):
        return False
    return bool(compare(value, threshold))


def _answered_otherwise(case: Case, sign: str) -> bool:
    question = SETTLED_BY.get(sign)
    known = question is not None and getattr(case, question) not in (None, UNKNOWN)
    return known and sign not in established(case)


def _by_rank(signs: Iterable[str], known: Knowledge) -> list[str]:
    return sorted(dict.fromkeys(signs), key=lambda sign: -known.signs[sign].rank)
