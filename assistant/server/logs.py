"""Logs: Rasa's own lines for people, or one JSON object a line for machines."""

from __future__ import annotations

import logging
import os
from typing import Any

import structlog

# A line a turn would drown the rest in a terminal.
TURNS = "assistant.turns"
SANIC = ("sanic.root", "sanic.error", "sanic.access", "sanic.server")


def configure() -> None:
    """Follow the environment's LOG_FORMAT: `json`, or anything else for Rasa's own. Runs after Rasa has set up its logging."""
    for name in SANIC:
        # They would print each line twice, and a line for each request.
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = name != "sanic.access"
    if os.environ.get("LOG_FORMAT") != "json":
        logging.getLogger(TURNS).setLevel(logging.WARNING)
        return
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
        foreign_pre_chain=shared,
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.getLogger().handlers = [handler]
