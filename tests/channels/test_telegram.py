"""Telegram: what each kind of update means, and whole talks with the real server and a strict stand-in for the Bot API."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain

from assistant.channels.base import words
from assistant.channels.taps import TAP
from assistant.channels.telegram import SECRET_HEADER, TelegramApi, TelegramChannel
from assistant.channels.telegram_updates import LONGEST_DATA, LONGEST_TEXT, command, keyboard, parts, read
from assistant.channels.telegram_webhook import set_webhook
from assistant.stores.talks import TalkStore
from tests.channels.fakes import BLOCKED_CHAT, BUSY_CHAT, TELEGRAM_NAME, TELEGRAM_SECRET, TELEGRAM_TOKEN, Fakes
from tests.conftest import Run
from tests.running import Server

PERSON = {"id": 7, "is_bot": False, "first_name": "Ann"}
PRIVATE = {"id": 7, "type": "private"}
GROUP = {"id": -100, "type": "supergroup", "title": "Runners"}
BOT = {"id": 12345, "is_bot": True, "username": TELEGRAM_NAME}
_numbers = itertools.count(1000)


def message(**what: Any) -> dict[str, Any]:
    return {"update_id": next(_numbers), "message": {"message_id": 1, "date": 1, "chat": PRIVATE, "from": PERSON, **what}}


def tap(**what: Any) -> dict[str, Any]:
    body = {"id": "q1", "from": PERSON, "chat_instance": "1", "data": "no", "message": {"message_id": 5, "date": 1, "chat": PRIVATE}}
    return {"update_id": next(_numbers), "callback_query": {**body, **what}}


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


class Slow(TelegramApi):
    """A Bot API that tells the bot's name only when it is let."""

    def __init__(self) -> None:
        super().__init__(TELEGRAM_TOKEN)
        self.reachable = asyncio.Event()
        self.sent: list[Any] = []

    async def username(self) -> str:
        await self.reachable.wait()
        return TELEGRAM_NAME

    async def does(self, method: str, **parameters: Any) -> bool:
        self.sent.append((method, parameters.get("text")))
        return True


