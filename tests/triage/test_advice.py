"""How a referral names its reason."""

from __future__ import annotations

import pytest

from assistant.knowledge import Level, knowledge
from assistant.knowledge.answers import name_sources
from assistant.triage import Case
from assistant.triage.advice import refer

KNOWN = knowledge()


@pytest.mark.parametrize("sign", ["dvt", "persists_or_recurs", "suspected_medicine"])
def test_a_guess_is_owned_as_one(sign: str) -> None:
    level = KNOWN.signs[sign].rank
    stated = refer((sign,), level, Case(signs=(sign,)), KNOWN).text
    guessed = refer((sign,), level, Case(signs=(sign,), guessed=(sign,)), KNOWN).text
    assert guessed == stated.replace("you mentioned", "if I read you right, you mentioned")
    assert guessed != stated


def test_what_an_answer_established_is_no_guess() -> None:
    case = Case(signs=("suspected_medicine",), guessed=("suspected_medicine",), medication="yes")
    assert "read you right" not in refer(("suspected_medicine",), Level.see_doctor, case, KNOWN).text


def test_a_time_is_a_reason_only_where_it_is_long_enough() -> None:
    told = Case(signs=("over_two_weeks",), since=7 * 86400.0)
    assert f"you mentioned {KNOWN.signs['over_two_weeks'].name}" in refer(("over_two_weeks",), Level.see_doctor, told, KNOWN).text
    assert "for 3 weeks" in refer(("over_two_weeks",), Level.see_doctor, Case(since=21 * 86400.0), KNOWN).text


def test_the_article_is_named_for_what_it_advises_only() -> None:
    assert name_sources(("continuous_without_exercise",), KNOWN) == KNOWN.advice.texts["from_article"]
    assert "the article" in name_sources(("over_two_weeks", "continuous_without_exercise"), KNOWN)
    medicine = name_sources(("suspected_medicine",), KNOWN)
    assert "article" not in medicine
    assert not medicine.endswith("..")
