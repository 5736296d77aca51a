"""Rasa's own commands through the launcher, and content errors said plainly. (`make run` trains and serves in test_server.py.)"""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest
import yaml

from assistant.server.launch import check_workers
from tests.conftest import MODEL, ROOT


def launch(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a command of the launcher."""
    return subprocess.run(
        [sys.executable, "-m", "assistant.server", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture
def endpoints(tmp_path: Path) -> str:
    """The project's endpoints with a tracker store of the test's own."""
    file = tmp_path / "endpoints.yml"
    text = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
    file.write_text(text.replace("talks.db", str(tmp_path / "talks.db")), encoding="utf-8")
    return str(file)


def test_data_validate() -> None:
    done = launch("data", "validate", "--data", "data", "--domain", "domain.yml")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "conflict" in done.stderr + done.stdout
    for problem in ("not used", "Traceback", "ERROR"):
        assert problem not in done.stderr + done.stdout


def test_rasa_test(tmp_path: Path, endpoints: str) -> None:
    done = launch(
        "test", "core", "--stories", "tests/conversations", "--model", str(MODEL), "--out", str(tmp_path), "--no-plot",
        "--endpoints", endpoints,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Evaluation Results on ACTION level" in done.stderr + done.stdout
    assert (tmp_path / "story_report.json").exists()


def test_chat_in_the_terminal(endpoints: str) -> None:
    command = [sys.executable, "-m", "assistant.server", "shell", "--model", str(MODEL), "--endpoints", endpoints]
    ours, theirs = pty.openpty()
    shell = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=theirs, stdout=theirs, stderr=theirs)
    try:
        read_until(ours, "Your input")
        os.write(ours, b"my chest hurts and its tight\r")
        said = read_until(ours, "112")
        assert "Traceback" not in said
        os.write(ours, b"/stop\r")
        assert shell.wait(30) == 0
    finally:
        shell.kill()


def read_until(terminal: int, text: str, patience: float = 60) -> str:
    """What a terminal shows, until it shows this text."""
    shown, deadline = "", time.monotonic() + patience
    while text not in shown:
        assert time.monotonic() < deadline, f"'{text}' did not appear in:\n{shown}"
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 4096).decode("utf-8", "replace")
    return shown


SHARED, LOCAL = "assistant.stores.locks.RedisLockStore", "assistant.stores.locks.LocalLockStore"


@pytest.mark.parametrize(
    ("workers", "talks", "locks", "starts"),
    [
        ("1", {"dialect": "sqlite"}, LOCAL, True),
        ("4", {"dialect": "sqlite"}, LOCAL, False),
        ("4", {"dialect": "sqlite"}, SHARED, False),
        ("4", {}, SHARED, False),
        ("4", {"dialect": "postgresql", "url": "db"}, LOCAL, False),
        ("4", {"dialect": "postgresql", "url": "db"}, SHARED, True),
        ("4", {"url": "postgresql://me@db/talks"}, SHARED, True),
        ("4", {"dialect": "postgresql", "url": "sqlite:///talks.db"}, SHARED, False),
    ],
)
def test_several_workers_start_only_on_stores_that_they_share(
    workers: str, talks: dict[str, str], locks: str, starts: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "stores.yml"
    store = {"type": "assistant.stores.talks.TalkStore", **talks}
    file.write_text(yaml.safe_dump({"tracker_store": store, "lock_store": {"type": locks, "url": "redis://r"}}), encoding="utf-8")
    monkeypatch.setenv("WORKERS", workers)
    monkeypatch.setattr(sys, "argv", ["assistant", "run", "--port", "1", "--endpoints", str(file)])
    with nullcontext() if starts else pytest.raises(SystemExit, match=r"WORKERS=4 needs .+/stores\.yml"):
        check_workers()


def test_the_start_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKERS", "4")
    # No port that anything could listen at.
    done = launch("run", "--model", str(MODEL), "--endpoints", "endpoints.yml", "--port", "99999")
    assert done.returncode != 0
    assert "WORKERS=4 needs" in done.stderr
    assert "deploy/endpoints.shared.yml" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_command_is_an_error() -> None:
    assert launch("sing").returncode != 0


def test_a_content_error_names_file_entry_and_mend(tmp_path: Path) -> None:
    for part in ("assistant", "actions", "content", "data"):
        (tmp_path / part).symlink_to(ROOT / part)
    (tmp_path / "content").unlink()
    (tmp_path / "content").mkdir()
    for file in (ROOT / "content").glob("*.yml"):
        text = file.read_text(encoding="utf-8")
        (tmp_path / "content" / file.name).write_text(
            text.replace("- id: dvt\n  level: urgent", "- id: dvt\n  level: soon"), encoding="utf-8"
        )
    for name in ("config.yml", "domain.yml", "endpoints.yml"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "assistant").unlink()
    shutil.copytree(ROOT / "assistant", tmp_path / "assistant", ignore=shutil.ignore_patterns("__pycache__"))
    train = launch("train", "--out", str(tmp_path / "models"), folder=tmp_path)
    assert train.returncode != 0
    assert "signs.yml" in train.stderr, train.stderr[-2000:]
    assert "dvt" in train.stderr
    assert "Traceback" not in train.stderr