async def alone(updates: list[dict[str, Any]], folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the channel does with these, in order: turns that say again what was said, and calls of the Bot API."""
    monkeypatch.setattr("assistant.channels.telegram.is_new", lambda sender: False)
    monkeypatch.setattr("assistant.channels.telegram.is_repeated", lambda sender, about: False)
    agent = SimpleNamespace(tracker_store=TalkStore(domain=Domain.empty(), db=str(folder / "talks.db")))
    channel = TelegramChannel(TELEGRAM_TOKEN, TELEGRAM_SECRET)
    channel._api = api = Slow()

    async def echo(said: UserMessage) -> None:
        api.sent.append(("turn", said.text))
        await said.output_channel.send_response(said.sender_id, {"text": said.text})

    (receive,) = (route.handler for route in channel.blueprint(echo)._future_routes if route.uri == "/webhook")
    for update in updates:
        app = SimpleNamespace(ctx=SimpleNamespace(agent=agent))
        request = SimpleNamespace(headers={SECRET_HEADER: TELEGRAM_SECRET}, json=update, app=app)
        assert (await asyncio.wait_for(receive(request), 5)).status == 200
    # Until here the bot does not know its name.
    api.reachable.set()
    await channel._turns.finish()
    return api.sent


def test_a_mention_is_acknowledged_at_once_and_answered_in_its_order_when_the_name_is_known(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    updates = [message(chat=GROUP, text=text) for text in ("hi all", f"@{TELEGRAM_NAME} one", f"@{TELEGRAM_NAME} two")]
    done = run(alone(updates, tmp_path, monkeypatch))
    assert [text for method, text in done if method == "sendMessage"] == ["one", "two"]


def test_what_is_said_is_stored_before_anything_waits_for_telegram(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(alone([tap()], tmp_path, monkeypatch))
    assert [what for what, _ in done] == ["turn", "answerCallbackQuery", "editMessageReplyMarkup", "sendMessage"]


def test_the_bots_name_is_asked_for_again_where_telegram_failed(services: Fakes, run: Run) -> None:
    async def name() -> str:
        api = TelegramApi(TELEGRAM_TOKEN, services.address)
        try:
            return await api.username()
        finally:
            await api.close()

    services.away = 1
    assert run(name()) == TELEGRAM_NAME
    assert services.away == 0


def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long is waited from now on, without waiting."""
    waited: list[float] = []
    sleep = asyncio.sleep

    async def wait(seconds: float) -> None:
        waited.extend([seconds] if seconds else [])
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", wait)
    return waited


def test_a_reply_is_tried_for_a_minute_and_what_only_adorns_it_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(method: str) -> list[float]:
        api, waited = TelegramApi(TELEGRAM_TOKEN, "http://127.0.0.1:1"), pauses(monkeypatch)
        assert not await api.does(method, chat_id=1)
        await api.close()
        return waited

    waited = run(away("sendMessage"))
    assert sum(waited) >= 60
    assert waited == sorted(waited)
    assert run(away("answerCallbackQuery")) == []


# ---- with the real server


def deliver(server: Server, update: dict[str, Any], secret: str = TELEGRAM_SECRET) -> int:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
    return server.post("/webhooks/telegram/webhook", json=update, headers=headers).status_code


def until(ready: Callable[[], bool], patience: float = 15) -> None:
    deadline = time.monotonic() + patience
    while not ready():
        assert time.monotonic() < deadline, "no answer came"
        time.sleep(0.05)


def sent(services: Fakes, chat: int) -> list[dict[str, Any]]:
    """Replies in a chat, but for what a new talk says of storage."""
    return [data for data in all_sent(services, chat) if data["text"] != words()["stored"]]


def all_sent(services: Fakes, chat: int) -> list[dict[str, Any]]:
    return [data for method, data in services.telegram if method == "sendMessage" and data["chat_id"] == chat]


def turn(server: Server, services: Fakes, chat: int, **what: Any) -> list[dict[str, Any]]:
    before = len(sent(services, chat))
    private = {"id": chat, "type": "private"}
    update = tap(message={"message_id": 5, "chat": private}, **what) if "data" in what else message(chat=private, **what)
    assert deliver(server, update) == 200
    until(lambda: len(sent(services, chat)) > before)
    time.sleep(0.3)
    return sent(services, chat)[before:]


def test_a_whole_interview(server: Server, services: Fakes) -> None:
    chat = 501
    (greeting,) = turn(server, services, chat, text="/start")
    assert len(greeting["reply_markup"]["inline_keyboard"]) == 2
    (question,) = turn(server, services, chat, text="my calf twitches after my run")
    keys = [key for row in question["reply_markup"]["inline_keyboard"] for key in row]
    turn(server, services, chat, data=keys[0]["callback_data"])
    for text in ("only after running", "few seconds", "since yesterday", "2 coffees & no warm up"):
        turn(server, services, chat, text=text)
    result = turn(server, services, chat, text="no meds")
    assert "<b>✓ Look after it yourself</b>" in result[0]["text"]
    assert any(method == "answerCallbackQuery" for method, _ in services.telegram)
    assert any(method == "editMessageReplyMarkup" and data["chat_id"] == chat for method, data in services.telegram)
    assert [problem for problem in services.problems if problem.startswith("telegram")] == []


def test_a_tap_answers_its_own_question_and_a_double_tap_once(server: Server, services: Fakes) -> None:
    chat = 508

    def tapped_below(post: int, data: str) -> dict[str, Any]:
        return tap(message={"message_id": post, "chat": {"id": chat, "type": "private"}}, data=data)

    (question,) = turn(server, services, chat, text="my calf twitches after my run")
    none = question["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    turn(server, services, chat, data=none)
    # Twice below one post, and once more below an older one: only the last is a turn, and none answers the question that is open now.
    assert [deliver(server, tapped_below(post, none)) for post in (5, 4)] == [200, 200]
    until(lambda: len(sent(services, chat)) == 3)
    time.sleep(0.3)
    assert len(sent(services, chat)) == 3
    slots = server.tracker(f"telegram:{chat}")["slots"]
    assert (slots["symptoms"], slots["at_rest"]) == ([], None)


def test_an_emergency(server: Server, services: Fakes) -> None:
    (reply,) = turn(server, services, 502, text="i cant breathe")
    assert "Emergency" in reply["text"]


def test_delivered_twice_answered_once(server: Server, services: Fakes) -> None:
    update = message(chat={"id": 503, "type": "private"}, text="hello")
    assert [deliver(server, update) for _ in range(3)] == [200, 200, 200]
    until(lambda: bool(sent(services, 503)))
    time.sleep(1)
    assert len(sent(services, 503)) == 1


def test_a_photo_is_answered_kindly(server: Server, services: Fakes) -> None:
    (reply,) = turn(server, services, 504, photo=[{"file_id": "x"}])
    assert "only read text" in reply["text"]


def test_in_a_group_each_person_has_a_talk(server: Server, services: Fakes) -> None:
    group = {"id": -601, "type": "supergroup"}
    ann, bob = {"id": 11, "is_bot": False}, {"id": 12, "is_bot": False}
    assert deliver(server, message(chat=group, **{"from": ann}, text="my calf twitches after my run")) == 200
    assert deliver(server, message(chat=group, **{"from": ann}, text=f"@{TELEGRAM_NAME} my calf twitches after my run")) == 200
    assert deliver(server, message(chat=group, **{"from": bob}, text=f"@{TELEGRAM_NAME} my arm twitches after climbing")) == 200
    until(lambda: len(sent(services, -601)) == 2)
    assert server.tracker("telegram:-601:11")["slots"]["body_part"] == ["calf"]
    assert server.tracker("telegram:-601:12")["slots"]["body_part"] == ["arm"]


def test_in_a_group_an_answer_stands_where_it_was_asked_and_its_keys_are_for_whom_it_asks(server: Server, services: Fakes) -> None:
    group = {"id": -602, "type": "supergroup", "is_forum": True}
    ann, bob = {"id": 11, "is_bot": False}, {"id": 12, "is_bot": False}
    topic = {"message_thread_id": 3, "is_topic_message": True}
    question = message(chat=group, **{"from": ann}, text=f"@{TELEGRAM_NAME} my calf twitches after my run", message_id=40, **topic)
    post = {"message_id": 41, "chat": group, "from": BOT, "reply_to_message": question["message"], **topic}

    def removed() -> list[int]:
        edits = [data for method, data in services.telegram if method == "editMessageReplyMarkup"]
        return [data["message_id"] for data in edits if data["chat_id"] == -602]

    assert deliver(server, question) == 200
    until(lambda: len(sent(services, -602)) == 1)
    assert deliver(server, tap(**{"from": bob}, message=post, data="symptoms|swelling", id="bob")) == 200
    until(lambda: any(data.get("callback_query_id") == "bob" for _, data in services.telegram))
    assert deliver(server, tap(**{"from": ann}, message=post, data="symptoms|none of these")) == 200
    until(lambda: len(sent(services, -602)) == 2)
    time.sleep(0.3)
    assert removed() == [41]
    assert server.tracker("telegram:-602:12")["slots"].get("signs") is None
    for data in sent(services, -602):
        assert (data["message_thread_id"], data["reply_parameters"]["message_id"]) == (3, 40)


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


def test_a_wrong_secret_is_refused(server: Server) -> None:
    assert deliver(server, message(text="hi"), secret="guess") == 403
    assert server.post("/webhooks/telegram/webhook", json=message(text="hi")).status_code == 403


def test_no_command_reaches_rasa(server: Server, services: Fakes) -> None:
    turn(server, services, 505, text="my calf twitches after my run")
    turn(server, services, 505, text="/restart")
    assert server.tracker("telegram:505")["slots"]["body_part"] == ["calf"]


def test_what_is_typed_is_not_html(server: Server, services: Fakes) -> None:
    turn(server, services, 506, text="<b>hi</b> & <script>")
    assert [problem for problem in services.problems if problem.startswith("telegram")] == []


def test_429_is_waited_for_and_a_block_is_taken(server: Server, services: Fakes) -> None:
    assert len(turn(server, services, BUSY_CHAT, text="hello")) == 1
    assert services.busy["telegram"] == 2
    assert deliver(server, message(chat={"id": BLOCKED_CHAT, "type": "private"}, text="hello")) == 200
    assert turn(server, services, 507, text="hello")


@pytest.mark.parametrize("update", [case for case in IGNORED if isinstance(case, dict)])
def test_no_shape_breaks_the_server(update: dict[str, Any], server: Server) -> None:
    assert deliver(server, {**update, "update_id": next(_numbers)}) == 200


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"null", b"\xff"])
def test_what_is_no_update_is_a_400(body: bytes, server: Server) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET, "Content-Type": "application/json"}
    assert server.post("/webhooks/telegram/webhook", data=body, headers=headers).status_code == 400


def test_the_webhook_is_set_by_a_command(services: Fakes, run: Run) -> None:
    assert run(set_webhook("https://example.org/", TELEGRAM_TOKEN, TELEGRAM_SECRET, services.address))
    method, data = services.telegram[-1]
    assert method == "setWebhook"
    assert data["url"] == "https://example.org/webhooks/telegram/webhook"
    assert data["secret_token"] == TELEGRAM_SECRET
    assert not run(set_webhook("https://example.org/", "1:guess", TELEGRAM_SECRET, services.address))


def test_a_new_talk_is_told_once_what_is_stored(server: Server, services: Fakes) -> None:
    first = {7771: "my calf twitches after my run", 7773: "/help", 7774: "are you a bot?", 7775: "thanks"}
    for chat, text in first.items():
        turn(server, services, chat, text=text)
        turn(server, services, chat, text="no")
        assert [data["text"] for data in all_sent(services, chat)].count(words()["stored"]) == 1
    turn(server, services, 7772, text="/start")
    # The greeting says it by itself.
    assert all(data["text"] != words()["stored"] for data in all_sent(services, 7772))
