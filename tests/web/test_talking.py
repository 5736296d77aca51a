"""Talking: a whole interview by mouse and by keyboard, why, changing an answer, the result, the summary."""

from __future__ import annotations

import json
from pathlib import Path

from fhir.resources.questionnaireresponse import QuestionnaireResponse

from tests.web.conftest import Chat

MOST_QUESTIONS = 8


def interview(chat: Chat, first: str, answers: dict[str, str]) -> str:
    """Tap through the interview; `answers` by a word of the question."""
    shown = first
    for _ in range(MOST_QUESTIONS):
        answer = next((choice for word, choice in answers.items() if word in shown and "Question" in shown), None)
        if answer is None:
            return shown
        shown = chat.tap(answer)
    return shown


ANSWERS = {
    "anything else": "None of these",
    "rest day": "No, only after exercise",
    "one spell": "A few seconds",
    "since when": "A few days",
    "different": "No warm-up",
    "medicine": "No",
}


def test_an_interview_by_mouse_alone_ends_in_a_card(chat: Chat) -> None:
    result = interview(chat.open(), chat.tap("Check my twitch"), ANSWERS)
    card = chat.page.locator(".card")
    assert card.count() == 1
    assert "Look after it yourself" in card.inner_text()
    assert card.locator("svg").count() == 1
    assert "From the article" in result
    numbers = chat.page.locator(".progress").all_inner_texts()
    assert numbers
    assert [int(line.split()[1]) for line in numbers] == list(range(1, len(numbers) + 1))
    assert chat.page.locator(".chosen").count() == len(numbers) + 1
    assert all(not chosen.is_enabled() for chosen in chat.page.locator(".chosen").all())


def test_an_interview_by_keyboard_alone(chat: Chat) -> None:
    chat.open()
    keys = chat.page.keyboard

    def choose(title: str) -> str:
        """Shift-Tab back from the message field until the choice has the focus, then Enter."""
        chat.page.locator("textarea").focus()
        for _ in range(20):
            keys.press("Shift+Tab")
            if chat.page.evaluate("document.querySelector('twitch-chat').shadowRoot.activeElement?.textContent") == title:
                return chat.answered(lambda: keys.press("Enter"))
        raise AssertionError(f"{title} cannot be reached by keyboard")

    shown = choose("Check my twitch")
    for _ in range(MOST_QUESTIONS):
        answer = next((choice for word, choice in ANSWERS.items() if word in shown and "Question" in shown), None)
        if answer is None:
            break
        shown = choose(answer)
    assert chat.page.locator(".card").count() == 1


def test_after_a_tap_typing_goes_on(chat: Chat) -> None:
    chat.open().tap("Check my twitch")
    chat.page.keyboard.type("none of these")
    assert chat.page.locator("textarea").input_value() == "none of these"


def test_a_question_says_why_it_is_asked(chat: Chat) -> None:
    question = chat.open().tap("Check my twitch")
    why = chat.tap("Why am I asked this?")
    assert why != question
    assert "Question 1 of" in why
    assert "None of these" in chat.tap("None of these") or chat.page.locator(".progress").count() >= 2


def test_an_answer_can_be_changed(chat: Chat) -> None:
    result = interview(chat.open(), chat.tap("Check my twitch"), ANSWERS)
    assert "Look after it yourself" in result
    again = chat.page.get_by_label("Change my answer to", exact=False).filter(visible=True)
    again.nth(0).click()
    changed = chat.tap("Weakness")
    assert "From the article" in changed or "From named" in changed
    assert "See a doctor" in changed or "Get medical advice" in changed
    assert chat.page.locator(".card").count() == 2


def test_an_emergency_has_a_number_where_the_page_names_its_region(chat: Chat) -> None:
    chat.embed(region="GB").page.locator(".launcher").click()
    chat.until(lambda: chat.replies().count() > 0, "a greeting")
    told = chat.say("my leg twitches and i have crushing chest pain")
    assert "Emergency: get help now" in told
    assert chat.page.locator(".call").get_attribute("href") == "tel:999"


def test_without_a_region_the_words_stand_alone(chat: Chat) -> None:
    told = chat.open().say("i cant breathe")
    assert "local emergency number" in told
    assert chat.page.locator(".call").count() == 0


def test_facts_say_where_they_are_from(chat: Chat) -> None:
    assert "From the article: causes" in chat.open().say("does caffeine make muscles twitch")


def test_the_summary_as_page_and_as_file(chat: Chat, tmp_path: Path) -> None:
    chat.open().say("my left calf has been jumping for 2 days after runs")
    interview(chat, chat.replies().last.inner_text(), ANSWERS)
    chat.tap("Summary for my doctor")
    with chat.page.context.expect_page() as opened:
        chat.page.evaluate("() => { window.print = () => {} }")
        chat.page.get_by_text("Print the summary").click()
    paper = opened.value
    paper.locator("h1").wait_for()
    shown = paper.locator("main").inner_text()
    assert "my left calf has been jumping for 2 days after runs" in shown
    assert "calf" in shown
    assert "Weakness" in shown
    with chat.page.expect_download() as saved:
        chat.page.get_by_text("Save it for the practice").click()
    saved.value.save_as(tmp_path / "summary.json")
    data = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    form = QuestionnaireResponse.parse_obj(data)
    items = {item.linkId: item for item in form.item}
    assert items["opening"].answer[0].valueString == "my left calf has been jumping for 2 days after runs"
    assert items["asked.weakness"].answer[0].valueBoolean is False
    assert float(items["since"].answer[0].valueQuantity.value) == 2 * 86400


def test_the_talk_can_be_taken_away(chat: Chat, tmp_path: Path) -> None:
    chat.open().say("why do muscles twitch")
    with chat.page.expect_download() as saved:
        chat.menu("Download this talk")
    saved.value.save_as(tmp_path / "talk.txt")
    text = (tmp_path / "talk.txt").read_text(encoding="utf-8")
    assert "You: why do muscles twitch" in text
    assert chat.texts()[-1].split("\n")[0] in text


def test_a_long_reply_is_read_from_its_beginning(chat: Chat) -> None:
    chat.page.set_viewport_size({"width": 360, "height": 420})
    chat.open().say("what can cause muscle twitching")
    chat.page.wait_for_timeout(600)
    log = chat.page.locator(".log").bounding_box()
    last = chat.page.locator(".person + .assistant").last.bounding_box()
    assert log
    assert last
    assert log["y"] <= last["y"] < log["y"] + log["height"]
