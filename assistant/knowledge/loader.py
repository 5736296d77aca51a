"""Loads `content/` and checks it: every error names the file, the entry and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from assistant.knowledge.model import (
    FACT_MARK,
    Advice,
    Answer,
    Article,
    Entry,
    Fact,
    FollowUps,
    Knowledge,
    Sign,
    Source,
    SpecialGroup,
    SummaryWords,
)

CONTENT = Path(__file__).resolve().parents[2] / "content"
# It leaves every value a string: "no" stays a word, which YAML would make a False. libyaml's took 0.03 s of the start, Python's 0.35.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# What may begin a list or mapping inside another: of a few ten thousand, one inside the other, libyaml ends the process.
OPENERS, MOST_OPENERS = "[{-?", 15_000
# A tap on this choice starts the interview instead of an answer.
CHECK_ME = "check_me"

AnEntry = TypeVar("AnEntry", bound=Entry)


class ContentError(ValueError):
    """Something in `content/` is wrong; the message says where and how to mend it."""

    def __init__(self, file: str, entry: str, problem: str, mend: str) -> None:
        super().__init__(f"content/{file}: {entry}: {problem}. {mend}")


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The project's own content, loaded once.

    Raises:
        ContentError: if anything in it is wrong.
    """
    return load(CONTENT)


def read_yaml(folder: Path, file: str) -> dict[str, Any]:
    """One content file as a mapping.

    Raises:
        ContentError: if it is missing, is not YAML, or is not a mapping.
    """
    try:
        text = (folder / file).read_text(encoding="utf-8")
        if sum(map(text.count, OPENERS)) > MOST_OPENERS:
            raise RecursionError
        data = yaml.load(text, Loader=LOADER)  # noqa: S506 - it makes nothing but strings, lists and mappings
    except FileNotFoundError:
        raise ContentError(file, "file", "is missing", "Restore it from version control") from None
    except (UnicodeDecodeError, RecursionError) as error:
        raise ContentError(
            file, "file", "is not text that can be read", "Save it as UTF-8, with no deeper nesting than it had"
        ) from error
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f"line {where.line + 1}" if where else "file"
        raise ContentError(file, line, "is not valid YAML", "Check indentation and quotes there") from error
    if not isinstance(data, dict):
        raise ContentError(file, "file", "has no keys at its top", "Compare it with docs/content.md")
    return data


def load(folder: Path = CONTENT) -> Knowledge:
    """Load and check all of `content/`.

    Args:
        folder: where article.yml, answers.yml, signs.yml, groups.yml, advice.yml, summary.yml and harmless.yml stand.

    Returns:
        The knowledge, immutable.

    Raises:
        ContentError: naming file, entry and mend.
    """
    article = read_yaml(folder, "article.yml")
    answers = read_yaml(folder, "answers.yml")
    signs = read_yaml(folder, "signs.yml")
    groups = read_yaml(folder, "groups.yml")
    advice = read_yaml(folder, "advice.yml")
    summary = read_yaml(folder, "summary.yml")
    harmless = read_yaml(folder, "harmless.yml")
    loaded = Knowledge(
        article=_one(Article, article.get("article"), "article.yml", "article"),
        sections=_table(article, "article.yml", "sections"),
        facts=_by_id(Fact, article.get("facts"), "article.yml"),
        answers=_by_id(Answer, answers.get("answers"), "answers.yml", key="intent"),
        follow_ups=_one(FollowUps, answers.get("defaults"), "answers.yml", "defaults"),
        signs=_by_id(Sign, signs.get("signs"), "signs.yml"),
        groups=_by_id(SpecialGroup, groups.get("groups"), "groups.yml"),
        sources={
            name: _one(Source, entry, "signs.yml", f"source {name}") for name, entry in _table(signs, "signs.yml", "sources").items()
        },
        advice=_one(Advice, advice, "advice.yml", "file"),
        summary=_one(SummaryWords, summary, "summary.yml", "file"),
        harmless=tuple(str(text) for texts in _table(harmless, "harmless.yml", "harmless").values() for text in texts),
    )
    _check_links(loaded)
    _check_reach(loaded)
    return loaded


