"""Plain messages to learn from: every file belongs to a sign, no message is stated and harmless at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.knowledge import ContentError
from assistant.nlu import wordings


def test_no_message_is_both_stated_and_harmless() -> None:
    assert not {text.lower() for text, _ in wordings.stated()} & {text.lower() for text in wordings.harmless()}


def test_a_file_named_after_no_sign_is_refused(tmp_path: Path) -> None:
    (tmp_path / "signs").mkdir()
    (tmp_path / "signs" / "chest_pian.txt").write_text("my chest hurts\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"chest_pian\.txt"):
        wordings.stated(tmp_path)


def test_each_line_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "signs").mkdir()
    (tmp_path / "signs" / "chest_pain.txt").write_text("  my chest hurts \n\ntight chest\n", encoding="utf-8")
    assert wordings.stated(tmp_path) == [("my chest hurts", "chest_pain"), ("tight chest", "chest_pain")]
    assert wordings.harmless(tmp_path) == []
