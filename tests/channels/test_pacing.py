"""How fast one may talk, and whom an address stands for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sanic.compat import Header

from assistant.channels.pacing import Gate, Pace, address_of, messages_a_minute, trusted_proxies


def request(ip: str = "203.0.113.7", *forwarded_for: str) -> Any:
    return SimpleNamespace(ip=ip, headers=Header([("X-Forwarded-For", value) for value in forwarded_for]))


def test_twenty_a_minute_and_no_more() -> None:
    now = [0.0]
    pace = Pace(20, clock=lambda: now[0])
    assert all(pace.allows("a") for _ in range(20))
    assert not pace.allows("a")
    assert pace.allows("b")
    now[0] = 59.0
    assert not pace.allows("a")
    now[0] = 61.0
    assert pace.allows("a")


def test_who_is_too_fast_is_told_how_long_to_wait() -> None:
    now = [0.0]
    pace = Pace(2, clock=lambda: now[0])
    pace.count("a")
    now[0] = 20.0
    assert pace.wait("a") == 0
    pace.count("a")
    now[0] = 50.0
    assert (pace.wait("a"), pace.wait("b")) == (10, 0)
    now[0] = 60.0
    assert pace.wait("a") == 0


def test_no_limit_when_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE_LIMIT", "0")
    pace, gate = messages_a_minute(), Gate()
    assert all(pace.allows("a") for _ in range(100))
    assert not any(gate.refuses_message(request(), "a") for _ in range(100))
    assert not any(gate.refuses_talk(request()) for _ in range(100))


def test_the_silent_are_forgotten() -> None:
    now = [0.0]
    pace = Pace(1, clock=lambda: now[0])
    for number in range(10_000):
        pace.allows(str(number))
    now[0] = 100.0
    pace.allows("late")
    assert list(pace._times) == ["late"]


def test_a_sender_and_an_address_each_have_their_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE_LIMIT", "3")
    gate = Gate()
    assert not any(gate.refuses_message(request(), "a") for _ in range(3))
    refusal = gate.refuses_message(request("203.0.113.8"), "a")
    assert refusal is not None
    assert refusal.status == 429
    assert refusal.headers["Retry-After"] == "60"
    assert "emergency" in refusal.body.decode()
    assert gate.refuses_message(request(), "b") is not None
    assert gate.refuses_message(request("203.0.113.9"), "b") is None


def test_what_is_refused_counts_for_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE_LIMIT", "2")
    gate = Gate()
    assert not any(gate.refuses_message(request(), sender) for sender in ("a", "b"))
    assert all(gate.refuses_message(request(), "c") for _ in range(2))
    assert not any(gate.refuses_message(request("203.0.113.8"), "c") for _ in range(2))
    assert gate.refuses_message(request("203.0.113.9"), "c")
    assert not any(gate.refuses_message(request("203.0.113.9"), sender) for sender in ("d", "e"))


def test_talks_of_an_address_are_counted_by_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALK_LIMIT", "2")
    gate = Gate()
    assert [gate.refuses_talk(request()) is None for _ in range(3)] == [True, True, False]
    assert gate.refuses_talk(request("203.0.113.8")) is None


def test_whom_a_request_comes_from() -> None:
    here = trusted_proxies()
    assert address_of(request("203.0.113.7"), here) == "203.0.113.7"
    assert address_of(request("203.0.113.7", "198.51.100.1"), here) == "203.0.113.7"
    assert address_of(request("127.0.0.1"), here) is None
    assert address_of(request("127.0.0.1", "6.6.6.6, 198.51.100.1"), here) == "198.51.100.1"
    assert address_of(request("::1", "198.51.100.1"), here) == "198.51.100.1"
    # Some proxies add a header of their own.
    assert address_of(request("127.0.0.1", "6.6.6.6", "198.51.100.1"), here) == "198.51.100.1"
    assert address_of(request("127.0.0.1", "not an address"), here) == "not an address"


def test_which_proxies_are_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "10.1.0.0/16, fd00::/8")
    ingress = trusted_proxies()
    assert address_of(request("10.1.2.3", "6.6.6.6, 198.51.100.1"), ingress) == "198.51.100.1"
    assert address_of(request("fd00::7", "6.6.6.6, 198.51.100.1, 10.1.2.3"), ingress) == "198.51.100.1"
    assert address_of(request("10.2.0.1", "198.51.100.1"), ingress) == "10.2.0.1"
    # One on this machine is believed in any case.
    assert address_of(request("127.0.0.1", "198.51.100.1, 10.1.2.3"), ingress) == "198.51.100.1"
    assert address_of(request("10.1.2.3"), ingress) is None
    # Behind it each person has a limit of their own.
    monkeypatch.setenv("TALK_LIMIT", "1")
    gate = Gate()
    assert [gate.refuses_talk(request("10.1.2.3", f"198.51.100.{person}")) is None for person in (1, 2, 1)] == [True, True, False]
    for wrong in ("proxy", "10.0.0.1/8", "10.0.0.0/8,"):
        monkeypatch.setenv("TRUSTED_PROXIES", wrong)
        with pytest.raises(ValueError, match=r"network|host bits"):
            Gate()
    monkeypatch.setenv("TRUSTED_PROXIES", "")
    assert address_of(request("127.0.0.1", "198.51.100.1"), trusted_proxies()) == "198.51.100.1"
