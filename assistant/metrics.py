"""Figures for operators, in Prometheus' form; none of them holds what anyone said, or who."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import structlog
from prometheus_client import REGISTRY as OWN
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess

from assistant.contract import data_of, level_of, outcome_of

logger = structlog.get_logger("assistant.turns")

# Where workers of one host put their figures together; set by the launcher when there are several.
SHARED = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

TURNS = Counter("assistant_turns", "Turns, by channel, outcome and triage level (docs/contract.md)", ["channel", "outcome", "level"])
SECONDS = Histogram("assistant_turn_seconds", "From message to replies", ["channel"], buckets=_BUCKETS)
QUESTIONS = Counter(
    "assistant_interview_questions", "Questions of the interview, each time one is asked; where they fall off, people left", ["asks"]
)
ERRORS = Counter("assistant_errors", "Turns that ended in an apology, and stores that could not be reached", ["where"])
STORE = Histogram("assistant_store_seconds", "Reading and writing talks", ["does"], buckets=_BUCKETS)


def count_turn(channel: str, replies: list[dict[str, Any]], seconds: float) -> None:
    """Note a turn.

    Args:
        channel: the channel's name.
        replies: what was answered, with the contract's metadata.
        seconds: from message to replies.
    """
    found = [data_of(reply) for reply in replies]
    for data in found:
        if data.get("asks"):
            QUESTIONS.labels(data["asks"]).inc()
    outcome, level = outcome_of(found) or "none", level_of(found)
    TURNS.labels(channel, outcome, level).inc()
    SECONDS.labels(channel).observe(seconds)
    logger.info("turn", channel=channel, outcome=outcome, triage=level, milliseconds=round(seconds * 1000, 1))


@contextmanager
def timed(does: str) -> Iterator[None]:
    """Note how long the store takes for something, and that it failed."""
    begin = perf_counter()
    try:
        yield
    except Exception:
        ERRORS.labels("store").inc()
        raise
    finally:
        STORE.labels(does).observe(perf_counter() - begin)


def exposition() -> bytes:
    """All figures as Prometheus reads them, of all workers where they share a folder."""
    if not os.environ.get(SHARED):
        return generate_latest(OWN)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
