"""The window: a long talk goes on as if all of it were read, and a turn reads no more of it than before."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from actions.summary import QUOTED, own_words
from assistant.stores import tables
from assistant.stores.talks import TalkStore
from assistant.stores.window import LEAST, MOST, TELLING, Row, Window, cut
from tests.conftest import Run, Talk

# Questions, the interview with corrections, a summary, an urgent sign, "start again", and the interview once more.
LONG_TALK = [
    "hello", "does coffee cause twitching", "why", "my calf twitches after my run", "no", "what about magnesium", "it was just a cramp?",
    "only after running", "few seconds", "why do you ask", "since yesterday", "2 coffees", "no", "thanks", "summary for my doctor",
    "how do i stop it", "who says so", "tell me about stretching", "actually it was 10 minutes", "is it normal", "does water help",
    "summary for my doctor", "my leg has been numb for 3 days", "what can you do", "start again", "my thigh jumps after squats", "no",
    "no", "a minute", "how long does it last", "since monday", "nothing", "i take ramipril", "summary for my doctor", "no wait, my shin",
    "does water help", "why", "what about magnesium", "is it normal", "who says so", "thanks", "summary for my doctor", "bye",
]  # fmt: skip


def numbered(*events: dict[str, Any]) -> list[Row]:
    return [Row(number, event) for number, event in enumerate(events, start=1)]


def turn(text: str, *events: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"event": "user", "text": text}, *events, {"event": "action", "name": "action_listen"}]


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value}


def test_a_short_talk_is_read_whole() -> None:
    assert cut(numbered(*turn("hi") * (MOST // 2))) is None


def test_a_long_one_begins_with_a_turn_and_keeps_what_is_still_true() -> None:
    calf = turn("my calf", slot("body_part", ["calf"]), slot("since", 60.0))
    again = turn("since monday", slot("since", 90.0))
    begins = [{"event": "session_started"}, {"event": "action", "name": "action_listen"}]
    events = [*turn("hi"), *calf, *again, *turn("hm") * 40]
    rows = numbered(*begins, *events)
    window = cut(rows, most=50, least=20)
    assert window is not None
    assert rows[window.first - 1].event == {"event": "action", "name": "action_listen"}
    assert len(rows) - window.first >= 20
    kept = [rows[number - 1].event for number in window.kept]
    assert kept == [*begins, calf[0], calf[1], again[0], again[1]]


def test_what_was_cut_once_is_cut_again_with_nothing_forgotten() -> None:
    rows = numbered({"event": "session_started"}, *turn("thigh", slot("body_part", ["thigh"])), *turn("hm") * 40)
    first = cut(rows, most=30, least=10)
    assert first is not None
    held = [row for row in rows if row.id >= first.first or row.id in first.kept]
    held += [Row(len(rows) + number, event) for number, event in enumerate(turn("hm") * 40, start=1)]
    second = cut(held, most=30, least=10)
    assert second is not None
    assert second.kept == first.kept


def test_a_talk_that_keeps_many_is_not_cut_at_each_turn() -> None:
    slots = [event for name in range(MOST) for event in turn(str(name), slot(str(name), 1.0))]
    rows = numbered({"event": "session_started"}, {"event": "action", "name": "action_listen"}, *slots)
    window = cut(rows)
    assert window is not None
    held = [row for row in rows if row.id >= window.first or row.id in window.kept]
    assert len(held) > MOST
    assert cut(held, len(window.kept)) is None
    more = [Row(len(rows) + number, event) for number, event in enumerate(turn("hm") * MOST, start=1)]
    assert cut([*held, *more], len(window.kept)) is not None


def test_a_new_session_forgets_the_old_one() -> None:
    rows = numbered({"event": "session_started"}, *turn("hi"), {"event": "session_started"}, *turn("hm"))
    assert cut(rows) == Window(4, ())


def test_a_sign_that_was_stated_and_a_question_that_was_asked_stay() -> None:
    dark = {"event": "user", "parse_data": {"entities": [{"entity": "sign", "value": "rhabdo", "status": "present"}]}}
    asked = {"event": "bot", "metadata": {"metadata": {"asks": "bout"}}}
    loop = {"event": "active_loop", "name": "interview_form"}
    rows = numbered({"event": "action", "name": "action_listen"}, loop, dark, asked, *turn("hm") * 60)
    window = cut(rows)
    assert window is not None
    assert window.kept == (1, 2, 3, 4)


def test_the_first_message_that_told_something_stays_for_the_summary() -> None:
    calf = turn("my calf", slot("body_part", ["calf"]))
    thigh = turn("no, my thigh", slot("body_part", ["thigh"]))
    rows = numbered({"event": "session_started"}, *turn("hi", slot("tries", 0)), *calf, *thigh, *turn("hm") * 60)
    window = cut(rows)
    assert window is not None
    kept = [rows[number - 1].event for number in window.kept]
    assert own_words(kept) == {"opening": "my calf", "body_part": "no, my thigh"}


def test_what_was_forgotten_is_kept_no_more() -> None:
    again = turn("start again", {"event": "action", "name": "action_start_again"}, slot("bout", None))
    thigh = turn("my thigh", slot("body_part", ["thigh"]))
    begins = [{"event": "session_started"}, {"event": "action", "name": "action_listen"}]
    rows = numbered(*begins, *turn("my calf", slot("bout", 5.0)), *again, *thigh, *turn("hm") * 60)
    window = cut(rows)
    assert window is not None
    kept = [rows[number - 1].event for number in window.kept]
    assert {event["text"] for event in kept if event["event"] == "user"} == {"start again", "my thigh"}
    assert own_words(kept)["opening"] == "my thigh"


def test_the_summary_and_the_window_agree_on_what_tells_something() -> None:
    assert set(QUOTED) == TELLING


@pytest.mark.parametrize("most", [12, 25, 40])
def test_a_long_talk_gets_the_same_answers_with_a_small_window(
    most: int, agent: Any, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hold(name: str, size: int) -> list[list[str]]:
        store = TalkStore(domain=agent.domain, db=str(tmp_path / f"{name}.db"))
        monkeypatch.setattr(tables, "cut", lambda rows, kept: cut(rows, kept, size, size // 2))
        monkeypatch.setattr(agent.processor, "tracker_store", store)
        talk = Talk(agent, run, "long")
        return [[reply["text"] for reply in talk.say(text)] for text in LONG_TALK]

    whole = hold("whole", 10_000)
    for text, wanted, got in zip(LONG_TALK, whole, hold("windowed", most), strict=True):
        assert got == wanted, text


def test_a_turn_reads_no_more_the_longer_a_talk_gets(agent: Any, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = TalkStore(domain=agent.domain, db=str(tmp_path / "talks.db"))
    monkeypatch.setattr(agent.processor, "tracker_store", store)
    talk = Talk(agent, run, "longer")
    for text in itertools.islice(itertools.cycle(LONG_TALK), 120):
        talk.say(text)
    tracker = run(store.retrieve("longer"))
    assert len(store.events("longer")) > 1000
    assert LEAST <= len(tracker.events) <= MOST + 60
    assert len(run(store.retrieve_full_tracker("longer")).events) == len(store.events("longer"))
