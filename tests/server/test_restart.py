"""A server that is stopped in mid-turn still replies; one that is started again does not reply twice; two share what they have seen."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from assistant.contract import data_of
from tests.channels.fakes import TELEGRAM_SECRET, Fakes
from tests.conftest import MODEL, ROOT
from tests.running import environment

CHAT = 901


@contextmanager
def running(services: Fakes | None, store: Path, port: int = 0) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server of this project's model with its talks and deliveries in `store`; without services it has no tokens."""
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))
        port = free.getsockname()[1]
    for name in ("endpoints.yml", "credentials.yml"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("talks.db", str(store / "talks.db"))
        (store / name).write_text(text, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant.server", "run", "--model", str(MODEL), "--port", str(port),
         "--endpoints", str(store / "endpoints.yml"), "--credentials", str(store / "credentials.yml")],
        cwd=ROOT, env={**environment(services), "PYTHONPATH": str(ROOT), "SESSION_KEY": "kept"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}/webhooks/telegram/"
    try:
        for _ in range(300):
            try:
                requests.get(address, timeout=1)
                break
            except requests.RequestException:
                time.sleep(0.1)
        yield process, address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def deliver(address: str, number: int, text: str) -> None:
    chat = {"id": CHAT, "type": "private"}
    update = {
        "update_id": number,
        "message": {"message_id": 1, "date": 1, "chat": chat, "from": {"id": CHAT, "is_bot": False}, "text": text},
    }
    answer = requests.post(address + "webhook", json=update, headers={"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}, timeout=30)
    assert answer.status_code == 200


def replies(services: Fakes) -> int:
    return sum(1 for method, data in services.telegram if method == "sendMessage" and data["chat_id"] == CHAT)


@pytest.fixture
def quiet(services: Fakes) -> int:
    """How many replies there were before."""
    return replies(services)


def test_stop_and_start_again(services: Fakes, tmp_path: Path, quiet: int) -> None:
    with running(services, tmp_path) as (process, address):
        deliver(address, 1, "hello")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert replies(services) == quiet + 1
    with running(services, tmp_path) as (_, address):
        deliver(address, 1, "hello")
        deliver(address, 2, "i cant breathe")
        time.sleep(2)
    assert replies(services) == quiet + 2


def test_two_servers_answer_a_delivery_once(services: Fakes, tmp_path: Path, quiet: int) -> None:
    with running(services, tmp_path) as (_, first), running(services, tmp_path) as (_, second):
        for number in range(10, 15):
            deliver(first, number, "hello")
            deliver(second, number, "hello")
        time.sleep(3)
    assert replies(services) == quiet + 5


def test_as_installed_it_starts_with_telegram_slack_and_the_api_closed(tmp_path: Path) -> None:
    with running(None, tmp_path) as (process, address):
        assert process.poll() is None
        root = address.removesuffix("webhooks/telegram/")
        for channel in ("telegram", "slack"):
            answer = requests.post(f"{root}webhooks/{channel}/webhook", json={}, timeout=30)
            assert answer.status_code == 503
            assert "docs/" in answer.json()["error"]
        assert requests.get(f"{root}conversations/me/tracker", timeout=30).status_code == 404
        turn = requests.post(f"{root}webhooks/rest/webhook", json={"sender": "me", "message": "i cant breathe"}, timeout=30)
        assert data_of(turn.json()[0])["outcome"] == "emergency"
