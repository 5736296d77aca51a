"""What survives: reload, a dead connection, a server that is started again; and what is really gone after deleting."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import requests
from playwright.sync_api import Page, Route

from tests.running import Server
from tests.server.test_restart import running
from tests.web.conftest import Chat

# Notes in window.live what the log's aria-live was when the talk was put in.
NOTE_HOW_LIVE = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
  const root = attach.call(this, options);
  new MutationObserver(() => {
    const log = root.querySelector(".log");
    if (log && log.childElementCount > 1 && !("live" in window)) window.live = log.getAttribute("aria-live");
  }).observe(root, { childList: true, subtree: true });
  return root;
};
"""


def test_a_reload_in_mid_interview_loses_and_doubles_nothing(chat: Chat) -> None:
    chat.open().tap("Check my twitch")
    chat.tap("None of these")
    before = chat.texts()
    chat.page.reload()
    chat.until(lambda: len(chat.texts()) == len(before), "the talk")
    assert chat.texts() == before
    assert chat.page.locator(".progress").last.inner_text().startswith("Question 2 of")
    assert chat.page.locator(".chosen").all_inner_texts() == ["Check my twitch", "None of these"]
    chat.page.wait_for_timeout(300)
    assert chat.tap(chat.page.locator(".choice:enabled").first.inner_text())


def test_history_is_not_announced_again(chat: Chat) -> None:
    chat.open().say("why do muscles twitch")
    chat.page.add_init_script(NOTE_HOW_LIVE)
    chat.page.reload()
    chat.until(lambda: len(chat.texts()) == 3, "the talk")
    assert chat.page.evaluate("window.live") == "off"
    chat.until(lambda: chat.page.locator(".log").get_attribute("aria-live") is None, "announcements")


