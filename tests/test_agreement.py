"""What `rasa data validate` lets pass: domain, rules, content, data and actions must agree with each other."""

from __future__ import annotations

import ast
import re
import subprocess
from typing import Any

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

from actions.interview import ASKED_WHICH
from assistant.knowledge import knowledge
from assistant.nlu.lexicon import lexicon
from assistant.policies.safety import STILL
from assistant.triage import QUESTIONS
from assistant.triage.interview import WHICH
from tests.conftest import ROOT

KNOWN = knowledge()
DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
OUTCOMES = {
    "emergency", "urgent", "see_doctor", "self_care", "prevention", "causes", "explain", "topic",
    "interview", "chitchat", "out_of_scope", "clarify", "privacy", "summary",
}  # fmt: skip


def documents(folder: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted((ROOT / folder).rglob("*.yml"))]


EXAMPLES: dict[str, list[str]] = {}
for document in documents("data/nlu"):
    for entry in document["nlu"]:
        lines = [line[2:].strip() for line in entry["examples"].splitlines() if line.startswith("- ")]
        EXAMPLES.setdefault(entry["intent"], []).extend(lines)
RULES = [rule for document in documents("data/rules") for rule in document["rules"]]
STEPS = [step for rule in RULES for either in rule["steps"] for step in either.get("or", [either])]
ACTION_CODE = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "actions").glob("*.py"))


def test_every_intent_has_enough_examples_and_no_others() -> None:
    assert set(EXAMPLES) == set(DOMAIN["intents"]) - {"nlu_fallback"}
    assert {intent: len(lines) for intent, lines in EXAMPLES.items() if len(lines) < 40} == {}


def test_no_example_stands_twice() -> None:
    seen: dict[str, str] = {}
    for intent, lines in EXAMPLES.items():
        for line in lines:
            assert line.lower() not in seen, f"'{line}' in {intent} and {seen[line.lower()]}"
            seen[line.lower()] = intent


def test_every_entity_that_is_found_is_named_in_the_domain() -> None:
    found = {label.split("=", 1)[0] for label in lexicon().findings.labels} | {"sign", "bout", "since", "duration", "also"}
    assert found == set(DOMAIN["entities"])


def test_every_group_of_words_is_used() -> None:
    groups = yaml.safe_load((ROOT / "content" / "words.yml").read_text(encoding="utf-8"))["words"]
    files = [*(ROOT / "content").glob("*.yml"), ROOT / "assistant" / "nlu" / "lexicon.py"]
    texts = "".join(file.read_text(encoding="utf-8") for file in files)
    assert [name for name in groups if f"{{{name}}}" not in texts and f'groups["{name}"]' not in texts] == []


def test_every_intent_has_a_rule() -> None:
    assert {step["intent"] for step in STEPS if "intent" in step} == set(DOMAIN["intents"])


def test_every_rule_names_an_action_that_exists() -> None:
    known = {*DOMAIN["actions"], *DOMAIN["responses"], *DOMAIN["forms"], "action_deactivate_loop"}
    assert {step["action"] for step in STEPS if "action" in step} <= known


def test_every_action_of_the_domain_is_a_class_and_the_other_way_round() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    assert set(executor.actions) == set(DOMAIN["actions"])


def test_every_question_has_its_wordings_a_reason_and_a_slot() -> None:
    assert DOMAIN["forms"]["interview_form"]["required_slots"] == list(QUESTIONS)
    for slot in QUESTIONS:
        assert slot in DOMAIN["slots"]
        wordings = DOMAIN["responses"][f"utter_ask_interview_form_{slot}"]
        tries = {wording["condition"][0]["value"] for wording in wordings if "condition" in wording}
        assert tries == ({1, ASKED_WHICH} if slot in WHICH else {1})
        assert len(wordings) == len(tries) + 1
        assert all(wording["metadata"]["asks"] == slot for wording in wordings)
        assert all(wording["buttons"] for wording in wordings)
        assert f"utter_why_{slot}" in DOMAIN["responses"]


