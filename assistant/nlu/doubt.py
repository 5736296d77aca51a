"""Doubt: a pattern says that a sign is here, the rest of the message says that it is not.

"Bell's palsy at 19, and all sorted; my calf twitches": no list of cues knows all the ways to say that something is over, denied,
feared or a joke. Where the second look's regression and the nearest examples both are sure that no stretch around a finding states a
sign, it does not count. The turn begins with what to do if it is there (action_in_case), unless a sign that is not doubted gets
emergency help at once: an error here leaves nobody without a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.knowledge import Knowledge, Level
from assistant.nlu.context import HOLDS, Status
from assistant.nlu.lexicon import lexicon
from assistant.nlu.reading import MARKS

# How sure of "no sign at all" both must be, the nearest examples in every stretch that touches the finding; chosen on messages that
# neither had seen (docs/trials.md).
BY_REGRESSION, BY_NEAREST = 0.95, 0.6
# The same of the finding's sentence by itself.
ALONE = 0.5
# A message of fewer words ("none of these, passed out") is the finding and hardly anything else: nothing in it speaks against it, or
# little, where it names one of these ways in which a sign is not here.
BARE, BARE_UNREAL = 8, 5
# Nor is one of so few that adds to what was told: "actually my leg is a bit weak too" (content/words.yml).
SHORT = 12
UNREAL = frozenset({"past", "imagined", "jest", "others"})
# Who speaks of ending a life is answered as if it were now, unless they say that it is past, that they are well again, and nothing that
# may mean the contrary: "I self harmed as a teenager" is not enough, it may go on "the urge is strong".
LIFE, SAID_TO_BE_OVER, RETURNING = "suicidal_or_self_harm", frozenset({"past", "well_again"}), "returning"
# Nor what came on suddenly, or just now, nor what a question takes for granted ("is it ok that my face droops"): topics of those names
# (content/topics.yml).
STATED = frozenset({"sudden", "granted"})
# So many words say that somebody has something.
WORDS = (1, 2, 3)
_HAS = (["have"], ["has"], ["got"], ["having"])
# How a message says that a sign is not here (content/topics.yml), and what that is called; the first that it names decides. Never
# "absent": that would be the person's own "no", and take back what was stated before.
_MANNERS: tuple[tuple[str, Status], ...] = (
    ("imagined", "hypothetical"),
    ("past", "past"),
    ("passes", "past"),
)


def plainly_had(before: Sequence[str], finding: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a finding is what somebody has, by the words around it: "i have a seizure", "got no feeling", "seizures yes".

    The words for it are in content/words.yml: `owns` (before it, `beside_owned` may stand between) and `owned` (after it).
    """
    known = lexicon()
    # A pattern may begin with what says that it is had: "have a seizure", "is having a stroke".
    own = [*before, *finding[: next((number for number in (1, 2) if finding[number - 1 : number] in _HAS), 0)]]
    while own and own[-1] in known.beside_owned:
        own.pop()
    then = [word for word in after if word not in known.beside_owned]
    return any(" ".join(own[-many:]) in known.owns or " ".join(then[:many]) in known.owned for many in WORDS)


def may_be_doubted(entity: dict[str, Any], words: Sequence[str], manners: frozenset[str], known: Knowledge) -> bool:
    """Whether an entity is a sign that would raise an alarm, found by a pattern, and nothing forbids doubt.

    Args:
        entity: of the message.
        words: all of it, marks included.
        manners: the topics that it names.
        known: the content, for the sign's level.
    """
    if len(words) < (BARE_UNREAL if UNREAL & manners else BARE) or (len(words) <= SHORT and _adds(words)):
        return False
    # One sign in several sentences may be past in one and here in the other: more than one judgement can tell.
    if entity["entity"] != "sign" or STATED & manners or entity.get("undoubted"):
        return False
    if entity["value"] == LIFE and (not manners >= SAID_TO_BE_OVER or RETURNING in manners):
        return False
    return entity["status"] in HOLDS and known.signs[entity["value"]].rank >= Level.urgent


def _adds(words: Sequence[str]) -> bool:
    """Whether a message adds to what was told before, by how it begins or ends."""
    known, unmarked = lexicon(), [word for word in words if word not in MARKS]
    return words[0] in known.adds_first or any(" ".join(unmarked[-many:]) in known.adds_last for many in (1, 2))


def doubt(entity: dict[str, Any], manners: frozenset[str]) -> dict[str, Any]:
    """The entity as doubted: it does not count, and `doubted` tells the safety policy.

    Args:
        entity: a sign.
        manners: the topics that the message names.
    """
    status = next((status for manner, status in _MANNERS if manner in manners), "hypothetical")
    return {**entity, "status": status, "role": status, "doubted": True}
