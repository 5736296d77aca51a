"""Each fault injected into a real server: what the person sees, what is kept. Never silence, half a talk, or a stranger's answer."""

from __future__ import annotations

import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from rasa.shared.core.events import UserUttered

from tests.conftest import MODEL, ROOT, Run, Talk, outcome
from tests.faults.stage import Assistant, Postgres, RedisServer, assistant, free_port
from tests.server.test_launcher import launch

EMERGENCY = "i cant breathe and my chest is tight"


def shows_emergency(server: Assistant, sender: str, timeout: float = 30) -> bool:
    return outcome(server.say(sender, EMERGENCY, timeout)) == "emergency"


def open_page(server: Assistant) -> str:
    session: str = server.post("/webhooks/web/session")["session"]
    return session


def on_page(server: Assistant, session: str, number: int, text: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = server.post("/webhooks/web/message", session=session, id=str(number), message=text)["messages"]
    return messages


def history(server: Assistant, session: str) -> requests.Response:
    return requests.post(f"{server.address}/webhooks/web/history", json={"session": session}, timeout=60)


def test_server_killed_in_mid_turn_and_started_again(tmp_path: Path) -> None:
    port = free_port()
    # Long, so that the turn lasts; the page sends a message again, under the same id, until it is answered.
    text = "my calf twitches after my run. " + "it was a long day at work and then i went out. " * 200
    with assistant(tmp_path, port=port) as server:
        session = open_page(server)
        on_page(server, session, 1, "hello")

        def cut_off() -> None:
            with pytest.raises(requests.RequestException):
                on_page(server, session, 2, text)

        turn = threading.Thread(target=cut_off)
        turn.start()
        time.sleep(0.03)
        server.process.send_signal(signal.SIGKILL)
        turn.join()
    with assistant(tmp_path, port=port) as server:
        held = server.post("/webhooks/web/history", session=session)["messages"]
        assert [message["text"] for message in held if message["from"] == "person"] == ["hello"]
        answer = on_page(server, session, 2, text)
        assert answer[-1]["metadata"]["asks"] == "symptoms"
        # With the remark on its length, which is not stored.
        assert on_page(server, session, 2, text) == answer
        held = server.post("/webhooks/web/history", session=session)["messages"]
        assert sum(message["from"] == "person" for message in held) == 2


def test_one_of_two_servers_killed_under_load(tmp_path: Path) -> None:
    postgres, locks = Postgres(), RedisServer()
    shared: dict[str, Any] = {"tracker_store": postgres.endpoint(), "lock_store": locks.endpoint()}
    with assistant(tmp_path, **shared) as first, assistant(tmp_path, **shared) as second:

        def hold(number: int) -> tuple[str, list[str]]:
            sender, ends = f"survivor{number}", []
            for text in ("my calf twitches after my run", "no", "does coffee cause twitching", EMERGENCY):
                try:
                    replies = (first if number % 2 else second).say(sender, text)
                except requests.RequestException:
                    # As a balancer does: the other one.
                    replies = second.say(sender, text)
                ends.append(str(outcome(replies)))
            return sender, ends

        with ThreadPoolExecutor(8) as pool:
            talks = [pool.submit(hold, number) for number in range(40)]
            time.sleep(0.5)
            first.process.send_signal(signal.SIGKILL)
            for talk in talks:
                sender, ends = talk.result()
                assert ends[2:] == ["topic", "emergency"], sender
        assert second.said("survivor0")[-1] == EMERGENCY
    locks.stop()
    postgres.stop()


def test_postgres_stopped_for_20_seconds_and_back(tmp_path: Path) -> None:
    postgres = Postgres()
    with assistant(tmp_path, tracker_store=postgres.endpoint()) as server:
        server.say("patient", "my calf twitches after my run")
        server.say("patient", "no")
        session = open_page(server)
        postgres.stop()
        stopped = time.monotonic()
        assert server.health() == {
            "live": True,
            "ready": False,
            "reasons": ["the database of talks cannot be reached; talks go on from memory"],
        }
        assert requests.get(f"{server.address}/health/model", timeout=30).status_code == 200
        # The interview goes on where it was, from memory.
        assert server.say("patient", "only after running")[-1]["data"]["asks"] == "bout"
        assert shows_emergency(server, "stranger")
        # Who loads the page again gets what is remembered of the talk.
        on_page(server, session, 1, "hello")
        assert [message["from"] for message in history(server, session).json()["messages"]] == ["assistant", "person", "assistant"]
        assert server.post("/webhooks/web/delete", session=session) == {"deleted": None}
        assert history(server, session).status_code == 503
        assert "Traceback" not in server.printed()
        assert session.split(".")[0] not in server.printed()
        time.sleep(max(0.0, 20 - (time.monotonic() - stopped)))
        postgres.start()
        assert server.say("patient", "few seconds")[-1]["data"]["asks"] == "since"
        assert server.said("patient") == ["my calf twitches after my run", "no", "only after running", "few seconds"]
        assert server.said("stranger") == [EMERGENCY]
        assert server.post("/webhooks/web/history", session=session) == {"messages": []}
        assert server.health()["ready"]
    postgres.stop()


def test_redis_stopped_and_back(tmp_path: Path) -> None:
    locks = RedisServer()
    with assistant(tmp_path, lock_store=locks.endpoint()) as server:
        server.say("patient", "my calf twitches after my run")
        locks.stop()
        assert server.say("patient", "no")[-1]["data"]["asks"] == "at_rest"
        assert shows_emergency(server, "stranger")
        assert server.health()["reasons"] == ["Redis cannot be reached; each process keeps its own order"]
        locks.start()
        assert server.say("patient", "only after running")[-1]["data"]["asks"] == "bout"
        assert server.health()["ready"]
    locks.stop()


def test_disk_full(tmp_path: Path) -> None:
    with assistant(tmp_path) as server:
        # No file of the server may grow beyond this: writing fails as on a full disk.
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (200_000, 200_000))
        for number in range(60):
            replies = server.say("talker", "does coffee cause twitching" if number % 2 else "what about magnesium")
            assert outcome(replies) == "topic", replies
        assert "cannot write a talk" in server.printed()
        assert shows_emergency(server, "stranger")
        # It still knows the talk, and what it could not write is whole turns.
        assert server.say("talker", "why")[0]["data"]["outcome"] in ("causes", "topic", "explain", "clarify")
    with assistant(tmp_path) as server:
        said = server.said("talker")
        assert said
        assert said == (["what about magnesium", "does coffee cause twitching"] * 30)[: len(said)]