def test_every_emergency_sign_has_its_plain_response() -> None:
    signs = {sign.id for sign in KNOWN.signs.values() if sign.level == "emergency"}
    responses = {n.removeprefix("utter_emergency_") for n in DOMAIN["responses"] if n.startswith("utter_emergency_")}
    assert responses == signs
    for sign in signs:
        (response,) = DOMAIN["responses"][f"utter_emergency_{sign}"]
        assert response["metadata"] == {"outcome": "emergency", "level": "emergency", "facts": [], "signs": [sign]}
        assert "emergency number" in response["text"]


@pytest.mark.parametrize("name", sorted(DOMAIN["responses"]))
def test_every_response_bears_metadata_that_holds(name: str) -> None:
    for response in DOMAIN["responses"][name]:
        data = response["metadata"]
        assert data["outcome"] in OUTCOMES
        assert all(fact in KNOWN.facts for fact in data["facts"])
        assert all(sign in KNOWN.signs for sign in data["signs"])
        assert all(source in KNOWN.sources for source in data.get("sources", []))
        assert set(re.findall(r"\{(\w+)\}", response["text"])) <= {"corrected"}


def test_every_response_is_used() -> None:
    rules = {step.get("action") for step in STEPS}
    by_name = ("utter_emergency_", "utter_ask_interview_form_", "utter_why_")
    for name in DOMAIN["responses"]:
        spoken = name in rules or name.startswith(by_name) or f'"{name}"' in ACTION_CODE or name in ("utter_sorry", STILL)
        assert spoken, name


def test_responses_that_actions_send_exist() -> None:
    for name in re.findall(r'response="(utter_\w+)"', ACTION_CODE):
        assert name in DOMAIN["responses"], name


def test_every_answer_has_an_intent_and_every_question_an_answer() -> None:
    assert set(KNOWN.answers) <= set(DOMAIN["intents"])
    meta = {
        "ask_special_group",
        "ask_help",
        "ask_why_asked",
        "ask_why",
        "ask_amount",
        "ask_more",
        "ask_effect",
        "ask_source",
        "ask_privacy",
        "ask_summary",
    }
    questions = {intent for intent in DOMAIN["intents"] if intent.startswith(("ask_", "express_"))}
    assert questions - meta == set(KNOWN.answers)


def test_slots_of_conditions_exist() -> None:
    for slot in DOMAIN["slots"].values():
        for mapping in slot["mappings"]:
            assert mapping["type"] == "custom"
            assert mapping.get("action", "action_collect_findings") in DOMAIN["actions"]


def test_no_button_sends_a_command() -> None:
    for responses in DOMAIN["responses"].values():
        for response in responses:
            assert all(not button["payload"].startswith("/") for button in response.get("buttons", []))


def imported(start: list[str]) -> set[str]:
    """The files of this project that these modules import, and those theirs."""
    found: set[str] = set()
    while start:
        file = f"{start.pop().replace('.', '/')}.py"
        if file in found or not (ROOT / file).exists():
            continue
        found.add(file)
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                start += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                start += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                start.append(f"{node.module}.__init__")
    return {file for file in found if not file.endswith("__init__.py")}


def test_make_trains_anew_where_code_that_trains_has_changed() -> None:
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    components = [step["name"].rpartition(".")[0] for step in config["pipeline"]]
    known = subprocess.run(["make", "-pn", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (learnt,) = re.findall(r"^models/assistant\.tar\.gz: (.+)$", known, re.MULTILINE)
    assert imported(components) <= set(learnt.split())
    (taught,) = re.findall(r"^models/encoder\.onnx: (.+)$", known, re.MULTILINE)
    # Its messages are read by these; what else the encoder's teaching imports says nothing of them.
    assert {"assistant/knowledge/loader.py", "assistant/knowledge/model.py"} <= set(taught.split())
