"""The web channel's routes: the page, the widget's files, and the five calls that they make."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError

from assistant.channels.base import BadMessage, InputChannel, OnNewMessage, body, clean, complete, talk
from assistant.channels.pacing import Gate
from assistant.channels.transcript import UNSAID
from assistant.channels.web.history import Event, Message, messages, of_reply, turn
from assistant.channels.web.origins import ForeignOriginError, allowed_origins, cors
from assistant.channels.web.sessions import Sessions, UnknownSessionError, signing_key
from assistant.stores.tables import decoded
from assistant.stores.talks import talks

logger = logging.getLogger(__name__)

PAGES = Path(__file__).resolve().parents[3] / "web"
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
FILES = frozenset(file.name for file in PAGES.iterdir() if file.suffix in TYPES)
# What opens a talk: the greeting is the assistant's own.
HELLO = "hello"
FIRST_WORKER = "Sanic-Server-0-0"
LONGEST_TITLE = 200
AWAY = "the talk cannot be read just now; go on with it, messages are answered all the same"
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_SLOT = re.compile(r"[a-z_]{1,40}")
SAFE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
UNREADABLE = {**SAFE, "Cache-Control": "no-store"}

Call = Callable[[Request, dict[str, Any]], Awaitable[dict[str, Any] | HTTPResponse]]


class WebChannel(InputChannel):
    """Serves the page and the widget, and talks with them."""

    def __init__(self) -> None:
        self._sessions = Sessions(signing_key())
        self._allowed = allowed_origins()
        self._gate = Gate()

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

        async def begin(request: Request, data: dict[str, Any]) -> dict[str, Any] | HTTPResponse:
            if refusal := self._gate.refuses_talk(request):
                return refusal
            session = self._sessions.issue()
            said = await talk(on_new_message, self._sessions.conversation(session), HELLO, self.name(), metadata={UNSAID: True})
            return {"session": session, "messages": [of_reply(reply) for reply in said]}

        async def receive(request: Request, data: dict[str, Any]) -> dict[str, Any] | HTTPResponse:
            conversation = self._sessions.conversation(data.get("session"))
            text, remark = clean(data.get("message"))
            about = metadata(data)
            if refusal := self._gate.refuses_message(request, conversation):
                return refusal
            async with _alone(request, conversation):
                stored = _stored(request, conversation, about["id"])
                if not stored:
                    said = await talk(on_new_message, conversation, text, self.name(), remark, metadata=about)
                    # From the store, as when it is sent again.
                    stored = _stored(request, conversation, about["id"])
                if stored:
                    said = complete(stored, conversation, remark)
            return {"messages": [of_reply(reply) for reply in said]}

        async def history(request: Request, data: dict[str, Any]) -> dict[str, Any] | HTTPResponse:
            conversation = self._sessions.conversation(data.get("session"))
            async with _alone(request, conversation):
                held = _held(request, conversation)
            return response.json({"error": AWAY}, status=503) if held is None else {"messages": messages(held)}

        async def delete(request: Request, data: dict[str, Any]) -> dict[str, Any]:
            conversation = self._sessions.conversation(data.get("session"))
            async with _alone(request, conversation):
                return {"deleted": talks(request.app.ctx.agent).delete(conversation)}

        for name, call in {"session": begin, "message": receive, "history": history, "delete": delete}.items():
            route = self._checked(call)
            routes.add_route(route, f"/webhooks/web/{name}", methods=["POST", "OPTIONS"], name=name)

        @routes.get("/chat")
        async def page(request: Request) -> HTTPResponse:
            return await _file("chat.html")

        @routes.get("/web/<name:str>")
        async def asset(request: Request, name: str) -> HTTPResponse:
            return await _file(name) if name in FILES else response.json({"error": "no such file"}, status=404, headers=SAFE)

        @routes.middleware("response")
        async def let_allowed_pages_read(request: Request, answer: HTTPResponse) -> None:
            # Here, because Rasa's own CORS layer answers a browser's question beforehand (OPTIONS) by itself.
            with suppress(ForeignOriginError):
                answer.headers.update(cors(request, self._allowed))

        @routes.listener("after_server_start")
        async def announce(app: Any) -> None:
            # Of several workers the first one says it for all.
            if os.environ.get("SANIC_WORKER_NAME", FIRST_WORKER) == FIRST_WORKER:
                print(f"Ready. Chat at http://localhost:{app.state.port}/chat  (Ctrl-C stops)", flush=True)

        return routes

    def _checked(self, call: Call) -> Callable[[Request], Coroutine[Any, Any, HTTPResponse]]:
        """A call as a route: foreign pages are refused, mistakes are told, and answers are not kept by browser or proxy."""

        async def route(request: Request) -> HTTPResponse:
            try:
                cors(request, self._allowed)
                answer = await call(request, body(request))
                if isinstance(answer, HTTPResponse):
                    answer.headers.update(UNREADABLE)
                    return answer
                return response.json(answer, headers=UNREADABLE)
            except ForeignOriginError as problem:
                return response.json({"error": str(problem)}, status=403, headers=UNREADABLE)
            except BadMessage as problem:
                status = 401 if isinstance(problem, UnknownSessionError) else 400
                return response.json({"error": str(problem)}, status=status, headers=UNREADABLE)

        return route


def metadata(data: dict[str, Any]) -> dict[str, str]:
    """What the page tells of a message beside its text, to be stored with it.

    Args:
        data: the call's body.

    Returns:
        `id`: the page's name for the message; where given, `shown`: the title of the button tapped; and `answers`: the slot of the
        question that it answers anew.

    Raises:
        BadMessage: if one of them is not of the form in docs/web-api.md.
    """
    name, shown, answers = data.get("id"), data.get("shown"), data.get("answers")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise BadMessage("'id' must be 1 to 64 letters, digits or hyphens, another for each message")
    found = {"id": name}
    if shown is not None:
        if not isinstance(shown, str) or len(shown) > LONGEST_TITLE:
            raise BadMessage(f"'shown' must be a string of at most {LONGEST_TITLE} characters")
        found["shown"] = shown
    if answers is not None:
        if not isinstance(answers, str) or not _SLOT.fullmatch(answers):
            raise BadMessage("'answers' must be the 'asks' of an earlier question")
        found["answers"] = answers
    return found


def _alone(request: Request, conversation: str) -> AbstractAsyncContextManager[Any]:
    """One call of a talk at a time, in whichever process: a message sent again waits for the first, and then finds its replies."""
    # Under a name of its own, since the turn inside takes the talk's.
    lock: AbstractAsyncContextManager[Any] = request.app.ctx.agent.lock_store.lock(f"page {conversation}")
    return lock


def _stored(request: Request, conversation: str, message_id: str) -> list[Message]:
    """The replies to a message if it has been dealt with. If the database fails it counts as new: better twice than never."""
    try:
        return turn(talks(request.app.ctx.agent).since(conversation, message_id), message_id)
    except SQLAlchemyError as error:
        logger.error("cannot look whether a message came before: %s", type(error).__name__)
        return []


def _held(request: Request, conversation: str) -> list[Event] | None:
    """All events of a talk; while the database is away those that are remembered here, None if there are none."""
    store = talks(request.app.ctx.agent)
    try:
        return store.events(conversation)
    except SQLAlchemyError as error:
        # Its text holds the talk's name.
        logger.error("cannot read a talk for its page: %s", type(error).__name__)
        return [event for _, event in decoded(store.outage.recall(conversation))] or None


async def _file(name: str) -> HTTPResponse:
    return await response.file(PAGES / name, mime_type=TYPES[Path(name).suffix], headers=SAFE)
