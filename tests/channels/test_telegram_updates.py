"""Telegram: what each kind of update means, and what is sent; no server."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.taps import TAP
from assistant.channels.telegram_updates import LONGEST_DATA, LONGEST_TEXT, command, keyboard, parts, read
from tests.channels.fakes import TELEGRAM_NAME

PERSON = {"id": 7, "is_bot": False, "first_name": "Ann"}
PRIVATE = {"id": 7, "type": "private"}
GROUP = {"id": -100, "type": "supergroup", "title": "Runners"}
BOT = {"id": 12345, "is_bot": True, "username": TELEGRAM_NAME}
NUMBERS = itertools.count(1000)


def message(**what: Any) -> dict[str, Any]:
    return {"update_id": next(NUMBERS), "message": {"message_id": 1, "date": 1, "chat": PRIVATE, "from": PERSON, **what}}


def tap(**what: Any) -> dict[str, Any]:
    body = {"id": "q1", "from": PERSON, "chat_instance": "1", "data": "no", "message": {"message_id": 5, "date": 1, "chat": PRIVATE}}
    return {"update_id": next(NUMBERS), "callback_query": {**body, **what}}


ANSWERED: list[tuple[dict[str, Any], str, str | None]] = [
    (message(text="hi"), "telegram:7", "hi"),
    (message(text="hi", entities=[{"type": "bold", "offset": 0, "length": 2}]), "telegram:7", "hi"),
    (message(text="hi", reply_to_message={"message_id": 1, "from": BOT}), "telegram:7", "hi"),
    (message(text="hi", forward_date=1, forward_from={"id": 9}), "telegram:7", "hi"),
    (message(text="hi", forward_origin={"type": "user"}), "telegram:7", "hi"),
    (message(text="hi", link_preview_options={"is_disabled": True}), "telegram:7", "hi"),
    (message(text="hi", via_bot=BOT), "telegram:7", "hi"),
    (message(text="hi", quote={"text": "x"}), "telegram:7", "hi"),
    (message(text="hi", message_thread_id=3), "telegram:7", "hi"),
    (message(text="/start"), "telegram:7", "/start"),
    (message(text="/start deep"), "telegram:7", "/start deep"),
    (message(text="/bot"), "telegram:7", "/bot"),
    (message(text=""), "telegram:7", ""),
    (message(photo=[{"file_id": "x"}]), "telegram:7", None),
    (message(photo=[{"file_id": "x"}], caption="calf swollen, chest pain"), "telegram:7", "calf swollen, chest pain"),
    (message(voice={"file_id": "x"}), "telegram:7", None),
    (message(audio={"file_id": "x"}), "telegram:7", None),
    (message(video={"file_id": "x"}), "telegram:7", None),
    (message(video_note={"file_id": "x"}), "telegram:7", None),
    (message(sticker={"file_id": "x"}), "telegram:7", None),
    (message(location={"latitude": 1, "longitude": 2}), "telegram:7", None),
    (message(document={"file_id": "x"}), "telegram:7", None),
    (message(animation={"file_id": "x"}), "telegram:7", None),
    (message(contact={"phone_number": "1"}), "telegram:7", None),
    (message(venue={"title": "x"}), "telegram:7", None),
    (message(poll={"id": "1"}), "telegram:7", None),
    (message(dice={"emoji": "x", "value": 1}), "telegram:7", None),
    (message(story={"id": 1}), "telegram:7", None),
    (tap(), "telegram:7", "no"),
    (tap(inline_message_id="x"), "telegram:7", "no"),
    (tap(message={"message_id": 5, "date": 0, "chat": PRIVATE}), "telegram:7", "no"),
    (tap(message={"message_id": 5, "chat": GROUP}), "telegram:-100:7", "no"),
    (message(chat=GROUP, text=f"@{TELEGRAM_NAME} hi"), "telegram:-100:7", "hi"),
    (message(chat=GROUP, photo=[{"file_id": "x"}], caption=f"@{TELEGRAM_NAME} my calf"), "telegram:-100:7", "my calf"),
    (message(chat=GROUP, text=f"hi @{TELEGRAM_NAME.upper()}"), "telegram:-100:7", "hi"),
    (message(chat=GROUP, text=f"/start@{TELEGRAM_NAME}"), "telegram:-100:7", "/start"),
    (message(chat=GROUP, text="no", reply_to_message={"from": BOT}), "telegram:-100:7", "no"),
    (
        message(chat=GROUP, text=f"@{TELEGRAM_NAME}2 ask @{TELEGRAM_NAME}, it knows"),
        "telegram:-100:7",
        f"@{TELEGRAM_NAME}2 ask , it knows",
    ),
    (message(chat=GROUP, text=f"İİ @{TELEGRAM_NAME} hi"), "telegram:-100:7", "İİ  hi"),
]
IGNORED: list[Any] = [
    {}, [], None, 5, "x", {"update_id": 1},
    {"update_id": 1, "edited_message": message(text="hi")["message"]},
    {"update_id": 1, "channel_post": message(text="hi")["message"]},
    {"update_id": 1, "edited_channel_post": message(text="hi")["message"]},
    {"update_id": 1, "my_chat_member": {"chat": PRIVATE, "from": PERSON, "new_chat_member": {"status": "kicked"}}},
    {"update_id": 1, "chat_member": {"chat": GROUP, "from": PERSON}},
    {"update_id": 1, "chat_join_request": {"chat": GROUP, "from": PERSON}},
    {"update_id": 1, "inline_query": {"id": "1", "from": PERSON, "query": "hi"}},
    {"update_id": 1, "poll": {"id": "1"}},
    {"update_id": 1, "poll_answer": {"poll_id": "1"}},
    {"update_id": 1, "pre_checkout_query": {"id": "1"}},
    {"update_id": 1, "message_reaction": {"chat": PRIVATE}},
    {"update_id": 1, "business_message": message(text="hi")["message"]},
    {"update_id": 1, "something_new": {"a": 1}},
    {"update_id": 1, "message": None}, {"update_id": 1, "message": []}, {"update_id": 1, "message": {}},
    {"update_id": 1, "message": {"text": "hi"}},
    {"update_id": 1, "message": {"text": "hi", "chat": PRIVATE}},
    {"update_id": 1, "message": {"text": "hi", "from": PERSON}},
    message(text="hi", chat={"id": "7", "type": "private"}),
    message(text="hi", chat={"id": -5, "type": "channel"}),
    message(**{"text": "hi", "from": BOT}),
    message(new_chat_members=[PERSON]), message(left_chat_member=PERSON), message(pinned_message={}), message(new_chat_title="x"),
    message(chat=GROUP, text="hi all"),
    message(chat=GROUP, text="@someoneelse hi"),
    message(chat=GROUP, text=f"@{TELEGRAM_NAME}2 hi"), message(chat=GROUP, text=f"@{TELEGRAM_NAME}_test hi"),
    message(chat=GROUP, photo=[{"file_id": "x"}]), message(chat=GROUP, photo=[{"file_id": "x"}], caption="my calf"),
    message(chat=GROUP, text="hi", reply_to_message={"from": PERSON}),
    tap(data=None), tap(data=5), tap(id=None), tap(message=None), tap(message={}), {"update_id": 1, "callback_query": {}},
]  # fmt: skip


@pytest.mark.parametrize(("update", "sender", "text"), ANSWERED)
def test_what_is_answered(update: dict[str, Any], sender: str, text: str | None) -> None:
    incoming = read(update, TELEGRAM_NAME)
    assert incoming is not None
    assert (incoming.sender, incoming.text) == (sender, text)


@pytest.mark.parametrize("update", IGNORED)
def test_what_is_not(update: Any) -> None:
    assert read(update, TELEGRAM_NAME) is None


def test_there_are_enough_shapes() -> None:
    assert len(ANSWERED) + len(IGNORED) >= 60


KEYS = ("message", "callback_query", "chat", "from", "id", "text", "type", "data", "photo", "update_id", "reply_to_message")
BUTTON = st.fixed_dictionaries({"title": st.text(min_size=1, max_size=200), "payload": st.text(min_size=1, max_size=200)})


def json_like() -> st.SearchStrategy[Any]:
    keys = st.sampled_from(
        ["message", "callback_query", "chat", "from", "id", "text", "type", "data", "photo", "update_id", "reply_to_message"]
    )
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10) | st.just("private")
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=6), max_leaves=25)


@given(json_like())
def test_no_shape_fails(update: Any) -> None:
    incoming = read(update, TELEGRAM_NAME)
    assert incoming is None or incoming.sender.startswith("telegram:")


@given(st.text(max_size=9000))
def test_parts_fit_and_lose_no_word(text: str) -> None:
    pieces = parts(text)
    assert all(len(piece) <= LONGEST_TEXT for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(
    st.lists(
        st.fixed_dictionaries({"title": st.text(min_size=1, max_size=200), "payload": st.text(min_size=1, max_size=200)}), max_size=12
    )
)
def test_keys_fit(buttons: list[dict[str, str]]) -> None:
    keys = [key for row in keyboard(buttons, "medication")["inline_keyboard"] for key in row]
    assert len(keys) == len(buttons)
    assert all(len(key["callback_data"].encode()) <= LONGEST_DATA for key in keys)


def test_a_tap_names_the_question_that_it_stands_under() -> None:
    button = {"title": "None of these", "payload": "none of these"}
    for asks, answers in (("symptoms", {"answers": "symptoms"}), (None, {})):
        ((key,),) = keyboard([button], asks)["inline_keyboard"]
        incoming = read(tap(data=key["callback_data"]), TELEGRAM_NAME)
        assert incoming is not None
        assert incoming.text == "none of these"
        assert {name: value for name, value in incoming.about.items() if name != TAP} == answers


def test_commands() -> None:
    known = {"start": "hello"}
    assert [command(text, known) for text in ("/start", "/START x", "/start@bot", "/other", "/", "hi")] == [
        "hello", "hello", "hello", "/other", "/", "hi",
    ]  # fmt: skip


# ---- the channel alone


def test_a_chain_of_replies_is_no_topic_and_a_private_chat_needs_no_reference() -> None:
    chain = read(message(chat=GROUP, text="no", message_thread_id=3, reply_to_message={"from": BOT}), TELEGRAM_NAME)
    private = read(message(text="hi"), TELEGRAM_NAME)
    assert chain is not None
    assert private is not None
    assert (chain.topic, chain.reply["reply_parameters"]["message_id"], private.reply) == ({}, 1, {})


def test_whose_keyboard_it_is_cannot_be_told_where_a_topic_began_with_another() -> None:
    post = {"message_id": 5, "chat": GROUP, "reply_to_message": {"message_id": 3, "from": {"id": 9}, "forum_topic_created": {}}}
    incoming = read(tap(message=post), TELEGRAM_NAME)
    assert incoming is not None
    assert (incoming.strange, incoming.keyboard) == (False, None)
