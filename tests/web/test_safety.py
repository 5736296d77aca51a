"""Safe: markup stays text in both directions, the policy holds, foreign pages and other people's sessions are refused."""

from __future__ import annotations

import gzip

import pytest
import requests
from playwright.sync_api import Page

from tests.conftest import ROOT
from tests.running import EMBEDDER, Server
from tests.web.conftest import Chat

ATTACKS = (
    "<img src=x onerror=\"document.title='owned'\"> twitching",
    "<script>document.title='owned'</script>",
    "**<b onclick=\"document.title='owned'\">x</b>** javascript:alert(1) my calf twitches",
)
# 20 KB, with what all browsers ask for: gzip.
MOST_BYTES = 20_000


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_person_types_stays_text(chat: Chat, attack: str) -> None:
    chat.open().say(attack)
    assert chat.said() == [attack]
    chat.page.reload()
    chat.until(lambda: chat.said() == [attack], "the talk")
    assert chat.page.locator("twitch-chat img, twitch-chat script, twitch-chat b").count() == 0
    assert chat.page.title() != "owned"


def test_what_the_server_says_stays_text(chat: Chat) -> None:
    evil = (
        "<img src=x onerror=\"document.title='owned'\"> **bold** *soft* javascript:alert(1) https://nhs.uk/x?a=1. tel:+44-999 ftp://a.b"
    )
    reply = {"from": "assistant", "text": evil, "buttons": [{"title": "<b>x</b>", "payload": "x"}], "metadata": {"level": "constructor"}}
    chat.page.route("**/webhooks/web/session", lambda route: route.fulfill(json={"session": "s", "messages": [reply]}))
    chat.open()
    message = chat.replies().first
    assert message.locator("img").count() == 0
    assert message.locator("strong").all_inner_texts() == ["bold"]
    assert message.locator("em").all_inner_texts() == ["soft"]
    assert [link.get_attribute("href") for link in message.locator("a").all()] == ["https://nhs.uk/x?a=1", "tel:+44-999"]
    assert chat.page.locator(".choice").inner_text() == "<b>x</b>"
    assert chat.page.title() != "owned"


def test_the_policy_is_strict_and_no_cookie_is_set(chat: Chat, server: Server) -> None:
    chat.open().say("why do muscles twitch")
    policy = requests.get(f"{server.address}/chat", timeout=30).headers["Content-Security-Policy"]
    for part in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "require-trusted-types-for 'script'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert chat.page.context.cookies() == []


def test_an_allowed_page_may_embed_it(chat: Chat) -> None:
    chat.embed().page.locator(".launcher").click()
    chat.until(lambda: chat.replies().count() > 0, "a greeting")
    assert "From the article" in chat.say("does caffeine cause it")


def test_a_foreign_page_is_refused(page: Page, server: Server) -> None:
    chat = Chat(page, server.address).embed("http://evil.example")
    chat.until(lambda: any("blocked by CORS" in line for line in chat.complaints), "a refusal")
    assert page.evaluate("customElements.get('twitch-chat') === undefined")
    for origin, status in (("http://evil.example", 403), ("null", 403), (EMBEDDER + ".evil.example", 403), (EMBEDDER, 200)):
        answer = server.post("/webhooks/web/session", json={}, headers={"Origin": origin})
        assert answer.status_code == status
        assert answer.headers.get("Access-Control-Allow-Origin") == (origin if status == 200 else None)


def test_a_browser_that_asks_first_is_told_only_of_allowed_pages(server: Server) -> None:
    for origin, told in (("http://evil.example", None), (EMBEDDER, EMBEDDER)):
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        answer = requests.options(f"{server.address}/webhooks/web/message", headers=asked, timeout=30)
        assert answer.headers.get("Access-Control-Allow-Origin") == told


def test_another_persons_session_can_be_neither_guessed_nor_made(server: Server) -> None:
    session: str = server.post("/webhooks/web/session", json={}).json()["session"]
    name, _, signature = session.rpartition(".")
    changed = ("A" if name[0] != "A" else "B") + name[1:]
    for forged in (
        name,
        f"{changed}.{signature}",
        f"{name}.{signature[:-1]}",
        f"{name}.",
        "." + signature,
        "",
        None,
        7,
        ["x"],
        f"web:{name}",
    ):
        for call in ("message", "history", "delete"):
            answer = server.post(f"/webhooks/web/{call}", json={"session": forged, "id": "1", "message": "hi"})
            assert answer.status_code == 401, (forged, call)
    # Nor by way of another channel.
    answer = server.post("/webhooks/rest/webhook", json={"sender": f"web:{name}", "message": "hi"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "flaw",
    [
        {"id": None},
        {"id": ""},
        {"id": "x" * 65},
        {"id": "a b"},
        {"shown": 5},
        {"shown": "x" * 201},
        {"answers": "Bad Slot"},
        {"message": 5},
    ],
)
def test_a_malformed_message_is_a_400_with_a_reason(server: Server, flaw: dict[str, object]) -> None:
    session = server.post("/webhooks/web/session", json={}).json()["session"]
    answer = server.post("/webhooks/web/message", json={"session": session, "id": "1", "message": "hi", **flaw})
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_all_of_it_is_under_20_kb() -> None:
    files = [file for file in (ROOT / "web").iterdir() if file.suffix in (".js", ".css", ".html")]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < MOST_BYTES
