"""Which pages may talk with the web channel: the server's own, and those named in the environment's ORIGINS."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from sanic.request import Request


class ForeignOriginError(PermissionError):
    """A page that may not embed the chat."""


def allowed_origins() -> frozenset[str]:
    """The origins of ORIGINS, such as "https://club.example https://www.club.example", spaces between."""
    return frozenset(origin.rstrip("/") for origin in os.environ.get("ORIGINS", "").split())


def cors(request: Request, allowed: frozenset[str]) -> dict[str, str]:
    """The headers that let this page read the answer; none are needed by the server's own page, or where no browser asks.

    Raises:
        ForeignOriginError: if the page is not allowed; the browser then shows it nothing.
    """
    origin = request.headers.get("origin", "")
    # A proxy may have put another Host there; the browser knows, and no script can make it say so.
    own = request.headers.get("sec-fetch-site") == "same-origin" or _host(origin) == request.headers.get("host", "")
    if not origin or own:
        return {"Vary": "Origin"}
    if origin not in allowed:
        remedy = "the operator can allow it with ORIGINS or, if it is the server's own page, let the proxy pass Host on"
        raise ForeignOriginError(f"{origin} may not embed this chat; {remedy}")
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "Content-Type",
        "Access-Control-Max-Age": "600",
        "Access-Control-Expose-Headers": "Retry-After",
    }


def _host(origin: str) -> str | None:
    """Host and port of an origin; None if it is none, such as "http://["."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
