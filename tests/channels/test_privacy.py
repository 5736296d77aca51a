"""What is stored, export mine, delete mine: said, shown and done on every channel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.channels.transcript import LONGEST, transcript
from tests.channels.fakes import Fakes
from tests.channels.test_slack import turn as on_slack
from tests.channels.test_telegram import turn as on_telegram
from tests.conftest import outcome
from tests.running import Server
from tests.server.test_server import with_data

WORD = "Quetzalcoatl"
TWITCH = f"my calf twitches after my run with my dog {WORD}"
NAMES = {"user": "you", "bot": "assistant"}


def stored(server: Server) -> bytes:
    """All that lies in the database's files."""
    return b"".join(file.read_bytes() for file in Path(server.folder).glob("talks.db*"))


def test_what_is_stored_is_told_in_the_middle_of_an_interview(server: Server) -> None:
    server.say("private", "my calf twitches after my run")
    replies = with_data(server.say("private", "what do you store about me"))
    assert outcome(replies) == "privacy"
    assert replies[-1]["data"]["asks"] == "symptoms"
    assert {button["payload"] for button in replies[0]["buttons"]} == {"export my data", "delete my data"}


def test_export_shows_both_sides_and_is_not_stored_itself(server: Server) -> None:
    server.say("exporter", TWITCH.replace(WORD, "Rex"))
    server.say("exporter", "no")
    replies = with_data(server.say("exporter", "export my data"))
    assert outcome(replies) == "privacy"
    text = "\n".join(reply["text"] for reply in replies)
    for said in ("my dog Rex", ", you: no", ", assistant: Does anything else come with the twitch"):
        assert said in text
    again = "\n".join(reply["text"] for reply in server.say("exporter", "export my data"))
    assert again.count("my dog Rex") == 1


def test_delete_leaves_nothing_in_the_file_and_others_alone(server: Server) -> None:
    server.say("deleter", TWITCH)
    server.say("bystander", TWITCH.replace(WORD, "Bystanderdog"))
    assert WORD.encode() in stored(server)
    assert outcome(with_data(server.say("deleter", "delete my data"))) == "privacy"
    assert WORD.encode() not in stored(server)
    assert b"deleter" not in stored(server)
    assert b"Bystanderdog" in stored(server)
    # From nothing: the first question is asked again, and what was said is not in the export.
    first = with_data(server.say("deleter", "my calf twitches after my run"))
    assert first[-1]["data"]["asks"] == "symptoms"
    assert WORD not in str(server.say("deleter", "export my data"))


def test_delete_and_export_on_telegram_and_slack(server: Server, services: Fakes) -> None:
    on_telegram(server, services, 7801, text=TWITCH)
    assert any(WORD in reply["text"] for reply in on_telegram(server, services, 7801, text="/export"))
    on_slack(server, services, "D7801", TWITCH)
    assert any(WORD in reply["text"] for reply in on_slack(server, services, "D7801", "send me all my data"))
    on_telegram(server, services, 7801, text="/delete")
    on_slack(server, services, "D7801", "please delete everything about me")
    assert WORD.encode() not in stored(server)


def on_page(server: Server, session: str, name: str, text: str) -> list[dict[str, Any]]:
    body = {"session": session, "id": name, "message": text}
    replies: list[dict[str, Any]] = server.post("/webhooks/web/message", json=body).json()["messages"]
    return replies


def open_page(server: Server) -> str:
    session: str = server.post("/webhooks/web/session", json={}).json()["session"]
    return session


def history(server: Server, session: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = server.post("/webhooks/web/history", json={"session": session}).json()["messages"]
    return messages


def test_delete_on_the_page_by_words(server: Server) -> None:
    session = open_page(server)
    on_page(server, session, "a", TWITCH)
    assert on_page(server, session, "b", "delete my data")[-1]["metadata"]["outcome"] == "privacy"
    assert WORD.encode() not in stored(server)
    assert history(server, session) == []
    # The session is still good, and what is said from now on is there at a reload.
    on_page(server, session, "c", "does coffee cause twitching")
    assert history(server, session)[0]["text"] == "does coffee cause twitching"


def test_an_export_on_the_page_comes_in_order_and_the_same_again_without_what_nobody_typed(server: Server) -> None:
    session = open_page(server)
    replies = on_page(server, session, "a", "export my data")
    introduction, *pages = [reply["text"] for reply in replies]
    assert introduction.startswith("Here is all that was said")
    assert "you: export my data" in "\n".join(pages)
    assert "you: hello" not in "\n".join(pages)
    assert on_page(server, session, "a", "export my data") == replies


def test_nothing_is_deleted_for_words_that_only_sound_like_it(server: Server) -> None:
    for text in (
        "delete that, i meant my thigh",
        "can i delete a song",
        "erase the pain",
        "forget it",
        "clear my doubts about magnesium",
    ):
        sender = f"keeps{len(text)}"
        server.say(sender, "my calf twitches after my run")
        server.say(sender, text)
        assert any("my calf" in (event.get("text") or "") for event in server.tracker(sender)["events"]), text


def test_a_transcript_fits_into_messages() -> None:
    events = [
        {"event": "user", "text": "a" * 6000, "timestamp": 0.0},
        {"event": "action"},
        {"event": "bot", "text": "b", "timestamp": 0.0},
    ]
    pages = transcript(events, NAMES)
    assert all(len(page) <= LONGEST for page in pages)
    assert "".join(pages).count("a" * 100) >= 55
    assert pages[-1].endswith("1970-01-01 00:00 UTC, assistant: b")
    assert transcript([], NAMES) == []