def _table(data: dict[str, Any], file: str, key: str) -> dict[str, Any]:
    """A mapping inside a file; a missing one is empty."""
    found = data.get(key) or {}
    if not isinstance(found, dict):
        raise ContentError(file, key, "is not a table of names and values", "Compare it with docs/content.md")
    return found


def _one(kind: type[AnEntry], data: Any, file: str, entry: str) -> AnEntry:
    if not isinstance(data, dict):
        raise ContentError(file, entry, "is missing", f"Add it; docs/content.md shows the keys of {kind.__name__}")
    try:
        return kind(**data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ContentError(file, entry, f"key '{key}': {first['msg']}", "Correct that key") from None


def _by_id(kind: type[AnEntry], data: Any, file: str, key: str = "id") -> dict[str, AnEntry]:
    found: dict[str, AnEntry] = {}
    for position, raw in enumerate(data or [], start=1):
        name = str(raw.get(key) or f"entry {position}") if isinstance(raw, dict) else f"entry {position}"
        entry = _one(kind, raw, file, name)
        if name in found:
            raise ContentError(file, name, "stands twice", "Remove one or give it another id")
        found[name] = entry
    if not found:
        raise ContentError(file, "file", "holds no entries", "Restore it from version control")
    return found


def _expect(ids: Iterable[str], known: Iterable[str], file: str, entry: str, what: str) -> None:
    allowed = set(known)
    for name in ids:
        if name not in allowed:
            raise ContentError(file, entry, f"names the {what} '{name}', which does not exist", "Correct the id or add it")


def _check_links(known: Knowledge) -> None:
    for fact in known.facts.values():
        _expect([fact.section], known.sections, "article.yml", fact.id, "section")
        _expect([*fact.eased_by, *fact.prevented_by], known.facts, "article.yml", fact.id, "fact")
    for answer in known.answers.values():
        marks = [mark for text in answer.texts() for mark in FACT_MARK.findall(text)]
        _expect(marks, known.facts, "answers.yml", answer.intent, "fact")
        _expect([*answer.sources, *answer.third_time_sources], known.sources, "answers.yml", answer.intent, "source")
        _expect(answer.next, [*known.answers, CHECK_ME], "answers.yml", answer.intent, "answer")
    for text in (known.follow_ups.why, known.follow_ups.amount, known.follow_ups.effect, known.follow_ups.more):
        _expect(FACT_MARK.findall(text), known.facts, "answers.yml", "defaults", "fact")
    for sign in known.signs.values():
        if not sign.sources:
            raise ContentError("signs.yml", sign.id, "names no source", "Name at least one")
        _expect([s for s in sign.sources if s != "ARTICLE"], known.sources, "signs.yml", sign.id, "source")
        _expect(sign.facts, known.facts, "signs.yml", sign.id, "fact")
    for group in known.groups.values():
        _expect(group.sources, known.sources, "groups.yml", group.id, "source")
        _expect(group.withhold, known.facts, "groups.yml", group.id, "fact")
    for name, thing in known.summary.asked.items():
        _expect(thing.signs, known.signs, "summary.yml", name, "sign")
    for name, text in known.advice.texts.items():
        _expect(FACT_MARK.findall(text), known.facts, "advice.yml", name, "fact")


def _check_reach(known: Knowledge) -> None:
    """Every fact is told by some answer's first reply, so that a question can reach it."""
    told = {mark for answer in known.answers.values() for mark in FACT_MARK.findall(answer.say)}
    for fact in known.facts:
        if fact not in told:
            raise ContentError("article.yml", fact, "is told by no answer", "Put its mark into a `say` in answers.yml")
