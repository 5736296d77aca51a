"""The rules of the house (docs/architecture.md): who may import whom, and no sentences in code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

FORBIDDEN = {
    "assistant/knowledge": (
        "rasa",
        "assistant.nlu",
        "assistant.triage",
        "assistant.policies",
        "assistant.channels",
        "actions",
    ),
    "assistant/triage": ("rasa", "assistant.nlu", "assistant.policies", "assistant.channels", "actions"),
    "assistant/nlu": ("actions", "assistant.channels", "assistant.policies", "assistant.triage"),
    "assistant/policies": ("actions", "assistant.channels", "assistant.nlu"),
    "assistant/stores": (
        "actions",
        "assistant.knowledge",
        "assistant.triage",
        "assistant.nlu",
        "assistant.policies",
        "assistant.channels",
        "assistant.server",
    ),
    "assistant/channels": ("actions", "assistant.knowledge", "assistant.triage", "assistant.nlu"),
    "actions": ("assistant.nlu", "assistant.channels", "assistant.policies", "assistant.server", "requests", "aiohttp"),
    "assistant/contract.py": ("assistant", "actions", "rasa"),
    "assistant/metrics.py": (
        "actions",
        "rasa",
        "assistant.channels",
        "assistant.knowledge",
        "assistant.nlu",
        "assistant.policies",
        "assistant.server",
        "assistant.stores",
        "assistant.triage",
    ),
    "assistant/report.py": ("actions", "assistant.knowledge", "assistant.nlu", "assistant.policies", "assistant.triage"),
    "tuning": ("actions", "assistant.channels", "assistant.server", "assistant.triage"),
}
SOURCES = sorted([*(ROOT / "assistant").rglob("*.py"), *(ROOT / "actions").glob("*.py")])


def imports(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("room", sorted(FORBIDDEN))
def test_rooms_import_only_what_lies_after_them(room: str) -> None:
    for file in [ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"):
        for name in imports(file):
            assert not any(name == f or name.startswith(f + ".") for f in FORBIDDEN[room]), f"{file}: {name}"


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT)))
def test_a_file_fits_in_one_sitting(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 320


def test_actions_send_no_sentences_of_their_own() -> None:
    """`text=` in an action is always content, never a literal."""
    for file in (ROOT / "actions").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "text":
                assert not isinstance(node.value, ast.Constant | ast.JoinedStr), f"{file}:{node.value.lineno}"


def test_docstrings_stand_on_everything_public() -> None:
    for file in SOURCES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree) is not None, file
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{file}: {node.name}"
