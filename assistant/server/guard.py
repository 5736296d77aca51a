"""What stands around all channels: limits, headers, the API's token, health, metrics, and the end of old talks."""

from __future__ import annotations

import asyncio
import gc
import hmac
import logging
from contextlib import suppress
from typing import Any

from redis.exceptions import RedisError
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError

from assistant.metrics import ERRORS, exposition
from assistant.server import logs
from assistant.stores.locks import RedisLockStore
from assistant.stores.outage import KNOCK
from assistant.stores.talks import talks

logger = logging.getLogger(__name__)

# Bytes. A message of 10,000 characters fits four times.
LARGEST_BODY = 64 * 1024
# Seconds in which a request must have arrived, and in which those begun are finished when the server stops.
TO_ARRIVE, TO_FINISH = 15, 30
# Seconds between two looks for old talks.
SWEEP = 3600
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
# What needs no token; all other paths are Rasa's HTTP API, or the metrics.
OPEN = ("/webhooks/", "/web/", "/health")
OPEN_EXACTLY = ("/", "/chat")


def equip(app: Any, token: str | None) -> None:
    """Add to Rasa's application what it lacks.

    Args:
        app: the Sanic application, with the channels' routes.
        token: the HTTP API's token; without it metrics are closed.
    """
    logs.configure()
    # uvloop sends replies only when all turns that waited with them are done: p95 at eight talks at once 187 ms, 115 without it.
    app.config.USE_UVLOOP = False
    app.config.REQUEST_MAX_SIZE = LARGEST_BODY
    app.config.REQUEST_TIMEOUT = TO_ARRIVE
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = TO_FINISH
    app.config.FALLBACK_ERROR_FORMAT = "json"

    @app.on_response
    async def add_headers(request: Request, answer: HTTPResponse) -> None:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)

    @app.on_request
    async def check_token(request: Request) -> HTTPResponse | None:
        if (
            token is None
            or request.route is None
            or request.path in OPEN_EXACTLY
            or request.path.startswith(OPEN)
            or request.method == "OPTIONS"
        ):
            return None
        if not hmac.compare_digest(_given_token(request).encode("utf-8", "replace"), token.encode()):
            problem = {"reason": "NotAuthenticated", "error": "the API needs its token: header 'Authorization: Bearer ...' or '?token='"}
            return response.json(problem, status=401)
        # Rasa looks only at the query.
        request.args["token"] = [token]
        return None

    @app.get("/health")
    async def health(request: Request) -> HTTPResponse:
        reasons = await not_ready(request.app)
        return response.json({"live": True, "ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)

    @app.get("/health/live")
    async def live(request: Request) -> HTTPResponse:
        return response.json({"live": True})

    @app.get("/health/model")
    async def model(request: Request) -> HTTPResponse:
        loaded = has_model(request.app)
        return response.json({"model": loaded}, status=200 if loaded else 503)

    if token is not None:

        @app.get("/metrics")
        async def metrics(request: Request) -> HTTPResponse:
            return response.raw(exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")

    @app.after_server_start
    async def keep_house(app: Any) -> None:
        # What is there now stays: looking through all of it for garbage stopped every turn for 0.2 s, once in 600 turns (measured).
        gc.freeze()
        app.add_task(_sweep(app), name="sweep")
        app.add_task(_knock(app), name="knock")

    @app.before_server_stop
    async def write_what_waits(app: Any) -> None:
        store = talks(app.ctx.agent)
        # The last chance, even if the database let one wait just now.
        store.patience.renew()
        with suppress(SQLAlchemyError):
            store.check()


def _given_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else str(request.args.get("token", ""))


def has_model(app: Any) -> bool:
    """Whether this server can understand and answer; talks go on without database and Redis, not without this."""
    agent = getattr(app.ctx, "agent", None)
    return agent is not None and bool(agent.is_ready())


async def not_ready(app: Any) -> list[str]:
    """Why this server should get no new talks; empty if it should."""
    if not has_model(app):
        return ["the model is not loaded"]
    agent, reasons = app.ctx.agent, []
    try:
        talks(agent).check()
    except SQLAlchemyError:
        reasons.append("the database of talks cannot be reached; talks go on from memory")
    if isinstance(agent.lock_store, RedisLockStore):
        try:
            await agent.lock_store.check()
        except RedisError:
            reasons.append("Redis cannot be reached; each process keeps its own order")
    return reasons


async def _sweep(app: Any) -> None:
    """Delete old talks, now and every hour."""
    while True:
        try:
            gone = await asyncio.to_thread(talks(app.ctx.agent).delete_old)
            if gone:
                logger.info("deleted %d talks that had reached the end of their time", gone)
        except Exception as error:
            ERRORS.labels("sweep").inc()
            logger.error("cannot delete old talks: %s", type(error).__name__)
        await asyncio.sleep(SWEEP)


async def _knock(app: Any) -> None:
    """Write what waits as soon as the database is back, even if nobody talks."""
    while True:
        await asyncio.sleep(KNOCK)
        try:
            store = talks(app.ctx.agent)
            if store.outage.waiting():
                with suppress(SQLAlchemyError):
                    store.check()
        except Exception as error:
            ERRORS.labels("knock").inc()
            logger.error("cannot write what waits: %s", type(error).__name__)
