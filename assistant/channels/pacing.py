"""How fast one may talk: so many messages a minute from a sender and from an address, so many new talks an hour from an address."""

from __future__ import annotations

import math
import os
import time
from collections import deque
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant.channels.base import words

MOST_A_MINUTE = 20
MOST_TALKS_AN_HOUR = 60
_MINUTE, _HOUR = 60.0, 3600.0
# Beyond this, those who have been silent for a whole span are forgotten.
_MOST_KEYS = 10_000
LOOPBACK = "127.0.0.0/8,::1/128"

Networks = tuple[IPv4Network | IPv6Network, ...]


class Pace:
    """At most so many in a span of time for one key; 0 lifts the limit."""

    def __init__(self, most: int, span: float = _MINUTE, clock: Callable[[], float] = time.monotonic) -> None:
        """Set up.

        Args:
            most: how many are allowed; 0 for any number.
            span: seconds that they count for.
            clock: seconds that only ever go forward, so that a changed system clock neither blocks nor frees anyone.
        """
        self._most = most
        self._span = span
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def allows(self, key: str) -> bool:
        """Whether one more may pass now, which then counts; what is refused does not."""
        if self.wait(key):
            return False
        self.count(key)
        return True

    def wait(self, key: str) -> float:
        """Seconds until one more may pass; 0 if it may now."""
        times = self._times.get(key)
        return max(0.0, times[0] + self._span - self._clock()) if times and len(times) == self._most else 0.0

    def count(self, key: str) -> None:
        """One more has passed."""
        if not self._most:
            return
        now = self._clock()
        self._times.setdefault(key, deque(maxlen=self._most)).append(now)
        if len(self._times) > _MOST_KEYS:
            self._times = {name: held for name, held in self._times.items() if now - held[-1] < self._span}


def messages_a_minute() -> Pace:
    """The environment's RATE_LIMIT; 20 by default."""
    return Pace(int(os.environ.get("RATE_LIMIT", MOST_A_MINUTE)))


class Gate:
    """What a channel that is open to anyone asks before a turn: is this sender, is this address too fast?"""

    def __init__(self) -> None:
        """Reads RATE_LIMIT, TALK_LIMIT and TRUSTED_PROXIES from the environment; RATE_LIMIT=0 lifts both limits.

        Raises:
            ValueError: if TRUSTED_PROXIES names what is no network.
        """
        self._proxies = trusted_proxies()
        self._senders, self._addresses = messages_a_minute(), messages_a_minute()
        lifted = os.environ.get("RATE_LIMIT") == "0"
        self._talks = Pace(0 if lifted else int(os.environ.get("TALK_LIMIT", MOST_TALKS_AN_HOUR)), _HOUR)

    def refuses_message(self, request: Request, sender: str) -> HTTPResponse | None:
        """429 if this sender or this address has said too much in the last minute; then it counts for neither."""
        address = address_of(request, self._proxies)
        both = [(self._senders, sender), *([(self._addresses, address)] if address else [])]
        if wait := max(pace.wait(key) for pace, key in both):
            return too_fast(wait)
        for pace, key in both:
            pace.count(key)
        return None

    def refuses_talk(self, request: Request) -> HTTPResponse | None:
        """429 if this address has begun too many talks in the last hour."""
        address = address_of(request, self._proxies)
        if address is None or self._talks.allows(address):
            return None
        return too_fast(self._talks.wait(address))


def trusted_proxies() -> Networks:
    """This machine, and the networks of the environment's TRUSTED_PROXIES, commas between.

    Raises:
        ValueError: if one is none, such as "10.0.0.1/8" or "proxy".
    """
    named = os.environ.get("TRUSTED_PROXIES", "").strip()
    return tuple(ip_network(network.strip()) for network in (f"{LOOPBACK},{named}" if named else LOOPBACK).split(","))


def address_of(request: Request, proxies: Networks) -> str | None:
    """Whom a request comes from, or None if from a proxy that names nobody, or a program where only proxies are.

    Each proxy writes at the end of X-Forwarded-For whom it serves: read from there, the first that is none of `proxies` is the caller,
    and what stands before may be made up.
    """
    # Some proxies add a header of their own after the caller's.
    named = ",".join(request.headers.getall("x-forwarded-for", [])).split(",")
    hops = [hop.strip() for hop in (*named, request.ip or "127.0.0.1")]
    return next((hop for hop in reversed(hops) if hop and not _is_in(hop, proxies)), None)


def _is_in(hop: str, networks: Networks) -> bool:
    try:
        address = ip_address(hop)
    except ValueError:
        return False
    return any(address in network for network in networks)


def too_fast(seconds: float) -> HTTPResponse:
    """429 with what to say to the person, and when to come back."""
    return response.json({"error": words()["too_fast"]}, status=429, headers={"Retry-After": str(math.ceil(seconds))})
