"""The chat page and its channel: GET /chat, and two calls that the page makes."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Any

from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant.channels.base import BadMessage, InputChannel, OnNewMessage, body, clean, refuse, talk

PAGES = Path(__file__).resolve().parents[2] / "web"
FILES = {
    "chat.html": "text/html; charset=utf-8",
    "chat.css": "text/css; charset=utf-8",
    "chat.js": "text/javascript; charset=utf-8",
}
_SESSION = re.compile(r"[A-Za-z0-9_-]{43}")
# What opens a talk: the greeting is the assistant's own.
HELLO = "hello"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def conversation(data: dict[str, Any]) -> str:
    """The conversation's id from the session that the server issued.

    Raises:
        BadMessage: if it is not of the form that the server issues.
    """
    session = data.get("session")
    if not isinstance(session, str) or not _SESSION.fullmatch(session):
        raise BadMessage("'session' must be one that /webhooks/web/session has issued")
    return f"web:{session}"


class WebChannel(InputChannel):
    """Serves the page and talks with it."""

    @classmethod
    def name(cls) -> str:
        """The prefix of its conversations."""
        return "web"

    def url_prefix(self) -> str:
        """The page stands at the root (/chat), not under /webhooks; Rasa joins this to "/webhooks/"."""
        return "/"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes; called by Rasa."""
        routes = Blueprint("web_webhook")

        @routes.get("/chat")
        async def page(request: Request) -> HTTPResponse:
            return await _file("chat.html")

        @routes.get("/web/<name:str>")
        async def asset(request: Request, name: str) -> HTTPResponse:
            return await _file(name) if name in FILES else response.json({"error": "no such file"}, status=404)

        @routes.post("/webhooks/web/session")
        async def open_session(request: Request) -> HTTPResponse:
            session = secrets.token_urlsafe(32)
            replies = await talk(on_new_message, f"web:{session}", HELLO, self.name())
            return response.json({"session": session, "replies": replies}, headers=HEADERS)

        @routes.post("/webhooks/web/message")
        async def receive(request: Request) -> HTTPResponse:
            try:
                data = body(request)
                sender = conversation(data)
                text, remark = clean(data.get("message"))
            except BadMessage as problem:
                return refuse(problem)
            return response.json({"replies": await talk(on_new_message, sender, text, self.name(), remark)}, headers=HEADERS)

        @routes.listener("after_server_start")
        async def announce(app: Sanic, loop: Any) -> None:
            print(f"Ready. Chat at http://localhost:{app.state.port}/chat  (Ctrl-C stops)", flush=True)

        return routes


async def _file(name: str) -> HTTPResponse:
    return await response.file(PAGES / name, mime_type=FILES[name], headers=HEADERS)
