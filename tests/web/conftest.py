"""A real browser (Debian's Chromium), and what a person does with the chat in it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.running import EMBEDDER, Server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 15.0
# The embedding page is made up, so it has no address; browsers let only pages with a local one read from this machine.
PRETENDED_PAGES = "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Without a browser these tests are left out, and say so; CI has to have one."""
    if CHROMIUM is None:
        missing = "no Chromium here, so the page was NOT tested in a browser; `apt-get install chromium` brings one"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", PRETENDED_PAGES])
        yield chromium
        chromium.close()


class Chat:
    """The chat in one tab, with all that its console complained of."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type in ("error", "warning") else None)

    def open(self) -> Chat:
        """The page at /chat, greeting."""
        self.page.goto(f"{self.address}/chat")
        self.until(lambda: self.replies().count() > 0, "a greeting")
        return self

    def embed(self, origin: str = EMBEDDER, body: str = "", **attributes: str) -> Chat:
        """The widget in a page of another origin, opened by its button."""
        given = " ".join(f'{name}="{value}"' for name, value in {"server": self.address, **attributes}.items())
        html = (
            f'<!doctype html><html lang="en"><title>Club</title><main><h1>Club</h1>{body}</main>'
            f'<script type="module" src="{self.address}/web/twitch-chat.js"></script><twitch-chat {given}></twitch-chat></html>'
        )
        self.page.route(f"{origin}/**", lambda route: route.fulfill(content_type="text/html", body=html))
        self.page.goto(f"{origin}/")
        return self

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Poll; the page's own policy forbids Playwright's waiting functions, which are made from text."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                pytest.fail(f"waited in vain for {what}; the page shows:\n" + self.page.locator("twitch-chat").inner_text())
            self.page.wait_for_timeout(30)

    def replies(self) -> Locator:
        """The assistant's messages."""
        return self.page.locator(".assistant")

    def texts(self) -> list[str]:
        """All messages' texts, in order."""
        return self.page.locator(".message .text").all_inner_texts()

    def said(self) -> list[str]:
        """The person's messages."""
        return self.page.locator(".person .text").all_inner_texts()

    def status(self) -> str:
        """The line below the talk."""
        return self.page.locator(".status").inner_text()

    def answered(self, act: Callable[[], Any]) -> str:
        """Do something that the assistant replies to; gives its replies' text."""
        before = self.replies().count()
        act()
        self.until(lambda: self.replies().count() > before and self.status() == "", "a reply")
        return "\n".join(self.replies().nth(place).inner_text() for place in range(before, self.replies().count()))

    def say(self, text: str) -> str:
        """Type and send."""
        self.page.locator("textarea").fill(text)
        return self.answered(lambda: self.page.locator("textarea").press("Enter"))

    def tap(self, title: str) -> str:
        """Tap a suggested answer or a tool below the latest messages."""
        return self.answered(self.page.get_by_role("button", name=title, exact=True, disabled=False).last.click)

    def menu(self, entry: str) -> None:
        """Choose from the menu."""
        self.page.get_by_label("Menu").click()
        self.page.locator(".entry", has_text=entry).click()

    def flaws(self) -> str:
        """What axe finds against WCAG 2.2 AA and its own best practices; empty if nothing."""
        found = Axe().run(self.page)
        return "" if found.violations_count == 0 else found.generate_report()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new tab that shares nothing with others."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def chat(page: Page, server: Server) -> Iterator[Chat]:
    """A chat whose console must stay silent: no script error, no breach of the content policy."""
    held = Chat(page, server.address)
    yield held
    assert held.complaints == []
