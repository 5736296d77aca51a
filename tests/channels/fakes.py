"""Stand-ins for Telegram's and Slack's APIs on loopback, as strict as the documented limits. They keep what was sent."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections import defaultdict
from typing import Any

from aiohttp import web

TELEGRAM_TOKEN, TELEGRAM_SECRET, TELEGRAM_NAME = "12345:telegram-token", "telegram-secret", "twitchbot"
SLACK_TOKEN, SLACK_SECRET = "xoxb-slack-token", "slack-signing-secret"
BLOCKED_CHAT, BUSY_CHAT = 403403, 429429
BUSY_CHANNEL = "C429"
_TAG = re.compile(r"</?(?:b|i|u|s|code|pre)>")


class Fakes:
    """Both services in one thread; `address` is where they listen."""

    def __init__(self) -> None:
        self.telegram: list[tuple[str, dict[str, Any]]] = []
        self.slack: list[dict[str, Any]] = []
        self.problems: list[str] = []
        self.busy: dict[str, int] = defaultdict(int)
        # So many calls of getMe fail.
        self.away = 0
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self.address = ""
        threading.Thread(target=self._serve, daemon=True).start()
        self._started.wait(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._loop.run_forever()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._telegram)
        app.router.add_post("/slack/{method}", self._slack)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.address = "http://127.0.0.1:" + str(runner.addresses[0][1])
        self._started.set()

    async def _telegram(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if request.match_info["token"] != TELEGRAM_TOKEN:
            return self._refuse(401, "Unauthorized")
        data = await _body(request)
        if method == "getMe" and self.away:
            self.away -= 1
            return self._refuse(502, "Bad Gateway")
        if method == "getMe":
            return _ok({"id": 12345, "is_bot": True, "first_name": "Twitch", "username": TELEGRAM_NAME})
        chat = int(data.get("chat_id") or 0)
        if chat == BLOCKED_CHAT:
            return self._refuse(403, "Forbidden: bot was blocked by the user")
        if chat == BUSY_CHAT and method == "sendMessage":
            self.busy["telegram"] += 1
            if self.busy["telegram"] == 1:
                return web.json_response({"ok": False, "error_code": 429, "parameters": {"retry_after": 1}}, status=429)
        problem = _telegram_problem(method, data)
        if problem:
            self.problems.append(f"telegram {method}: {problem}")
            return self._refuse(400, problem)
        self.telegram.append((method, data))
        if method != "sendMessage":
            return _ok(True)
        return _ok({"message_id": len(self.telegram), "date": 1, "chat": {"id": chat, "type": "private"}, "text": data["text"]})

    async def _slack(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {SLACK_TOKEN}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        data = await _body(request)
        if data.get("channel") == BUSY_CHANNEL:
            self.busy["slack"] += 1
            if self.busy["slack"] == 1:
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
        problem = _slack_problem(data)
        if problem:
            self.problems.append(f"slack: {problem}")
            return web.json_response({"ok": False, "error": problem})
        self.slack.append(data)
        return web.json_response({"ok": True, "ts": f"{len(self.slack)}.0", "channel": data["channel"]})

    @staticmethod
    def _refuse(code: int, why: str) -> web.Response:
        return web.json_response({"ok": False, "error_code": code, "description": why}, status=code)


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        data = await request.json()
    else:
        data = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    for name in ("reply_markup", "blocks"):
        if isinstance(data.get(name), str):
            data[name] = json.loads(data[name])
    return dict(data)


def _telegram_problem(method: str, data: dict[str, Any]) -> str:
    """What the Bot API would refuse."""
    if method == "setWebhook":
        return "" if str(data.get("url", "")).startswith("https://") else "bad webhook: HTTPS url must be provided"
    if method == "answerCallbackQuery":
        return "" if data.get("callback_query_id") else "no query id"
    if method != "sendMessage":
        return "" if data.get("chat_id") else "chat not found"
    text = str(data.get("text") or "")
    if not text.strip():
        return "message text is empty"
    bare = _TAG.sub("", text) if data.get("parse_mode") == "HTML" else text
    if len(bare) > 4096:
        return "message is too long"
    if data.get("parse_mode") == "HTML" and re.search(r"<|&(?!amp;|lt;|gt;|quot;)", bare):
        return "can't parse entities"
    for row in (data.get("reply_markup") or {}).get("inline_keyboard", []):
        for key in row:
            if not key["text"] or not 1 <= len(key["callback_data"].encode()) <= 64:
                return "BUTTON_DATA_INVALID"
    return ""


def _slack_problem(data: dict[str, Any]) -> str:
    """What chat.postMessage would refuse."""
    shown = data.get("blocks") or []
    if not data.get("channel"):
        return "channel_not_found"
    if not data.get("text") or len(shown) > 50:
        return "no_text"
    ids = []
    for block in shown:
        if block["type"] == "section" and not 1 <= len(block["text"]["text"]) <= 3000:
            return "invalid_blocks"
        if block["type"] == "actions":
            if not 1 <= len(block["elements"]) <= 25:
                return "invalid_blocks"
            for element in block["elements"]:
                ids.append(element["action_id"])
                if not 1 <= len(element["text"]["text"]) <= 75 or not 1 <= len(element["value"]) <= 2000:
                    return "invalid_blocks"
    return "invalid_blocks" if len(ids) != len(set(ids)) else ""
