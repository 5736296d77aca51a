"""Telegram: whole talks with the real server and a strict stand-in for the Bot API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain

from assistant.channels.base import words
from assistant.channels.telegram import SECRET_HEADER, TelegramApi, TelegramChannel
from assistant.channels.telegram_webhook import set_webhook
from assistant.stores.talks import TalkStore
from tests.channels.fakes import BLOCKED_CHAT, BUSY_CHAT, TELEGRAM_NAME, TELEGRAM_SECRET, TELEGRAM_TOKEN, Fakes
from tests.channels.test_telegram_updates import BOT, GROUP, IGNORED, NUMBERS, message, tap
from tests.conftest import Run
from tests.running import Server


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
    assert deliver(server, {**update, "update_id": next(NUMBERS)}) == 200


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
