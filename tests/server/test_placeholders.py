"""Placeholders for what Rasa imports and nothing here uses: there where it is missing, and only there."""

from __future__ import annotations

import importlib
import importlib.util
import sys

import pytest

from assistant.server import placeholders


@pytest.mark.parametrize("name", [*placeholders._PLACEHOLDERS, *placeholders._CLIENTS])
def test_rasa_finds_what_it_imports(name: str) -> None:
    module = importlib.import_module(name)
    for class_name in {**placeholders._PLACEHOLDERS, **placeholders._CLIENTS}[name]:
        assert isinstance(getattr(module, class_name), type)


@pytest.mark.parametrize(
    "module",
    [
        "rasa.core.channels.telegram",
        "rasa.core.channels.twilio",
        "rasa.core.channels.twilio_voice",
        "rasa.core.channels.webexteams",
        "rasa.core.tracker_store",
    ],
)
def test_rasas_own_modules_import_with_them(module: str) -> None:
    assert importlib.import_module(module)


def test_a_client_that_is_installed_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "boto3"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    placeholders.install_placeholders()
    assert "boto3.dynamodb.conditions" not in sys.modules
