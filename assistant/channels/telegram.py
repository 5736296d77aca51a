"""Telegram: POST /webhooks/telegram/webhook. docs/telegram.md tells how to set it up."""

from __future__ import annotations

import asyncio
import hmac
import html
import logging
import os
from typing import Any

import aiohttp
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant.channels.background import Turns
from assistant.channels.base import (
    BadMessage,
    InputChannel,
    OnNewMessage,
    body,
    clean,
    is_new,
    is_repeated,
    refuse,
    table,
    talk,
    tells_of_storage,
    words,
)
from assistant.channels.pacing import messages_a_minute
from assistant.channels.telegram_updates import Incoming, command, group_talk, keyboard, parts, read
from assistant.contract import data_of
from assistant.stores.talks import talks

logger = logging.getLogger(__name__)

API = "https://api.telegram.org"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
# Seconds before each try, a minute in all. Where Telegram says how long, that instead; it asks for this at most in practice.
_PAUSES, _LONGEST_WAIT = (0, 1, 2, 4, 8, 16, 32), 60
# Of no use later, and no reply waits for them.
_TRIED_ONCE = ("answerCallbackQuery", "editMessageReplyMarkup")
_GONE = (400, 401, 403, 404)


class TelegramApi:
    """Calls of the Bot API. A failure is logged by its code and never raised: the talk goes on."""

    def __init__(self, token: str, api: str = API) -> None:
        self._address = f"{api}/bot{token}"
        self._session: aiohttp.ClientSession | None = None

    async def username(self) -> str:
        """The bot's own name, without @; empty if Telegram cannot be reached."""
        result = (await self._call("getMe", {})).get("result")
        return str(result.get("username") or "") if isinstance(result, dict) else ""

    async def does(self, method: str, **parameters: Any) -> bool:
        """Call a method; whether Telegram took it."""
        return bool(await self._call(method, parameters))

    async def _call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Telegram's answer, empty if it did not take the call. 429 is obeyed."""
        wait = 0.0
        for pause in _PAUSES[: 1 if method in _TRIED_ONCE else None]:
            await asyncio.sleep(wait or pause)
            answer = await self._post(method, parameters)
            if answer.get("ok"):
                return answer
            code = answer.get("error_code")
            if code in _GONE:
                # 403: the person blocked the bot. Nothing to repeat.
                logger.warning("telegram refused %s: %s", method, code)
                return {}
            # With 429.
            wait = min(float((answer.get("parameters") or {}).get("retry_after", 0)), _LONGEST_WAIT)
        logger.error("telegram did not take %s", method)
        return {}

    async def _post(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        try:
            async with self._session.post(f"{self._address}/{method}", json=parameters) as answer:
                data = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            logger.warning("telegram cannot be reached: %s", type(error).__name__)
            return {}
        return data if isinstance(data, dict) else {}

    async def close(self, *_: Any) -> None:
        """Close the connection."""
        if self._session is not None:
            await self._session.close()


class TelegramChannel(InputChannel):
    """Receives updates, answers at once, and sends the replies afterwards."""

    def __init__(self, token: str, secret: str, api: str = API) -> None:
        self._secret = secret
        # Asked for when the first message of a group comes: a start needs no network.
        self._username = ""
        self._api = TelegramApi(token, api)
        self._ready = bool(token and secret)
        self._turns = Turns()
        self._pace = messages_a_minute()

    @classmethod
    def name(cls) -> str:
        """The prefix of its conversations."""
        return "telegram"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TelegramChannel:
        """Token and secret from the environment (TELEGRAM_TOKEN, TELEGRAM_SECRET), the rest from credentials.yml."""
        given = credentials or {}
        api = given.get("api", os.environ.get("TELEGRAM_API", API))
        return cls(os.environ.get("TELEGRAM_TOKEN", ""), os.environ.get("TELEGRAM_SECRET", ""), api)

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes; called by Rasa."""
        routes = Blueprint("telegram_webhook")
        routes.listener("before_server_stop")(self._turns.finish)
        routes.listener("after_server_stop")(self._api.close)

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok" if self._ready else "not configured"})

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if not self._ready:
                return response.json({"error": "set TELEGRAM_TOKEN and TELEGRAM_SECRET (docs/telegram.md)"}, status=503)
            if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret.encode()):
                return response.json({"error": "wrong secret"}, status=403)
            try:
                update = body(request)
            except BadMessage as problem:
                return refuse(problem)
            delivery = update.get("update_id")
            if delivery is not None and not talks(request.app.ctx.agent).first_time(f"telegram:{delivery}"):
                return response.json({})
            incoming = read(update, self._username)
            if incoming is not None:
                self._turns.start(incoming.sender, self._answer(on_new_message, incoming))
            elif not self._username and (group := group_talk(update)):
                self._turns.start(group, self._answer_by_name(on_new_message, update))
            return response.json({})

        return routes

    async def _answer_by_name(self, on_new_message: OnNewMessage, update: dict[str, Any]) -> None:
        """Answer a message in a group if it is for the bot, whose name is asked for first."""
        self._username = self._username or await self._api.username()
        incoming = read(update, self._username)
        if incoming is not None:
            await self._answer(on_new_message, incoming)

    async def _answer(self, on_new_message: OnNewMessage, incoming: Incoming) -> None:
        # First: what is said is stored before anything waits for Telegram.
        replies = await self._replies(on_new_message, incoming)
        if incoming.tap is not None:
            await self._api.does("answerCallbackQuery", callback_query_id=incoming.tap)
        if incoming.keyboard is not None:
            await self._api.does("editMessageReplyMarkup", chat_id=incoming.chat, message_id=incoming.keyboard)
        for reply in replies:
            await self._send(incoming, reply)

    async def _replies(self, on_new_message: OnNewMessage, incoming: Incoming) -> list[dict[str, Any]]:
        if incoming.strange or is_repeated(incoming.sender, incoming.about):
            return []
        if incoming.text is None or not self._pace.allows(incoming.sender):
            return [{"text": words()["only_text" if incoming.text is None else "too_fast"]}]
        text, remark = clean(command(incoming.text, table("commands")))
        new = is_new(incoming.sender)
        replies = await talk(on_new_message, incoming.sender, text, self.name(), remark, metadata=dict(incoming.about))
        return [*replies, {"text": words()["stored"]}] if new and not tells_of_storage(replies) else replies

    async def _send(self, incoming: Incoming, reply: dict[str, Any]) -> None:
        place = {"chat_id": incoming.chat, **incoming.topic, **incoming.reply}
        data = data_of(reply)
        title = table("levels").get(data.get("level") or "")
        *first, last = parts(reply["text"])
        for index, part in enumerate([*first, last]):
            shown = html.escape(part, quote=False)
            if title and index == 0:
                shown = f"<b>{html.escape(title, quote=False)}</b>\n{shown}"
            has_keys = reply.get("buttons") and part is last
            extra: dict[str, Any] = {"reply_markup": keyboard(reply["buttons"], data.get("asks"))} if has_keys else {}
            await self._api.does("sendMessage", text=shown, parse_mode="HTML", **place, **extra)
