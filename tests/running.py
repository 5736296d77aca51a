"""A real server, started as the README says: `make run` in a fresh copy of what is under version control."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.channels.fakes import (
    SLACK_SECRET,
    SLACK_TOKEN,
    TELEGRAM_SECRET,
    TELEGRAM_TOKEN,
    Fakes,
)

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "x"
# A page that may embed the widget.
EMBEDDER = "http://club.example"
# Seconds; environment and model stand already.
PATIENCE = 120


@dataclass(frozen=True)
class Server:
    """A running server: its address, its folder, and what it printed."""

    address: str
    folder: Path
    printed: list[str]

    def post(self, path: str, **what: Any) -> requests.Response:
        """POST to it."""
        return requests.post(self.address + path, timeout=30, **what)

    def say(self, sender: str, message: str) -> list[dict[str, Any]]:
        """One turn over REST."""
        answer = self.post("/webhooks/rest/webhook", json={"sender": sender, "message": message})
        assert answer.status_code == 200, answer.text
        replies: list[dict[str, Any]] = answer.json()
        return replies

    def tracker(self, conversation: str) -> dict[str, Any]:
        """A conversation, from Rasa's HTTP API."""
        answer = requests.get(f"{self.address}/conversations/{conversation}/tracker", params={"token": TOKEN}, timeout=30)
        tracker: dict[str, Any] = answer.json()
        return tracker


def fresh_copy(folder: Path) -> None:
    """What git knows of the project, with the environment and the model that `make test` has just made from nothing; no talks."""
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in files.split("\n"):
        if name and (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for tool in (".venv", ".tools"):
        (folder / tool).symlink_to(ROOT / tool)
    # Last, and new, the encoder before the model: make trains where anything is newer, which takes longer than all these tests.
    (folder / "models").mkdir()
    for made in ("encoder.onnx", "assistant.tar.gz"):
        shutil.copy(ROOT / "models" / made, folder / "models" / made)


def environment(services: Fakes | None) -> dict[str, str]:
    """What the server finds in its environment: nothing of pytest's or make's, the tokens, and where the services are."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COV_", "PYTEST", "MAKE", "TELEGRAM", "SLACK", "SESSION_KEY"))
    }
    own["ORIGINS"] = f"https://other.example {EMBEDDER}"
    if services is None:
        return own
    return {
        **own,
        "TELEGRAM_TOKEN": TELEGRAM_TOKEN,
        "TELEGRAM_SECRET": TELEGRAM_SECRET,
        "TELEGRAM_API": services.address,
        "SLACK_TOKEN": SLACK_TOKEN,
        "SLACK_SIGNING_SECRET": SLACK_SECRET,
        "SLACK_API": services.address + "/slack/",
    }


@pytest.fixture(scope="session")
def services() -> Fakes:
    """Stand-ins for Telegram and Slack."""
    return Fakes()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, services: Fakes) -> Iterator[Server]:
    """`make run API_TOKEN=x`, to the line that names the chat page."""
    folder = tmp_path_factory.mktemp("copy")
    fresh_copy(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}", f"API_TOKEN={TOKEN}"],
        cwd=folder,
        env=environment(services),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    printed: list[str] = []
    stream = process.stdout
    assert stream is not None
    threading.Thread(target=lambda: printed.extend(stream), daemon=True).start()
    deadline = time.monotonic() + PATIENCE
    while not any(line.startswith("Ready.") for line in list(printed)):
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail("`make run` did not get ready:\n" + "".join(printed))
        time.sleep(0.2)
    yield Server(f"http://127.0.0.1:{port}", folder, printed)
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(20)
