"""What is kept in memory while the database cannot be reached, so that a talk goes on and nothing said is lost."""

from __future__ import annotations

import json
import time
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError, SQLAlchemyError

# Serialised events, as in the database: a talk of one window takes some 80 KB.
TALKS = 100
# Beyond this the oldest wait in vain: a database that is gone for hours must not take the server with it.
MOST_WAITING = 50_000
# Seconds: a database that fails only after this lets turns wait, and is asked again so much later. One that refuses does so at once.
WAITED, KNOCK = 0.5, 10.0


class LeftAloneError(SQLAlchemyError):
    """The database is not asked just now, since it let the last question wait."""


class Patience:
    """How often a database that neither answers nor refuses is asked: each question stops all turns of the process for a while."""

    def __init__(self) -> None:
        self._until = 0.0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Stands around each question.

        Raises:
            LeftAloneError: instead of asking, if the last question waited in vain less than KNOCK seconds ago.
        """
        begin = time.monotonic()
        if begin < self._until:
            raise LeftAloneError("the database let the last question wait")
        try:
            yield
        except OperationalError:
            now = time.monotonic()
            if now - begin > WAITED:
                self._until = now + KNOCK
            raise

    def renew(self) -> None:
        """The next question is asked in any case."""
        self._until = 0.0


class Outage:
    """The newest talks as this process knows them, and the events that are still to be written."""

    def __init__(self, talks: int = TALKS, most_waiting: int = MOST_WAITING) -> None:
        self._talks = talks
        self._most = most_waiting
        self._recent: OrderedDict[str, list[str]] = OrderedDict()
        self._waiting: dict[str, list[str]] = defaultdict(list)
        self.to_delete: set[str] = set()

    def remember(self, conversation: str, events: list[str]) -> None:
        """A talk as it now is: its window, serialised."""
        self._recent[conversation] = events
        self._recent.move_to_end(conversation)
        while len(self._recent) > self._talks:
            self._recent.popitem(last=False)

    def recall(self, conversation: str) -> list[str]:
        """A talk as it was last known here; empty if it was not."""
        return self._recent.get(conversation, [])

    def wait(self, conversation: str, events: list[str]) -> None:
        """Events that could not be written."""
        self._waiting[conversation] += events
        while self.waiting() > self._most:
            del self._waiting[next(iter(self._waiting))]

    def owed(self, conversation: str) -> list[str]:
        """Events of a talk that are still to be written."""
        return self._waiting.get(conversation, [])

    def waiting(self) -> int:
        """How many events are still to be written, and talks to be deleted."""
        return sum(map(len, self._waiting.values())) + len(self.to_delete)

    def to_write(self) -> Iterator[tuple[str, list[str]]]:
        """What is still to be written, talk by talk; each is forgotten when the next is asked for."""
        for conversation in list(self._waiting):
            yield conversation, self._waiting[conversation]
            del self._waiting[conversation]

    def forget(self, conversation: str) -> None:
        """It is deleted from the database."""
        self._recent.pop(conversation, None)

    def forget_silent(self, since: float) -> None:
        """Forget the talks whose newest event is older; what waits is not."""
        for conversation, events in list(self._recent.items()):
            if events and json.loads(events[-1])["timestamp"] < since:
                self.forget(conversation)

    def delete(self, conversation: str) -> None:
        """It is to be deleted from the database, and what waits is not to be written."""
        self.forget(conversation)
        self._waiting.pop(conversation, None)
        self.to_delete.add(conversation)
