"""The content as it stands, and that errors in it are said plainly."""

from __future__ import annotations

import re
import shutil
import statistics
from pathlib import Path

import pytest
import textstat

from assistant.knowledge import ContentError, knowledge, load
from assistant.knowledge.loader import CONTENT

KNOWN = knowledge()
GARBLED = "risk for developing muscle twitching after exercise is to drink"


def test_all_facts_and_signs_are_there() -> None:
    assert len(KNOWN.facts) == 47
    assert len(KNOWN.signs) == 54


def test_facts_are_easy_to_read() -> None:
    grades = {fact.id: textstat.flesch_kincaid_grade(fact.say) for fact in KNOWN.facts.values()}
    assert statistics.median(grades.values()) <= 6
    assert {fact: grade for fact, grade in grades.items() if grade > 8} == {}


def test_the_garbled_sentence_is_nowhere() -> None:
    for file in CONTENT.glob("*.yml"):
        assert GARBLED not in file.read_text(encoding="utf-8").lower(), file


def test_replies_are_short() -> None:
    for answer in KNOWN.answers.values():
        for text in (f"{answer.say} {answer.open}", answer.why, answer.amount, answer.effect, answer.more):
            told, _ = KNOWN.tell(text)
            assert len(told.split()) <= 80, answer.intent


def test_no_amounts_where_the_article_has_none() -> None:
    amount = re.compile(r"\d+\s*(mg|ml|litres?|liters?|cups?|glasses|grams?|g)\b")
    for answer in KNOWN.answers.values():
        assert not any(amount.search(KNOWN.tell(text)[0]) for text in answer.texts()), answer.intent


def test_every_cause_says_what_answers_it() -> None:
    for cause in KNOWN.causes():
        fact = KNOWN.facts[cause]
        assert fact.prevented_by or fact.eased_by or cause == "causes.prescription_side_effect", cause


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    shutil.copytree(CONTENT, folder)
    return folder


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("article.yml", "- id: relief.massage\n", "- id: relief.stretch\n", "relief.stretch: stands twice"),
        (
            "article.yml",
            "section: causes\n  say: Many",
            "section: nowhere\n  say: Many",
            "'nowhere', which does not exist",
        ),
        ("article.yml", "prevented_by: [prevention.limit", "prevented_by: [prevention.no_limit", "names the fact"),
        ("answers.yml", "{relief.massage}", "{relief.message}", "names the fact 'relief.message'"),
        ("answers.yml", "outcome: topic", "outcome: tropic", "key 'outcome'"),
        ("answers.yml", "{sites.common_leg_muscles} {def", "{def", "sites.common_leg_muscles: is told by no answer"),
        ("signs.yml", "level: emergency", "level: dreadful", "key 'level'"),
        ("article.yml", "facts:\n", "facts\n", "is not valid YAML"),
        ("groups.yml", "sources: [ECLAMPSIA", "sources: [ECLIPSE", "'ECLIPSE'"),
    ],
)
def test_errors_name_file_entry_and_mend(copy: Path, file: str, old: str, new: str, said: str) -> None:
    change(copy, file, old, new)
    with pytest.raises(ContentError) as error:
        load(copy)
    message = str(error.value)
    assert message.startswith("content/")
    assert said in message
    assert message.count(". ") >= 1, "what to do stands after the problem"


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "groups.yml").unlink()
    with pytest.raises(ContentError, match=r"groups\.yml: file: is missing"):
        load(copy)


@pytest.mark.parametrize("opener", ["[", "{a: ", "- ", "? "])
def test_no_depth_of_nesting_ends_the_process(copy: Path, opener: str) -> None:
    (copy / "groups.yml").write_text(opener * 100_000, encoding="utf-8")
    with pytest.raises(ContentError, match=r"groups\.yml: file: .*nesting"):
        load(copy)


def test_a_changed_sentence_is_said(copy: Path) -> None:
    change(copy, "article.yml", "say: Let the muscle rest.", "say: Give the muscle a break.")
    assert load(copy).tell("{relief.rest}") == ("Give the muscle a break.", ["relief.rest"])
