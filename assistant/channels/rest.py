"""The REST channel, for programs: Rasa's documented exchange, with checks that Rasa's own leaves out."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant.channels.base import PREFIXES, BadMessage, InputChannel, OnNewMessage, body, clean, refuse, talk
from assistant.channels.pacing import Gate

LONGEST_SENDER = 255


def checked_sender(data: dict[str, Any]) -> str:
    """The conversation's id.

    Raises:
        BadMessage: if it is missing, or would be another channel's conversation.
    """
    sender = data.get("sender")
    # What cannot be printed some databases cannot store.
    if not isinstance(sender, str) or not sender.strip() or len(sender) > LONGEST_SENDER or not sender.isprintable():
        raise BadMessage(f"'sender' must be a string of 1 to {LONGEST_SENDER} characters that can be printed")
    if sender.strip().lower().startswith(PREFIXES):
        raise BadMessage("'sender' must not begin with the prefix of another channel")
    return sender


class RestChannel(InputChannel):
    """POST /webhooks/rest/webhook {"sender", "message"}: a JSON list of replies."""

    @classmethod
    def name(cls) -> str:
        """Part of the address."""
        return "rest"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes; called by Rasa."""
        routes = Blueprint("rest_webhook")
        gate = Gate()

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            try:
                data = body(request)
                sender = checked_sender(data)
                text, remark = clean(data.get("message"))
            except BadMessage as problem:
                return refuse(problem)
            if refusal := gate.refuses_message(request, sender):
                return refusal
            return response.json(await talk(on_new_message, sender, text, self.name(), remark))

        return routes
