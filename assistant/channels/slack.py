"""Slack: POST /webhooks/slack/webhook, for events, buttons and slash commands. docs/slack.md tells how to set it up."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from typing import Any

from aiohttp import ClientConnectionError
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import BackoffRetryIntervalCalculator
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from assistant.channels.background import Turns
from assistant.channels.base import InputChannel, OnNewMessage, clean, is_new, is_repeated, table, talk, tells_of_storage, words
from assistant.channels.pacing import messages_a_minute
from assistant.channels.slack_events import Incoming, blocks, read_event, read_tap
from assistant.contract import data_of
from assistant.stores.talks import talks

logger = logging.getLogger(__name__)

API = "https://slack.com/api/"
# Shown in notifications; the blocks hold the whole text.
LONGEST_PLAIN = 3000
# After 1, 2, 4 ... seconds, a minute in all.
_TRIES_AGAIN, _FIRST_PAUSE = 6, 1.0


class SlackChannel(InputChannel):
    """Receives events, answers at once, and posts the replies afterwards."""

    def __init__(self, token: str, signing_secret: str, api: str = API) -> None:
        self._ready = bool(token and signing_secret)
        # slack-sdk takes no empty secret; without one every request gets 503 before a signature is looked at.
        self._verifier = SignatureVerifier(signing_secret or "not configured")
        self._token, self._address = token, api
        self._turns = Turns()
        self._pace = messages_a_minute()
        self._client: AsyncWebClient | None = None

    @classmethod
    def name(cls) -> str:
        """The prefix of its conversations."""
        return "slack"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> SlackChannel:
        """Token and signing secret from the environment (SLACK_TOKEN, SLACK_SIGNING_SECRET), the rest from credentials.yml."""
        given = credentials or {}
        api = given.get("api", os.environ.get("SLACK_API", API))
        return cls(os.environ.get("SLACK_TOKEN", ""), os.environ.get("SLACK_SIGNING_SECRET", ""), api)

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes; called by Rasa."""
        routes = Blueprint("slack_webhook")
        routes.listener("before_server_stop")(self._turns.finish)

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok" if self._ready else "not configured"})

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if not self._ready:
                return response.json({"error": "set SLACK_TOKEN and SLACK_SIGNING_SECRET (docs/slack.md)"}, status=503)
            if not self._signed(request):
                return response.json({"error": "wrong signature"}, status=403)
            if request.form:
                return self._form(request, on_new_message)
            body = _json(request.body.decode("utf-8", "replace"))
            if isinstance(body, dict) and body.get("type") == "url_verification":
                return response.json({"challenge": body.get("challenge")})
            self._take(request, read_event(body), on_new_message)
            return response.json({})

        return routes

    def _signed(self, request: Request) -> bool:
        """Slack's signature over the body, not older than five minutes; slack-sdk compares in constant time."""
        try:
            return self._verifier.is_valid_request(request.body, dict(request.headers))
        except (ValueError, TypeError):
            return False

    def _form(self, request: Request, on_new_message: OnNewMessage) -> HTTPResponse:
        form: Any = request.form or {}
        if "payload" in form:
            self._take(request, read_tap(_json(form.get("payload"))), on_new_message)
            return response.json({})
        # A slash command, whichever: what the assistant can do, seen by that person alone.
        return response.json({"response_type": "ephemeral", "text": words()["help"]})

    def _take(self, request: Request, incoming: Incoming | None, on_new_message: OnNewMessage) -> None:
        if incoming is not None and talks(request.app.ctx.agent).first_time(incoming.delivery):
            self._turns.start(incoming.sender, self._answer(on_new_message, incoming))

    async def _answer(self, on_new_message: OnNewMessage, incoming: Incoming) -> None:
        if is_repeated(incoming.sender, incoming.about):
            return
        if incoming.text is None or not self._pace.allows(incoming.sender):
            await self._post(incoming, {"text": words()["only_text" if incoming.text is None else "too_fast"]})
            return
        text, remark = clean(incoming.text)
        new = is_new(incoming.sender)
        replies = await talk(on_new_message, incoming.sender, text, self.name(), remark, metadata=dict(incoming.about))
        for reply in replies:
            await self._post(incoming, reply)
        if new and not tells_of_storage(replies):
            await self._post(incoming, {"text": words()["stored"]})

    async def _post(self, incoming: Incoming, reply: dict[str, Any]) -> None:
        text, data = reply["text"], data_of(reply)
        title = table("levels").get(data.get("level") or "", "")
        try:
            await self._web().chat_postMessage(
                channel=incoming.channel,
                text=text[:LONGEST_PLAIN],
                blocks=blocks(text, title, reply.get("buttons") or [], data.get("asks")),
                thread_ts=incoming.thread,
            )
        except SlackApiError as error:
            logger.error("slack refused a reply: %s", error.response.get("error"))
        except Exception as error:
            logger.error("slack cannot be reached: %s", type(error).__name__)

    def _web(self) -> AsyncWebClient:
        """The client, made where the event loop runs; it waits as long as a 429 says."""
        if self._client is None:
            self._client = AsyncWebClient(self._token, base_url=self._address)
            pauses = BackoffRetryIntervalCalculator(_FIRST_PAUSE)
            self._client.retry_handlers = [
                AsyncRateLimitErrorRetryHandler(_TRIES_AGAIN),
                AsyncConnectionErrorRetryHandler(_TRIES_AGAIN, pauses, [ClientConnectionError, asyncio.TimeoutError]),
                AsyncServerErrorRetryHandler(_TRIES_AGAIN, pauses),
            ]
        return self._client


def _json(text: str | None) -> Any:
    try:
        return json.loads(text or "")
    except ValueError:
        return None
