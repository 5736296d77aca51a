"""Whether a finding holds now and for whom: medSpaCy's ConText over rules that are data (content/context.yml).

What a cue reaches is medSpaCy's to say; the cues themselves are found by `cues.py`.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, Literal

from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from assistant.nlu.bounds import first_and_last
from assistant.nlu.cues import Cues
from assistant.nlu.denials import DenialLists
from assistant.nlu.patterns import Match
from assistant.nlu.reading import SENTENCE_END, Reading
from assistant.nlu.unstated import Unstated

Status = Literal["present", "absent", "hypothetical", "past", "other_person"]
# A sign of such a status is there, for the person or for one with them.
HOLDS: tuple[Status, ...] = ("present", "other_person")


def _import_medspacy() -> tuple[Any, Any]:
    """medSpaCy's `context`, and what leaves the longer of cues that overlap.

    Without its package root, which imports QuickUMLS and NLTK and takes 4 s (measured).
    """
    if "medspacy" not in sys.modules:
        spec = importlib.util.find_spec("medspacy")
        if spec is None:
            raise ImportError("medspacy is not installed; run `make install`")
        root = ModuleType("medspacy")
        root.__path__ = list(spec.submodule_search_locations or [])
        sys.modules["medspacy"] = root
        # medspacy.util names QuickUMLS at import and uses it only for entity linking; it is not installed.
        quickumls = ModuleType("quickumls")
        quickumls.spacy_component = None  # type: ignore[attr-defined]
        sys.modules.setdefault("quickumls", quickumls)
    import medspacy.context
    from medspacy.common.util import prune_overlapping_matches
    from medspacy.context import context_modifier

    # medSpaCy's own does not see that one span lies inside another: "but" did not end a denial that reaches less far than the sentence.
    context_modifier.tuple_overlaps = _overlap
    return medspacy.context, prune_overlapping_matches


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


# ConText's category for each status; where several apply, the first of this order decides.
_STATUS: tuple[tuple[str, Status], ...] = (
    ("OTHER_EXPERIENCER", "other_person"),
    ("NEGATED_EXISTENCE", "absent"),
    ("HYPOTHETICAL", "hypothetical"),
    ("HISTORICAL", "past"),
    ("FAMILY", "other_person"),
)
# Of so many the first and the last are heard: medSpaCy compares each with each.
MOST_CUES = 400
_DENIAL = ("NEGATED_EXISTENCE", "FORWARD")


class ContextRules:
    """Gives each match its status."""

    def __init__(
        self,
        rules: Iterable[dict[str, Any]],
        general: Mapping[str, Iterable[str]] | None = None,
        denials: Mapping[str, Iterable[str]] | None = None,
        supposed: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        """Set up ConText.

        Args:
            rules: entries of content/context.yml: category, direction, phrases, and if wanted max_scope (words), only or not_for
                (labels), and bare.
            general: its `general_question` (unstated.py), and the labels that such a question states all the same, `not_for`.
            denials: its `denials` (denials.py).
            supposed: its `supposed` (unstated.py).
        """
        # Labels that are stated nevertheless.
        self._stated = frozenset((general or {}).get("not_for", ()))
        self.unstated = Unstated(general or {}, supposed or {})
        rules = list(rules)
        self._phrases = {(str(rule["category"]), str(phrase)) for rule in rules for phrase in rule["phrases"]}
        self._medspacy, self._prune = _import_medspacy()
        self._lists = DenialLists(denials or {})
        # Of the same category, so that it ends denials alone.
        self._list_ends = self._rule({"category": "NEGATED_EXISTENCE", "direction": "PSEUDO"})
        self._cues = Cues((str(phrase), self._rule(rule)) for rule in rules for phrase in rule["phrases"])

    def judge(self, reading: Reading, matches: list[Match], unstated: list[tuple[int, int]]) -> list[Status]:
        """The status of each match, in the same order.

        Args:
            reading: the message.
            matches: what was found in it.
            unstated: where it states nothing (`unstated`, unstated.py), as token spans.
        """
        if not matches:
            return []
        words = [token.text for token in reading.tokens]
        # "Chest pain no": the end is read as a mark, as in "chest pain no, fever no".
        words += ["."] if words[-1] not in SENTENCE_END else []
        found = self._found(reading, words)
        statuses: list[Status] = self._by_cues(reading, matches, words, found) if found else ["present" for _ in matches]
        return [
            "hypothetical" if held in HOLDS and match.label not in self._stated and self._within(reading, match, unstated) else held
            for held, match in zip(statuses, matches, strict=True)
        ]

    def _by_cues(self, reading: Reading, matches: list[Match], words: list[str], found: list[tuple[Any, int, int]]) -> list[Status]:
        """The status of each match by ConText's cues, where they stand in the words."""
        # spaCy keeps each word that it ever saw, 400 bytes each: made-up words would fill the memory of one vocabulary for all.
        doc = Doc(Vocab(), words=words, sent_starts=[before is None or before in SENTENCE_END for before in (None, *words[:-1])])
        spans = {(match.label, place): self._span(doc, reading, match.label, place) for match in matches for place in match.spans}
        modifiers = [self._medspacy.ConTextModifier(rule, start, end, doc) for rule, start, end in found]
        graph = self._medspacy.ConTextGraph(targets=list(spans.values()), modifiers=modifiers)
        graph.update_scopes()
        graph.apply_modifiers()
        cues: dict[tuple[int, int, str], list[tuple[str, int, int]]] = {}
        for target, cue in graph.edges:
            cues.setdefault((target.start, target.end, target.label_), []).append((cue.category, *cue.modifier_span))
        every_cue = [(rule.category, start, end) for rule, start, end in found]

        def status(match: Match) -> Status:
            pieces = [spans[match.label, place] for place in match.spans]
            near = [cue for piece in pieces for cue in cues.get((piece.start, piece.end, piece.label_), [])]
            # ConText leaves out a cue that reaches into its target, as "dont have" does into the pattern "have a seizure".
            near += [cue for piece in pieces for cue in every_cue if cue[1] < piece.start < cue[2]]
            said = {index for piece in pieces for index in range(piece.start, piece.end)}
            outside = {cue[0] for cue in near if self._stands_apart(cue, said, doc)}
            return next((status for category, status in _STATUS if category in outside), "present")

        return [status(match) for match in matches]

    def _found(self, reading: Reading, words: list[str]) -> list[tuple[Any, int, int]]:
        """Rules with the words that they match, those that end a list of denials among them."""
        cues = first_and_last(self._cues.find(words), MOST_CUES)
        found = self._prune([cue for cue in cues if not cue[0].metadata["bare"] or self._lists.bare(words[: cue[1]])])
        before, ends = self._lists.read(reading, {start for rule, start, _ in found if (rule.category, rule.direction) == _DENIAL})
        return [cue for cue in found if cue[1] not in before] + [(self._list_ends, place, place + 1) for place in ends]

    def _rule(self, rule: dict[str, Any]) -> Any:
        """medSpaCy's form of an entry of content/context.yml."""
        return self._medspacy.ConTextRule(
            literal="",
            category=rule["category"],
            direction=rule.get("direction", "FORWARD"),
            max_scope=int(rule["max_scope"]) if "max_scope" in rule else None,
            allowed_types={label.upper() for label in rule["only"]} if "only" in rule else None,
            excluded_types={label.upper() for label in rule["not_for"]} if "not_for" in rule else None,
            metadata={"bare": bool(rule.get("bare"))},
        )

    def _stands_apart(self, cue: tuple[str, int, int], said: set[int], doc: Doc) -> bool:
        """Whether a cue is not just part of what the pattern says.

        "cannot feel" and "better off without me" deny nothing; nor does "there is no" before "no strength". Of "dont have" before
        "have a seizure" the part outside is a cue by itself.
        """
        category, start, end = cue
        outside = [index for index in range(start, end) if index not in said]
        if len(outside) == end - start:
            return True
        return bool(outside) and (category, doc[outside[0] : outside[-1] + 1].text) in self._phrases

    @staticmethod
    def _within(reading: Reading, match: Match, spans: list[tuple[int, int]]) -> bool:
        places = [reading.token_span(*place) for place in match.spans]
        return bool(spans) and all(any(start <= a and b <= end for start, end in spans) for a, b in places)

    @staticmethod
    def _span(doc: Doc, reading: Reading, label: str, place: tuple[int, int]) -> Span:
        first, last = reading.token_span(*place)
        return Span(doc, first, last, label=label)
