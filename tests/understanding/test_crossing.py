"""Ways to say that something is here, or is not, crossed with names."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.knowledge import ContentError
from tests.understanding.crossing import HERE, NOT_HERE, crossed

SIGNS = "chest_pain | chest pain | chest pain | my chest hurts | have chest pain\nseizure | fits | a fit | i'm having a fit | -\n"
HARMLESS = "tea | a tea | i drink tea | drink tea\n"


def folder_with(tmp_path: Path, present: str, absent: str, signs: str = SIGNS) -> Path:
    (tmp_path / "frames").mkdir()
    for name, text in (("present", present), ("absent", absent), ("signs", signs), ("harmless", HARMLESS)):
        (tmp_path / "frames" / f"{name}.txt").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_way_is_filled_with_each_name_in_its_form(tmp_path: Path) -> None:
    here, not_here = crossed(folder_with(tmp_path, "help, {clause}!\n", "i don't {verb}\nno {noun}\n"))
    assert sorted(here) == [("help, i'm having a fit!", "seizure"), ("help, my chest hurts!", "chest_pain")]
    # A form that a name has not is left out; a harmless thing is harmless wherever it stands.
    assert sorted(not_here) == [
        "help, i drink tea!",
        "i don't drink tea",
        "i don't have chest pain",
        "no chest pain",
        "no fits",
        "no tea",
    ]


def test_nothing_is_said_of_what_the_way_speaks_of(tmp_path: Path) -> None:
    here, _ = crossed(folder_with(tmp_path, "no chest infection but {noun}\n", "no {noun}\n"))
    assert here == [("no chest infection but fits", "seizure")]


@pytest.mark.parametrize(
    ("present", "signs", "named"),
    [
        ("help\n", SIGNS, "help"),
        ("no {noun}\n", "chest_pian | a | b | c | d\n", "chest_pian"),
        ("no {noun}\n", "chest_pain | a\n", "chest_pain"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, present: str, signs: str, named: str) -> None:
    with pytest.raises(ContentError, match=named):
        crossed(folder_with(tmp_path, present, "no {noun}\n", signs))


def test_the_project_s_own_are_the_same_each_time_and_never_both() -> None:
    here, not_here = crossed()
    assert (here, not_here) == crossed()
    assert not {text.lower() for text, _ in here} & {text.lower() for text in not_here}
    # 470 ways and more, and 590; some fit fewer names.
    assert len(here) > 400 * HERE
    assert len(not_here) > 550 * NOT_HERE