def test_what_is_typed_offline_is_marked_and_sent_once(chat: Chat) -> None:
    chat.open()
    chat.page.context.set_offline(True)
    for text in ("why do muscles twitch", "does caffeine cause it"):
        chat.page.locator("textarea").fill(text)
        chat.page.locator("textarea").press("Enter")
    chat.until(lambda: chat.page.locator(".waiting").count() == 2, "a mark on both")
    assert "no connection" in chat.status()
    assert "emergency number" in chat.status()
    chat.page.context.set_offline(False)
    chat.until(lambda: chat.page.locator(".waiting").count() == 0 and chat.replies().count() >= 3, "both answers")
    chat.until(lambda: chat.status() == "", "quiet")
    shown = chat.texts()
    chat.page.reload()
    chat.until(lambda: len(chat.texts()) >= len(shown), "the talk")
    assert sorted(chat.texts()) == sorted(shown)
    assert chat.said() == ["why do muscles twitch", "does caffeine cause it"]
    chat.complaints = [line for line in chat.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def test_what_is_typed_offline_survives_a_reload(chat: Chat) -> None:
    chat.open()
    chat.page.route("**/webhooks/web/message", lambda route: route.abort())
    chat.page.locator("textarea").fill("why do muscles twitch")
    chat.page.locator("textarea").press("Enter")
    chat.until(lambda: chat.page.locator(".waiting").count() == 1, "a mark")
    chat.page.unroute("**/webhooks/web/message")
    chat.page.reload()
    chat.until(lambda: chat.replies().count() == 2, "the answer")
    assert chat.said() == ["why do muscles twitch"]
    chat.complaints = [line for line in chat.complaints if "ERR_FAILED" not in line]


def test_who_loads_the_page_while_the_talk_cannot_be_read_still_gets_an_answer(chat: Chat) -> None:
    said = ["why do muscles twitch", "does caffeine cause it", "how long does it last"]
    chat.open().say(said[0])
    before = chat.texts()
    chat.page.route("**/webhooks/web/history", lambda route: route.fulfill(status=503, json={"error": "away"}))
    chat.page.reload()
    chat.until(lambda: "no connection" in chat.status(), "the truth")
    assert "From the article: causes" in chat.say(said[1])
    chat.page.unroute("**/webhooks/web/history")
    # With the next message all of the talk is there again, in order.
    chat.say(said[2])
    assert chat.said() == said
    assert chat.texts()[: len(before)] == before
    chat.complaints = [line for line in chat.complaints if "503" not in line]


def test_who_is_too_fast_is_told_so_in_the_servers_words_and_the_page_waits_as_long(chat: Chat) -> None:
    chat.page.clock.install()
    chat.open()
    tries: list[str] = []

    def refuse(route: Route) -> None:
        tries.append(route.request.url)
        route.fulfill(status=429, headers={"Retry-After": "600"}, json={"error": "Please wait ten minutes."})

    chat.page.route("**/webhooks/web/message", refuse)
    chat.page.locator("textarea").fill("why do muscles twitch")
    chat.page.locator("textarea").press("Enter")
    chat.until(lambda: chat.status() == "Please wait ten minutes.", "the server's words")
    assert chat.page.locator(".waiting").count() == 1
    # The page's clock goes on by itself, too.
    chat.page.clock.run_for(300_000)
    assert len(tries) == 1
    chat.page.unroute("**/webhooks/web/message")
    assert "From the article: causes" in chat.answered(lambda: chat.page.clock.run_for(300_000))
    chat.complaints = [line for line in chat.complaints if "429" not in line]


def test_a_page_that_is_not_allowed_says_so_and_loses_nothing(chat: Chat) -> None:
    chat.open()
    chat.page.route("**/webhooks/web/message", lambda route: route.fulfill(status=403, json={"error": "ORIGINS does not name it"}))
    chat.page.locator("textarea").fill("why do muscles twitch")
    chat.page.locator("textarea").press("Enter")
    chat.until(lambda: "ORIGINS does not name it" in chat.status(), "the reason")
    assert "emergency number" in chat.status()
    chat.page.unroute("**/webhooks/web/message")
    chat.until(lambda: chat.replies().count() == 2, "the answer, once it is allowed")
    chat.complaints = [line for line in chat.complaints if "403" not in line]


def test_a_reply_lost_on_its_way_comes_once(chat: Chat) -> None:
    chat.open()
    lost: list[str] = []

    def lose_the_first(route: object) -> None:
        if not lost:
            lost.append(route.fetch().text())  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    chat.page.route("**/webhooks/web/message", lose_the_first)
    answer = chat.say("does caffeine make muscles twitch")
    assert lost
    assert "From the article: causes" in answer
    chat.page.reload()
    chat.until(lambda: chat.replies().count() == 2, "the talk")
    assert chat.said() == ["does caffeine make muscles twitch"]
    chat.complaints = [line for line in chat.complaints if "ERR_FAILED" not in line]


def test_a_server_started_again_goes_on_with_the_talk(page: Page, tmp_path: Path) -> None:
    with running(None, tmp_path) as (_, telegram):
        root = telegram.removesuffix("/webhooks/telegram/")
        chat = Chat(page, root).open()
        chat.tap("Check my twitch")
    chat.page.locator("textarea").fill("none of these")
    chat.page.locator("textarea").press("Enter")
    chat.until(lambda: page.locator(".waiting").count() == 1, "a mark")
    with running(None, tmp_path, urlsplit(root).port or 0):
        chat.until(lambda: page.locator(".waiting").count() == 0 and chat.status() == "", "the answer")
        assert page.locator(".progress").last.inner_text().startswith("Question 2 of")
        assert chat.said() == ["Check my twitch", "none of these"]


def test_deleting_asks_once_and_really_deletes(chat: Chat, server: Server) -> None:
    secret = "my grandmother Philomena twitches"
    chat.open().say(secret)
    database = server.folder / "talks.db"

    def kept() -> bool:
        with sqlite3.connect(database) as read:
            read.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return any(b"Philomena" in file.read_bytes() for file in server.folder.glob("talks.db*"))

    assert kept()
    chat.menu("Delete what you know")
    chat.page.get_by_role("button", name="Keep it", exact=True).click()
    assert secret in chat.said()
    session = chat.page.evaluate("JSON.parse(Object.values(sessionStorage)[0]).session")
    chat.menu("Delete what you know")
    chat.page.get_by_role("button", name="Delete it", exact=True).click()
    chat.until(lambda: chat.said() == [] and chat.replies().count() == 1, "an empty talk")
    assert "deleted" in chat.status()
    assert not kept()
    assert server.post("/webhooks/web/history", json={"session": session}).json() == {"messages": []}
    assert secret not in chat.page.evaluate("JSON.stringify(sessionStorage)")


def test_a_deletion_that_failed_is_said(chat: Chat) -> None:
    chat.open().say("why do muscles twitch")
    chat.page.context.set_offline(True)
    chat.menu("Delete what you know")
    chat.page.get_by_role("button", name="Delete it", exact=True).click()
    chat.until(lambda: "Nothing is deleted yet" in chat.status(), "the truth")
    assert chat.said() == ["why do muscles twitch"]
    chat.page.context.set_offline(False)
    chat.complaints = [line for line in chat.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def test_a_deletion_that_waits_for_the_database_is_said(chat: Chat) -> None:
    chat.open().say("why do muscles twitch")
    chat.page.route("**/webhooks/web/delete", lambda route: route.fulfill(json={"deleted": None}))
    chat.menu("Delete what you know")
    chat.page.get_by_role("button", name="Delete it", exact=True).click()
    chat.until(lambda: "will be deleted as soon as" in chat.status(), "the truth")
    assert chat.said() == []


def test_a_message_sent_twice_is_answered_once(server: Server) -> None:
    session = server.post("/webhooks/web/session", json={}).json()["session"]
    call = {"session": session, "id": "a1", "message": "does caffeine cause it"}
    first = server.post("/webhooks/web/message", json=call).json()
    assert server.post("/webhooks/web/message", json=call).json() == first
    held = server.post("/webhooks/web/history", json={"session": session}).json()["messages"]
    assert sum(message.get("id") == "a1" for message in held) == 1
    assert requests.get(f"{server.address}/webhooks/web/history", timeout=30).status_code == 405
