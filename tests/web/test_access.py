"""For everyone: axe in every state, keyboard and focus, small screens, dark, zoom, right to left, languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.conftest import ROOT
from tests.running import Server
from tests.web.conftest import Chat
from tests.web.test_talking import ANSWERS, interview

SCREENS = {
    "wide light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "small dark": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
    "zoom 200": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2, "reduced_motion": "reduce"},
}
LEAST_TARGET = 24


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Chat]:
    context = browser.new_context(**SCREENS[request.param])
    chat = Chat(context.new_page(), server.address)
    yield chat
    context.close()
    assert chat.complaints == []


def fits(chat: Chat) -> bool:
    """Nothing is cut off at the side."""
    wide: bool = chat.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    inside: bool = chat.page.evaluate(
        "(() => { const log = document.querySelector('twitch-chat').shadowRoot.querySelector('.log');"
        " return log.scrollWidth <= log.clientWidth })()"
    )
    return wide and inside


def test_axe_finds_nothing_in_any_state_of_the_page(screen: Chat) -> None:
    screen.open()
    assert screen.flaws() == ""
    interview(screen, screen.tap("Check my twitch"), ANSWERS)
    assert screen.page.locator(".card.self_care").count() == 1
    assert screen.flaws() == ""
    screen.tap("Summary for my doctor")
    assert screen.flaws() == ""
    for words, level in (("my calf is swollen red and hot", "urgent"), ("i cant breathe", "emergency")):
        screen.say(words)
        assert screen.page.locator(f".card.{level}").count() == 1
        assert screen.flaws() == ""
    assert fits(screen)
    screen.page.get_by_label("Menu").click()
    assert screen.flaws() == ""
    screen.page.locator(".entry", has_text="Delete").click()
    assert screen.flaws() == ""


def test_axe_finds_nothing_in_any_state_of_the_widget(screen: Chat) -> None:
    screen.embed()
    assert screen.flaws() == ""
    screen.page.locator(".launcher").click()
    screen.until(lambda: screen.replies().count() > 0, "a greeting")
    assert screen.flaws() == ""
    screen.page.context.set_offline(True)
    screen.page.locator("textarea").fill("hello")
    screen.page.locator("textarea").press("Enter")
    screen.until(lambda: screen.page.locator(".waiting").count() == 1, "a mark")
    assert screen.flaws() == ""
    assert fits(screen)
    screen.complaints = [line for line in screen.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def test_targets_are_large_enough(screen: Chat) -> None:
    screen.open().tap("Check my twitch")
    screen.page.get_by_label("Menu").click()
    for target in screen.page.locator("twitch-chat button:visible, twitch-chat textarea, twitch-chat a:visible").all():
        box = target.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= LEAST_TARGET, target.inner_text()


def test_escape_closes_and_gives_the_focus_back(chat: Chat) -> None:
    chat.embed()
    focused = "document.querySelector('twitch-chat').shadowRoot.activeElement?.className"
    chat.page.keyboard.press("Tab")
    assert chat.page.evaluate(focused) == "launcher"
    chat.page.keyboard.press("Enter")
    chat.until(lambda: chat.replies().count() > 0, "a greeting")
    assert chat.page.locator(".launcher").get_attribute("aria-expanded") == "true"
    chat.page.get_by_label("Menu").press("Enter")
    chat.page.keyboard.press("Escape")
    assert chat.page.locator(".menu").is_hidden()
    chat.page.keyboard.press("Escape")
    assert chat.page.locator(".panel").is_hidden()
    assert chat.page.evaluate(focused) == "launcher"


def test_the_focus_is_never_stolen(chat: Chat) -> None:
    """Replies that come while a person is elsewhere in the page leave them there."""
    chat.embed(body='<label>Name <input id="name"></label>').page.locator(".launcher").click()
    chat.until(lambda: chat.replies().count() > 0, "a greeting")

    def ask_and_leave() -> None:
        chat.page.locator("textarea").fill("why do muscles twitch")
        chat.page.locator("textarea").press("Enter")
        chat.page.locator("#name").focus()

    chat.answered(ask_and_leave)
    assert chat.page.evaluate("document.activeElement.id") == "name"


def test_replies_stand_in_a_live_region_once(chat: Chat) -> None:
    chat.open()
    log = chat.page.locator('[role="log"]')
    assert log.count() == 1
    assert chat.page.locator('[role="log"] [aria-live], [role="log"] [role="status"], [role="log"] [role="alert"]').count() == 0
    assert chat.page.locator('[role="status"]').count() == 1


@pytest.mark.parametrize(("language", "direction", "send"), [("de-AT", "ltr", "Senden"), ("ar", "rtl", "إرسال"), ("xx", "ltr", "Send")])
def test_languages(chat: Chat, language: str, direction: str, send: str) -> None:
    chat.embed(lang=language).page.locator(".launcher").click()
    chat.until(lambda: chat.replies().count() > 0, "a greeting")
    assert chat.page.locator(".panel").get_attribute("dir") == direction
    assert chat.page.locator(".send").inner_text() == send
    assert chat.replies().first.get_attribute("lang") == "en"
    sender, input_ = chat.page.locator(".send").bounding_box(), chat.page.locator("textarea").bounding_box()
    assert sender
    assert input_
    assert (sender["x"] < input_["x"]) == (direction == "rtl")
    assert chat.flaws() == ""


def test_each_language_has_all_the_words() -> None:
    source = (ROOT / "web" / "words.js").read_text(encoding="utf-8")
    tables = re.findall(r"^const (\w\w) = \{\n(.*?)^\};", source, flags=re.MULTILINE | re.DOTALL)
    assert {name for name, _ in tables} == {"en", "de", "ar"}
    keys = [re.findall(r"(\w+): [\"{]", re.sub(r'"[^"]*"', '""', body)) for _, body in tables]
    marks = [[sorted(re.findall(r"\{(\w+)\}", line)) for line in body.splitlines() if '"' in line] for _, body in tables]
    assert keys[0]
    assert keys[0] == keys[1] == keys[2]
    assert marks[0] == marks[1] == marks[2]
