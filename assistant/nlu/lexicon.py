"""Loads the word lists and patterns of `content/` for understanding, once for all components."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from assistant.knowledge import ContentError, Level, knowledge
from assistant.knowledge.loader import CONTENT, read_yaml
from assistant.nlu.context import ContextRules
from assistant.nlu.patterns import PatternError, PatternSet, side_by_side
from assistant.nlu.reading import Reader
from assistant.nlu.respelling import Respelling
from assistant.nlu.spelling import Spelling

_GROUP = re.compile(r"<(\w+)>")
_PLAIN_WORD = re.compile(r"[a-z]+")


class Lexicon(NamedTuple):
    """What a message is read with."""

    reader: Reader
    respelling: Respelling
    signs: PatternSet
    alone: dict[str, str]
    guessed_with: PatternSet
    not_guessed_with: PatternSet
    findings: PatternSet
    topics: PatternSet
    manners: frozenset[str]
    context: ContextRules
    introduces: frozenset[str]
    thanks: frozenset[str]
    beside_thanks: frozenset[str]
    begins_half: frozenset[str]
    no_half: frozenset[str]
    owns: frozenset[str]
    beside_owned: frozenset[str]
    owned: frozenset[str]
    adds_first: frozenset[str]
    adds_last: frozenset[str]
    recalled: dict[str, str]
    says_when: frozenset[str]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Compile `content/` for understanding.

    Raises:
        ContentError: naming file, entry and mend.
    """
    words = read_yaml(CONTENT, "words.yml")
    groups: dict[str, list[str]] = {name: [str(item) for item in items] for name, items in words["words"].items()}
    known = knowledge().signs.values()
    sign_patterns = [(sign.id, pattern) for sign in known for pattern in sign.said]
    premises = [(sign.id, words) for sign in known for words in sign.guessed_with]
    denials = [(sign.id, words) for sign in known for words in sign.not_guessed_with]
    alone = {str(words): sign.id for sign in known for words in sign.alone}
    finding_patterns = _finding_patterns()
    topics: dict[str, dict[str, list[Any]]] = read_yaml(CONTENT, "topics.yml")
    topic_patterns = [
        (topic, str(phrase)) for kind in ("topics", "manners") for topic, phrases in topics[kind].items() for phrase in phrases
    ]
    rewrite = {str(key): str(value) for key, value in words["rewrite"].items()}
    context_file = read_yaml(CONTENT, "context.yml")
    context = _spell_out(context_file["rules"], context_file["words"])
    own_words = _words(
        [pattern for _, pattern in sign_patterns + finding_patterns + topic_patterns],
        [item for items in groups.values() for item in items],
        [phrase for rule in context for phrase in rule["phrases"]],
        [fact.say.lower() for fact in knowledge().facts.values()],
        list(alone),
    )
    # Only signs are looked for in other spellings.
    of_signs = _words([pattern for _, pattern in sign_patterns], [item for items in groups.values() for item in items])
    signs = _compile(sign_patterns, groups, "signs.yml")
    of_emergencies = [pattern for sign in known if sign.rank == Level.emergency for pattern in sign.said]
    spelling = Spelling(own_words, of_signs, side_by_side(of_emergencies, groups))
    reader = Reader(rewrite, spelling)
    return Lexicon(
        reader=reader,
        respelling=Respelling(reader, spelling),
        signs=signs,
        alone=alone,
        guessed_with=_compile(premises, groups, "signs.yml"),
        not_guessed_with=_compile(denials, groups, "signs.yml"),
        findings=_compile(finding_patterns, groups, "findings.yml"),
        topics=_compile(topic_patterns, groups, "topics.yml"),
        manners=frozenset(topics["manners"]),
        context=ContextRules(context, context_file["general_question"], context_file["denials"], context_file["supposed"]),
        introduces=frozenset(groups["introduces"]),
        thanks=frozenset(groups["thanks"]),
        beside_thanks=frozenset(groups["beside_thanks"]),
        begins_half=frozenset(groups["begins_half"]),
        no_half=frozenset(groups["no_half"]),
        owns=frozenset(groups["owns"]),
        beside_owned=frozenset(groups["beside_owned"]),
        owned=frozenset(groups["owned"]),
        adds_first=frozenset(groups["adds_first"]),
        adds_last=frozenset(groups["adds_last"]),
        says_when=frozenset(map(str, words["says_when"])),
        recalled={str(name): str(word) for name, word in words["recalled"].items()},
    )


def _spell_out(rules: list[dict[str, Any]], words: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Rules of context.yml with the words of a group in the place of its <name>."""

    def of_group(name: re.Match[str]) -> str:
        if name[1] not in words:
            raise ContentError("context.yml", name[0], "there is no such group", f"Write one of {', '.join(words)}, or add it to `words`")
        return "|".join(str(word) for word in words[name[1]])

    return [{**rule, "phrases": [_GROUP.sub(of_group, str(phrase)) for phrase in rule["phrases"]]} for rule in rules]


def _finding_patterns() -> list[tuple[str, str]]:
    """Findings and special groups, labelled `entity=value`."""
    findings: dict[str, dict[str, list[Any]]] = read_yaml(CONTENT, "findings.yml")["findings"]
    patterns = [
        (f"{entity}={value}", str(pattern))
        for entity, values in findings.items()
        for value, phrases in values.items()
        for pattern in phrases
    ]
    return patterns + [(f"group={group.id}", pattern) for group in knowledge().groups.values() for pattern in group.said]


def _compile(patterns: list[tuple[str, str]], groups: dict[str, list[str]], file: str) -> PatternSet:
    try:
        return PatternSet(patterns, groups)
    except PatternError as error:
        raise ContentError(file, "said", str(error), "Correct the pattern; docs/content.md shows the language") from error


def _words(*lists: list[str]) -> set[str]:
    return {word for texts in lists for text in texts for word in _PLAIN_WORD.findall(text)}