@contextmanager
def action_server(answers: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[dict[str, Any]]:
    """A stand-in for an action server of its own that misbehaves."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answers(self)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield {"url": f"http://127.0.0.1:{httpd.server_port}/webhook"}
        httpd.shutdown()


def _sends(status: int, body: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.end_headers()
        handler.wfile.write(body)

    return send


def _sleeps(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(20)


@pytest.mark.parametrize(
    "answers",
    [_sends(200, b"<html>"), _sends(200, b'{"events": 7}'), _sends(500, b"{}"), _sends(200, b'[{"event": "restart"}]'), _sleeps, None],
    ids=["garbage", "wrong json", "error", "a list", "slow", "down"],
)
def test_a_remote_action_server_that_fails(answers: Callable[[BaseHTTPRequestHandler], None] | None, tmp_path: Path) -> None:
    nobody = {"url": f"http://127.0.0.1:{free_port()}/webhook"}
    with (
        action_server(answers or _sleeps) as endpoint,
        assistant(tmp_path, action_endpoint=endpoint if answers else nobody) as server,
    ):
        begin = time.monotonic()
        assert shows_emergency(server, "stranger")
        assert time.monotonic() - begin < 6
        (sorry,) = server.say("asker", "does coffee cause twitching")
        assert "emergency number" in sorry["text"]
        assert time.monotonic() - begin < 16
        assert outcome(server.say("asker", "hello")) == "chitchat"


def test_a_corrupt_model_file(tmp_path: Path) -> None:
    model = tmp_path / "assistant.tar.gz"
    model.write_bytes(MODEL.read_bytes()[:100_000])
    with assistant(tmp_path, model=model) as server:
        assert server.health() == {"live": True, "ready": False, "reasons": ["the model is not loaded"]}
        assert requests.get(f"{server.address}/health/model", timeout=30).status_code == 503
        (sorry,) = server.say("stranger", EMERGENCY)
        assert "emergency number" in sorry["text"]


def own_code(folder: Path) -> None:
    """Content and code copied, the rest linked: a server started there finds what stands beside its code."""
    for file in ROOT.iterdir():
        if file.name not in ("content", "assistant", "models"):
            (folder / file.name).symlink_to(file)
    for name in ("content", "assistant"):
        for file in (ROOT / name).rglob("*.*"):
            if file.suffix in (".yml", ".py"):
                copy = folder / file.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "models").mkdir()


def started_in(folder: Path) -> Any:
    """A server that cannot start, once it has given up."""
    settings = ("--endpoints", "endpoints.yml", "--credentials", "credentials.yml", "--port", str(free_port()))
    return launch("run", "--model", str(MODEL), *settings, folder=folder)


def test_a_content_error_at_start(tmp_path: Path) -> None:
    own_code(tmp_path)
    signs = tmp_path / "content" / "signs.yml"
    signs.write_text(signs.read_text(encoding="utf-8").replace("level: emergency", "level: emergancy", 1), encoding="utf-8")
    done = started_in(tmp_path)
    assert done.returncode != 0
    assert "content/signs.yml: stroke_face: key 'level'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("weights", "wrong"), [(None, "is missing"), (b"no graph", "cannot be read")])
def test_no_encoder_at_start(weights: bytes | None, wrong: str, tmp_path: Path) -> None:
    own_code(tmp_path)
    if weights is not None:
        (tmp_path / "models" / "encoder.onnx").write_bytes(weights)
    done = started_in(tmp_path)
    assert done.returncode != 0
    assert "encoder.onnx" in done.stderr
    assert wrong in done.stderr
    assert "make train" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("jump", [13 * 3600.0, -26 * 3600.0, 10 * 365 * 86400.0], ids=["13 h on", "26 h back", "10 years on"])
def test_the_clock_jumps(jump: float, talk: Talk, run: Run, agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    talk.say("my calf twitches after my run")
    talk.say("no")
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    # A jump back leaves the interview as it was; one over the end of the session begins anew. Neither is silent.
    (reply,) = talk.say("only after running")
    assert reply["data"].get("asks") or reply["data"]["outcome"]
    if jump < 0:
        assert reply["data"]["asks"] == "bout"
    assert outcome(talk.say(EMERGENCY)) == "emergency"
    said = [event.text for event in talk.tracker().events if isinstance(event, UserUttered)]
    assert said[-2:] == ["only after running", EMERGENCY]


def test_sigterm_under_load_loses_no_reply(tmp_path: Path) -> None:
    with assistant(tmp_path) as server, ThreadPoolExecutor(30) as pool:
        server.say("warm", "hello")
        turns = [pool.submit(server.say, f"late{number}", EMERGENCY) for number in range(30)]
        time.sleep(0.15)
        server.process.send_signal(signal.SIGTERM)
        answered, refused = 0, 0
        for turn in turns:
            try:
                assert outcome(turn.result()) == "emergency"
                answered += 1
            except requests.ConnectionError:
                # Not taken any more, and the client knows: it was refused, or closed before a byte was answered.
                refused += 1
        assert server.process.wait(40) == 0
        assert answered > 0
        assert answered + refused == 30
    with assistant(tmp_path) as server:
        kept = sum(server.said(f"late{number}") == [EMERGENCY] for number in range(30))
        assert kept == answered, "a turn was stored whose reply was lost"
    assert yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))["lock_store"]
