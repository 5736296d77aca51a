"""The two bots under test as running servers, and what the operating system says of them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests
import yaml

ROOT = Path(__file__).resolve().parents[1]
OURS = "this assistant"
BASELINE = "`rasa init`"
BASELINE_BOT = ROOT / ".baseline" / "bot"
BASELINE_VENV = ROOT / ".baseline" / "venv"
# `make bench-baseline` notes how long its training took.
BASELINE_TRAINING = BASELINE_BOT / "training_seconds"
MODEL = ROOT / "models" / "assistant.tar.gz"
PATIENCE = 180


@dataclass
class Bot:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int
    seconds_to_answer: float = 0.0
    replied: bool = False

    def __post_init__(self) -> None:
        """One connection, as a program would keep."""
        self._session = requests.Session()

    def say(self, sender: str, message: str) -> float:
        """One turn over REST; seconds until its reply."""
        begin = time.perf_counter()
        body = {"sender": sender, "message": message}
        answer = self._session.post(f"http://127.0.0.1:{self.port}/webhooks/rest/webhook", json=body, timeout=PATIENCE)
        answer.raise_for_status()
        self.replied = bool(answer.json())
        return time.perf_counter() - begin

    def cpu(self) -> float:
        """Seconds of CPU that its threads have used, to the nanosecond (Linux schedstat; `times` counts hundredths)."""
        total = 0
        for process in self._processes():
            for task in Path(f"/proc/{process.pid}/task").iterdir():
                with suppress(OSError):
                    total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def memory(self) -> float:
        """Resident memory in MB."""
        return sum(process.memory_info().rss for process in self._processes()) / 2**20

    def keep_to_one_core(self) -> None:
        """Bind all its threads to the first core; the callers have the others."""
        for process in self._processes():
            for task in Path(f"/proc/{process.pid}/task").iterdir():
                os.sched_setaffinity(int(task.name), {0})

    def _processes(self) -> list[psutil.Process]:
        main = psutil.Process(self.process.pid)
        return [main, *main.children(recursive=True)]


def _serve(command: list[str], folder: Path, variables: dict[str, str]) -> Iterator[Bot]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begin = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=folder,
        env={**os.environ, **variables, "RASA_TELEMETRY_ENABLED": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    bot = Bot(process, port)
    try:
        while not _answers(bot):
            if process.poll() is not None or time.perf_counter() - begin > PATIENCE:
                raise RuntimeError(f"{command[0]} did not start")
            time.sleep(0.02)
        bot.seconds_to_answer = time.perf_counter() - begin
        yield bot
    finally:
        process.terminate()
        process.wait(60)


def _answers(bot: Bot) -> bool:
    try:
        # Rasa answers with nothing while it has no model, or none that it can read.
        bot.say("first", "my calf twitches after my run")
        return bot.replied
    except requests.RequestException:
        return False


@contextmanager
def ours(database: Path | None = None) -> Iterator[Bot]:
    """This assistant with its defaults, but for the pacing and a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
        endpoints["tracker_store"]["db"] = str(database or Path(folder) / "talks.db")
        file = Path(folder) / "endpoints.yml"
        file.write_text(yaml.safe_dump(endpoints), encoding="utf-8")
        command = [sys.executable, "-m", "assistant.server", "run", "--model", str(MODEL), "--endpoints", str(file)]
        yield from _serve([*command, "--credentials", "credentials.yml"], ROOT, {"PYTHONPATH": str(ROOT), "RATE_LIMIT": "0"})


@contextmanager
def baseline() -> Iterator[Bot]:
    """The bot of `rasa init`, with what `rasa run` does by default."""
    rasa = str(BASELINE_VENV / "bin" / "rasa")
    # Talks of an earlier run would go on, and cost it more.
    (BASELINE_BOT / "talks.db").unlink(missing_ok=True)
    yield from _serve([rasa, "run", "--model", "models/baseline.tar.gz", "--credentials", "credentials.yml"], BASELINE_BOT, {})


def training() -> float:
    """Seconds that this assistant's training takes after new messages: encoder, then classifiers; both are made anew."""
    begin = time.perf_counter()
    subprocess.run(["make", "--what-if", "data/introductions.txt", "train"], cwd=ROOT, check=True, capture_output=True)  # noqa: S607 - make is found as for the person who calls it
    return time.perf_counter() - begin


def environment_size() -> float:
    """MB of an environment with just what this assistant runs on."""
    with tempfile.TemporaryDirectory() as folder:
        uv, options = str(ROOT / ".tools" / "uv"), ["--quiet", "--no-config"]
        subprocess.run([uv, "venv", *options, "--python", "3.11", folder, "--clear"], check=True)
        install = ["--no-deps", "--require-hashes", "--compile-bytecode", "--python", f"{folder}/bin/python"]
        subprocess.run([uv, "pip", "install", *options, *install, "-r", str(ROOT / "requirements.txt")], check=True)
        return size(Path(folder))


def size(folder: Path) -> float:
    """MB of the files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink()) / 2**20
