"""Replies to questions: from the name of a question to what is said, all of it from `content/`."""

from __future__ import annotations

from assistant.knowledge.model import Knowledge
from assistant.knowledge.reply import Reply, choices

FOLLOW_UPS = ("why", "amount", "effect", "more")
# Asked for the same comfort this often, more facts do not help (safety-signs: mental health).
TIMES_BEFORE_HELP = 3
# The one source that is not public health advice.
ARTICLE = "ARTICLE"


def answer(
    intent: str, known: Knowledge, times: int = 1, withhold: frozenset[str] = frozenset(), unmentioned: tuple[str, ...] = ()
) -> Reply:
    """The reply to a question.

    Args:
        intent: the question's name; it must be in answers.yml.
        known: the content.
        times: how often it has been asked in this conversation, this time included.
        withhold: facts not to be told to this person: not for their group (content/groups.yml), or causes that they rule out.
        unmentioned: things that the question names and the article does not.
    """
    entry = known.answers[intent]
    if entry.third_time and times >= TIMES_BEFORE_HELP:
        return Reply(entry.third_time, "explain", sources=entry.third_time_sources, buttons=choices(entry.next, known))
    said = entry.say
    for fact in withhold:
        said = said.replace("{" + fact + "}", "")
    first = known.follow_ups.unmentioned.format(things=", ".join(unmentioned)) if unmentioned else ""
    text, facts = known.tell(f"{first} {said} {entry.open}")
    return Reply(
        " ".join(text.split()),
        entry.outcome,
        facts=tuple(facts),
        sources=entry.sources,
        buttons=choices(entry.next, known),
    )


def follow_up(kind: str, intent: str | None, known: Knowledge) -> Reply:
    """The reply to a bare "why?", "how much?", "does that help?" or "what else?".

    Args:
        kind: one of FOLLOW_UPS.
        intent: the question answered last, or None.
        known: the content.
    """
    entry = known.answers.get(intent or "")
    own = str(getattr(entry, kind)) if entry else ""
    text, facts = known.tell(own or str(getattr(known.follow_ups, kind)))
    outcome = {"why": "causes", "more": "prevention"}.get(kind, "topic")
    if entry and own:
        outcome = entry.outcome
    next_ = entry.next if entry else known.follow_ups.next
    return Reply(text, outcome, facts=tuple(facts), buttons=choices(next_, known))


def about_sign(sign: str, known: Knowledge) -> Reply:
    """What a warning sign would mean, for one that is asked about and not there.

    Args:
        sign: its id.
        known: the content.
    """
    entry = known.signs[sign]
    name = entry.name[0].upper() + entry.name[1:]
    text = known.advice.texts[f"about_{entry.level}"].format(name=name, source=name_sources((sign,), known))
    next_ = known.answers["ask_warning_sign"].next
    return Reply(text, "explain", sources=entry.sources, buttons=choices(next_, known))


def source(facts: list[str], signs: list[str], sources: list[str], known: Knowledge) -> Reply:
    """Where the last reply is from: article and section, and the named sources of its signs."""
    words, parts = known.advice.texts, []
    if facts:
        sections = dict.fromkeys(known.sections[known.facts[fact].section] for fact in facts)
        parts.append(words["source_article"].format(title=known.article.title, section=", ".join(sections), note=known.article.note))
    named = list(dict.fromkeys([*sources, *(name for sign in signs for name in known.signs[sign].sources)]))
    if ARTICLE in named and not facts:
        parts.append(words["source_titles"].format(title=known.article.title))
    parts += _named([name for name in named if name != ARTICLE], known)
    return Reply(" ".join(parts) or words["source_titles"].format(title=known.article.title), "explain",
                 facts=tuple(facts), signs=tuple(signs), sources=tuple(named))  # fmt: skip


def name_sources(signs: tuple[str, ...], known: Knowledge) -> str:
    """A short "that comes from ..." for a referral: the article only where it sends to a doctor for each of these signs itself."""
    if all(known.signs[sign].in_article == "yes" for sign in signs):
        return known.advice.texts["from_article"]
    names = dict.fromkeys(
        name for sign in signs for name in known.signs[sign].sources if name != ARTICLE or known.signs[sign].in_article == "yes"
    )
    shown = [known.advice.texts["article"] if name == ARTICLE else known.sources[name].name for name in names]
    # A name may end in a full stop, as the sentence does.
    return known.advice.texts["from_source"].format(sources="; ".join(shown).rstrip("."))


def _named(names: list[str], known: Knowledge) -> list[str]:
    if not names:
        return []
    words = known.advice.texts
    listed = "; ".join(f"{known.sources[name].name}, “{known.sources[name].title}”" for name in names)
    parts = [words["source_named"].format(sources=listed)]
    if any(known.sources[name].status.startswith("UNVERIFIED") for name in names):
        parts.append(words["source_unverified"])
    return [*parts, words["source_disclaimer"]]
