"""Atheris, led by coverage, over what reads text that others write: durations, messages, and the content files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

RUNS = 20_000
TARGETS = {
    "durations": """
from datetime import date
from assistant.nlu.durations import read_durations
def target(text):
    for found in read_durations(" " + " ".join(text.lower().split()) + " ", date(2026, 1, 5)):
        assert found.seconds >= 0 and found.seconds == found.seconds
""",
    "content": """
import tempfile
from pathlib import Path
from assistant.knowledge import ContentError
from assistant.knowledge.loader import load
folder = Path(tempfile.mkdtemp())
import shutil
shutil.copytree("content", folder / "content")
article = folder / "content" / "article.yml"
whole = article.read_text(encoding="utf-8")
def target(text):
    article.write_text(text if len(text) % 2 else whole.replace("topic:", text[:40], 1), encoding="utf-8", errors="ignore")
    try:
        load(folder / "content")
    except ContentError:
        pass
""",
    "patterns": """
from assistant.nlu.patterns import PatternError, PatternSet
def target(text):
    try:
        PatternSet([("x", text)], {"g": ["calf", "left calf"]}).find(" my left calf hurts . ")
    except PatternError:
        pass
""",
}
RUNNER = """
import sys
import atheris
with atheris.instrument_imports(include=["assistant"]):
{body}
def one(data):
    target(atheris.FuzzedDataProvider(data).ConsumeUnicodeNoSurrogates(400))
atheris.Setup([sys.argv[0], "-runs={runs}", "-seed=1", "-max_total_time=25", "-verbosity=0"], one)
atheris.Fuzz()
"""


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_nothing_that_is_written_there_breaks_the_reader(name: str, tmp_path: Path) -> None:
    body = "\n".join("    " + line for line in TARGETS[name].strip().splitlines())
    file = tmp_path / f"{name}.py"
    file.write_text(
        "import assistant.server.launch as launch\nlaunch.prepare()\n" + RUNNER.format(body=body, runs=RUNS), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, str(file)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
