"""The weekly page: what it counts, and that it shows no texts unless told to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.channels.transcript import UNSAID
from assistant.report import main, page
from assistant.stores.talks import TalkStore
from tests.conftest import Run, Talk


@pytest.fixture
def endpoints(agent: Any, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    store = TalkStore(domain=agent.domain, db=str(tmp_path / "talks.db"))
    monkeypatch.setattr(agent.processor, "tracker_store", store)
    leaver, asker = Talk(agent, run, "leaver"), Talk(agent, run, "asker")
    for text in ("my calf twitches after my run", "no"):
        leaver.say(text)
    for text in ("does coffee cause twitching", "我的小腿抽搐", "i cant breathe"):
        asker.say(text)
    file = tmp_path / "endpoints.yml"
    file.write_text(yaml.safe_dump({"tracker_store": {"dialect": "sqlite", "db": str(tmp_path / "talks.db")}}), encoding="utf-8")
    return str(file)


def test_what_was_asked_and_where_people_left(endpoints: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--endpoints", endpoints])
    page = capsys.readouterr().out
    assert "2 talks, 5 turns." in page
    for row in ("| ask_caffeine | 1 |", "| topic | 1 |", "| emergency | 1 |", "| at_rest | 1 |"):
        assert row in page
    assert "我" not in page
    assert "calf" not in page


def test_texts_only_where_consent_is_switched_on(
    endpoints: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORT_TEXTS", "1")
    main(["--endpoints", endpoints])
    page = capsys.readouterr().out
    assert "- 我的小腿抽搐" in page
    assert "i cant breathe" not in page


def test_older_talks_are_left_out(endpoints: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--endpoints", endpoints, "--days", "0"])
    assert "0 talks, 0 turns." in capsys.readouterr().out


def test_before_the_first_talk_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "endpoints.yml"
    file.write_text(yaml.safe_dump({"tracker_store": {"dialect": "sqlite", "db": str(tmp_path / "talks.db")}}), encoding="utf-8")
    main(["--endpoints", str(file)])
    assert "0 talks, 0 turns." in capsys.readouterr().out


def test_a_page_that_was_only_opened_is_no_talk_and_its_hello_no_wish() -> None:
    hello = {"event": "user", "text": "hello", "metadata": {UNSAID: True}, "parse_data": {"intent": {"name": "greet"}}}
    opened = [hello, {"event": "bot", "metadata": {"outcome": "chitchat"}}]
    asked = {"event": "user", "text": "why", "metadata": {"id": "a"}, "parse_data": {"intent": {"name": "ask_causes"}}}
    counted = page([opened, [*opened, asked, {"event": "bot", "metadata": {"outcome": "causes"}}]], 7, texts=False)
    assert "1 talks, 1 turns." in counted
    assert "| ask_causes | 1 |" in counted
    assert "greet" not in counted
    assert "chitchat" not in counted
