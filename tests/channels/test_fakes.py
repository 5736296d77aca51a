"""The stand-ins for Telegram and Slack are held against independent clients: python-telegram-bot and slack-sdk."""

from __future__ import annotations

from typing import Any

import pytest
import telegram
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter

from tests.channels.fakes import BLOCKED_CHAT, BUSY_CHAT, SLACK_TOKEN, TELEGRAM_NAME, TELEGRAM_TOKEN, Fakes
from tests.conftest import Run


@pytest.fixture(scope="module")
def fakes() -> Fakes:
    return Fakes()


def telegram_does(run: Run, fakes: Fakes, method: str, token: str = TELEGRAM_TOKEN, **what: Any) -> Any:
    async def call() -> Any:
        async with telegram.Bot(token, base_url=fakes.address + "/bot") as bot:
            return await getattr(bot, method)(**what)

    return run(call())


def test_telegram_knows_its_bot(run: Run, fakes: Fakes) -> None:
    assert telegram_does(run, fakes, "get_me").username == TELEGRAM_NAME
    with pytest.raises(InvalidToken):
        telegram_does(run, fakes, "get_me", token="1:guess")


def test_telegram_takes_what_fits(run: Run, fakes: Fakes) -> None:
    keys = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("No", callback_data="no")]])
    sent = telegram_does(run, fakes, "send_message", chat_id=1, text="<b>hi</b> &amp; x", parse_mode="HTML", reply_markup=keys)
    assert sent.text == "<b>hi</b> &amp; x"


@pytest.mark.parametrize(
    "what",
    [
        {"text": "x" * 4097},
        {"text": " "},
        {"text": "a < b", "parse_mode": "HTML"},
        {"text": "a & b", "parse_mode": "HTML"},
        {"text": "x", "reply_markup": telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("No", callback_data="x" * 65)]])},
    ],
)
def test_telegram_refuses_what_does_not(what: dict[str, Any], run: Run, fakes: Fakes) -> None:
    with pytest.raises(BadRequest):
        telegram_does(run, fakes, "send_message", chat_id=1, **what)


def test_telegram_is_busy_or_blocked(run: Run, fakes: Fakes) -> None:
    with pytest.raises(RetryAfter):
        telegram_does(run, fakes, "send_message", chat_id=BUSY_CHAT, text="hi")
    with pytest.raises(Forbidden):
        telegram_does(run, fakes, "send_message", chat_id=BLOCKED_CHAT, text="hi")


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(number: int, **what: str) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": what.get("title", "x")}, "value": what.get("value", "x"),
            "action_id": f"a{number}"}  # fmt: skip


def test_slack_takes_what_fits(fakes: Fakes) -> None:
    client = WebClient(SLACK_TOKEN, base_url=fakes.address + "/slack/")
    rows = [{"type": "actions", "elements": [button(n) for n in range(5)]}]
    assert client.chat_postMessage(channel="D1", text="hi", blocks=[section("x" * 3000), *rows])["ok"]


@pytest.mark.parametrize(
    "shown",
    [
        [section("x" * 3001)],
        [{"type": "actions", "elements": [button(n) for n in range(26)]}],
        [{"type": "actions", "elements": [button(1), button(1)]}],
        [{"type": "actions", "elements": [button(1, title="x" * 76)]}],
        [{"type": "actions", "elements": [button(1, value="x" * 2001)]}],
        [section("x")] * 51,
    ],
)
def test_slack_refuses_what_does_not(shown: list[dict[str, Any]], fakes: Fakes) -> None:
    client = WebClient(SLACK_TOKEN, base_url=fakes.address + "/slack/")
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel="D1", text="hi", blocks=shown)


def test_slack_knows_its_token(fakes: Fakes) -> None:
    with pytest.raises(SlackApiError, match="invalid_auth"):
        WebClient("guess", base_url=fakes.address + "/slack/").chat_postMessage(channel="D1", text="hi")
