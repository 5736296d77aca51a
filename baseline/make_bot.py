"""Writes the bot of `rasa init` with this project's data into a folder: default pipeline and policies, one rule for each intent.

Signs become intents of their own, made from the examples of content/signs.yml and data/signs; each intent has one response, whose
metadata says what it stands for in terms of docs/contract.md, so that both bots can be measured in the same way.

    make baseline
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from assistant.knowledge import knowledge
from assistant.knowledge.loader import FACT_MARK
from assistant.nlu import wordings

ROOT = Path(__file__).resolve().parents[1]
# What `rasa init` of Rasa 3.6.21 writes into config.yml, its commented defaults spelt out.
CONFIG: dict[str, Any] = {
    "recipe": "default.v1",
    "assistant_id": "baseline",
    "language": "en",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": 100},
        {"name": "TEDPolicy", "max_history": 5, "epochs": 100, "constrain_similarities": True},
    ],
}
CHITCHAT = ("greet", "thank", "goodbye", "challenge_bot", "ask_help")


def examples() -> dict[str, list[str]]:
    """Examples by intent: those of data/nlu, and each sign's."""
    found: dict[str, list[str]] = {}
    for file in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            found.setdefault(entry["intent"], []).extend(line[2:] for line in entry["examples"].splitlines())
    for sign in knowledge().signs.values():
        if sign.examples:
            found[f"sign_{sign.id}"] = list(sign.examples)
    for text, sign_id in wordings.stated():
        found.setdefault(f"sign_{sign_id}", []).append(text)
    return found


def meaning(intent: str) -> dict[str, Any]:
    """What a reply to an intent stands for: outcome, level, facts."""
    known = knowledge()
    if intent.startswith("sign_"):
        level = known.signs[intent.removeprefix("sign_")].level
        return {"outcome": level, "level": level, "facts": []}
    if intent in known.answers:
        facts = {fact for text in known.answers[intent].texts() for fact in FACT_MARK.findall(text)}
        return {"outcome": "topic", "facts": sorted(facts)}
    outcome = {"describe_twitch": "interview", "out_of_scope": "out_of_scope", "fallback": "clarify"}.get(
        intent, "chitchat" if intent in CHITCHAT else "explain"
    )
    return {"outcome": outcome, "facts": []}


def write(folder: Path) -> None:
    """Write config, domain, data and endpoints."""
    intents = examples()
    responses = {f"utter_{intent}": [{"text": intent, "metadata": meaning(intent)}] for intent in intents}
    responses["utter_fallback"] = [{"text": "fallback", "metadata": {"outcome": "clarify", "facts": []}}]
    rules = [{"rule": intent, "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]} for intent in intents]
    rules.append({"rule": "fallback", "steps": [{"intent": "nlu_fallback"}, {"action": "utter_fallback"}]})
    stories = [
        {
            "story": f"{first} {second}",
            "steps": [{"intent": first}, {"action": f"utter_{first}"}, {"intent": second}, {"action": f"utter_{second}"}],
        }
        for first, second in zip(list(intents)[:20], list(intents)[20:40], strict=True)
    ]
    nlu = [{"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in intents.items()]
    files = {
        "config.yml": CONFIG,
        "domain.yml": {"version": "3.1", "intents": [*intents, "nlu_fallback"], "responses": responses},
        "data/nlu.yml": {"version": "3.1", "nlu": nlu},
        "data/rules.yml": {"version": "3.1", "rules": rules, "stories": stories},
        "endpoints.yml": {"tracker_store": {"type": "SQL", "dialect": "sqlite", "db": "talks.db"}},
        "credentials.yml": {"rest": None},
    }
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
