"""The playground's page in a real browser, over services in memory: what it does and how it feels."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.platforms.playground.app import Playground
from bot.platforms.playground.commands import COMMANDS
from bot.platforms.playground.messages import Draft, History, Said
from bot.services.commands import Platform
from bot.services.ports import Outgoing
from bot.services.queues import DeliveryKind
from bot.web.server import listen, port_of, serve
from tests.e2e.browser import Visit, chromium, open_visit
from tests.unit.platforms.playground import sample_panels, samples
from tests.unit.platforms.playground.fakes import FakeMessages, FakeServices, FakeSignals

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SOLUTION = "def two_sum(numbers, target):\n    return [i for i, _ in enumerate(numbers)]\n"


class Site:
    """A playground with a question and a challenge posted, served on a port of its own."""

    def __init__(self, port: int, messages: FakeMessages | None = None) -> None:
        self.signals = messages.signals if messages else FakeSignals()
        self.messages = messages or FakeMessages(self.signals)
        self.history = History(self.messages)
        self.services = FakeServices()
        self.playground = Playground(self.services, self.messages, self.signals, port=port)  # type: ignore[arg-type]
        self.services.poster = self.playground.poster

    async def post(self, card: Any, nonce: str) -> None:
        await self.playground.poster.send(
            Outgoing(
                delivery=1,
                nonce=nonce,
                attempt=1,
                platform=Platform.PLAYGROUND,
                community="playground",
                channel="daily",
                kind=DeliveryKind.QUESTION,
                card=card,
            )
        )


@pytest_asyncio.fixture(loop_scope="module")
async def served() -> AsyncIterator[tuple[Site, str]]:
    listener = listen("127.0.0.1", 0)
    port, stopping = port_of(listener), asyncio.Event()
    site = Site(port)
    await site.post(samples.QUESTION, "question")
    await site.post(samples.CHALLENGE, "challenge")
    serving = asyncio.create_task(
        serve(site.playground.app, listener, stopping=stopping, before_stop=site.playground.close)
    )
    yield site, f"http://127.0.0.1:{port}/"
    stopping.set()
    await serving


@pytest.fixture
def site(served: tuple[Site, str]) -> Site:
    return served[0]


@pytest_asyncio.fixture(loop_scope="module")
async def visit(chromium: Browser, served: tuple[Site, str]) -> AsyncIterator[Visit]:
    visit = await open_visit(chromium, served[1])
    yield visit
    await visit.context.close()
    assert visit.complaints == []


@pytest_asyncio.fixture(loop_scope="module")
async def page(visit: Visit) -> Page:
    return await visit.page()


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def button(where: Page | Locator, name: str) -> Locator:
    return where.get_by_role("button", name=name, exact=True)


def question(page: Page) -> Locator:
    return page.get_by_role("region", name=samples.QUESTION.title).first


def challenge(page: Page) -> Locator:
    return page.get_by_role("region", name=samples.CHALLENGE.title).first


async def send(page: Page, text: str) -> None:
    await box(page).fill(text)
    await button(page, "Send").click()


async def become(page: Page, name: str) -> None:
    await page.get_by_role("form", name="Who you are").get_by_role("button", name=name).click()
    await expect(page.locator(f"html[data-ready='{name.lower()}']")).to_be_attached()


async def test_a_newcomer_sees_what_to_try_and_todays_question(page: Page) -> None:
    await expect(page.get_by_role("heading", name="Welcome to #daily")).to_be_in_viewport()
    await expect(question(page)).to_contain_text("What does the second call print?")
    await button(page, "/help").click()
    await expect(page.get_by_text("Days in a row, and why.")).to_be_visible()


async def test_a_question_is_answered_by_its_letter(page: Page) -> None:
    await button(question(page), "B").click()
    await expect(page.get_by_role("heading", name="Right, +5 points")).to_be_in_viewport()
    await expect(question(page)).to_contain_text("You answered B: right.")
    await expect(question(page)).to_contain_text("4 answers")


async def test_an_answer_is_still_marked_after_a_reload_and_unseen_by_others(page: Page) -> None:
    await button(question(page), "A").click()
    await page.get_by_role("heading", name="Not right this time").wait_for()
    await page.reload()
    await expect(question(page)).to_contain_text("You answered A: not right.")
    await expect(page.get_by_text("Only you can see this")).to_be_visible()
    await become(page, "Grace")
    await expect(question(page)).to_be_visible()
    await expect(page.get_by_text("Only you can see this")).to_have_count(0)
    await expect(question(page)).not_to_contain_text("You answered")


async def test_several_right_options_are_chosen_and_then_confirmed(page: Page) -> None:
    await send(page, "/quiz sqlalchemy")
    several = page.get_by_role("region", name=samples.SEVERAL.title)
    await expect(button(several, "Confirm")).to_be_disabled()
    for letter in "ABC":
        await button(several, letter).click()
    await button(several, "B").click()
    await button(several, "Confirm A, C").click()
    await expect(several).to_contain_text("You answered A, C: right.")


async def test_completion_by_keyboard_alone(page: Page) -> None:
    await box(page).focus()
    await page.keyboard.type("/")
    await expect(page.get_by_role("option")).to_have_count(len(COMMANDS) + 4)
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("option", selected=True)).to_contain_text("/challenge")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(box(page)).to_have_value("/quiz ")
    await page.keyboard.type("alg")
    await page.keyboard.press("Tab")
    await expect(box(page)).to_have_value("/quiz algorithms ")
    await page.keyboard.type("h")
    await page.keyboard.press("Tab")
    await expect(box(page)).to_have_value("/quiz algorithms hard ")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("used /quiz algorithms hard")).to_be_visible()


async def test_completion_offers_what_an_argument_can_be(page: Page) -> None:
    for line, offered in (
        ("/challenge wor", ["word-count"]),
        ("/challenge numbers", ["two-sum"]),
        ("/leaderboard sea", ["season"]),
        ("/leaderboard season le", ["league"]),
        ("/streak gr", ["Grace"]),
    ):
        await box(page).fill("")
        await box(page).press_sequentially(line)
        await expect(page.get_by_role("option").locator("code")).to_have_text(offered)


async def test_a_wrong_argument_is_answered_with_advice(page: Page) -> None:
    await send(page, "/quiz sqll")
    await expect(page.locator(".notice")).to_contain_text("There is no topic sqll; did you mean sql?")


async def test_code_is_written_in_the_dialog_and_its_verdict_arrives(site: Site, page: Page) -> None:
    await button(challenge(page), "Submit").click()
    dialog = page.get_by_role("dialog", name="Submit")
    code = dialog.get_by_role("textbox", name="Code")
    await expect(code).to_be_focused()
    await expect(code).to_have_value(samples.STARTER)
    await code.fill(SOLUTION)
    await button(dialog, "Submit").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("heading", name="Grading your code…")).to_be_in_viewport()
    await site.services.grade()
    await expect(page.get_by_role("heading", name="Accepted, +20 points")).to_be_in_viewport()
    await expect(page.get_by_role("heading", name="Grading your code…")).to_have_count(0)
    assert site.services.submitted[0].files[0].text == SOLUTION


async def test_the_editor_indents_and_lets_the_keyboard_out(page: Page) -> None:
    await button(challenge(page), "Submit").click()
    dialog = page.get_by_role("dialog")
    code = dialog.get_by_role("textbox", name="Code")
    await code.fill("")
    await page.keyboard.type("def f():")
    await page.keyboard.press("Enter")
    await page.keyboard.type("x = 1")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Backspace")
    await page.keyboard.press("Tab")
    await page.keyboard.type("y")
    await expect(code).to_have_value("def f():\n    x = 1\n    y")
    await expect(dialog.locator(".numbers")).to_have_text("1\n2\n3")
    await expect(dialog.locator("pre .k")).to_have_text("def")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Tab")
    await expect(code).not_to_be_focused()
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()


async def test_a_project_has_a_tab_for_each_file(site: Site, page: Page) -> None:
    await send(page, "/submit word-count")
    dialog = page.get_by_role("dialog", name="Submit")
    await expect(dialog.get_by_role("tab")).to_have_text(["count.py", "report.py"])
    await dialog.get_by_role("tab", name="count.py").focus()
    await page.keyboard.press("ArrowRight")
    await expect(dialog.get_by_role("tab", name="report.py")).to_be_focused()
    await dialog.get_by_role("textbox", name="Code: report.py").fill("print(1)\n")
    await dialog.get_by_role("tab", name="count.py").click()
    await expect(dialog.get_by_role("textbox", name="Code: count.py")).to_have_value("def count(text): ...\n")
    await button(dialog, "Submit").click()
    await page.get_by_role("heading", name="Grading your code…").wait_for()
    assert [(file.name, file.text) for file in site.services.submitted[0].files] == [
        ("count.py", "def count(text): ...\n"),
        ("report.py", "print(1)\n"),
    ]
    assert site.services.submitted[0].challenge == "word-count"


async def test_an_answer_given_before_is_shown_again_when_it_is_given_again(page: Page) -> None:
    await button(question(page), "B").click()
    await page.get_by_role("heading", name="Right, +5 points").wait_for()
    await page.evaluate("() => { document.querySelector('#scroller').scrollTop = 0; }")
    await button(question(page), "B").click()
    await expect(page.get_by_role("heading", name="Right, +5 points")).to_be_in_viewport()
    await expect(page.locator("[data-answered]")).to_have_count(1)


async def test_a_draft_survives_closing_the_page(page: Page) -> None:
    await button(challenge(page), "Submit").click()
    await page.get_by_role("textbox", name="Code").fill("half a thought")
    await page.reload()
    await button(challenge(page), "Submit").click()
    await expect(page.get_by_role("textbox", name="Code")).to_have_value("half a thought")
    await button(page, "Start over").click()
    await expect(page.get_by_role("textbox", name="Code")).to_have_value(samples.STARTER)


async def test_code_in_the_message_box(site: Site, page: Page) -> None:
    await box(page).focus()
    await page.keyboard.type("/submit ```python")
    await page.keyboard.press("Enter")
    await page.keyboard.type("x = 1")
    await page.keyboard.press("Enter")
    await page.keyboard.type("```")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Grading your code…").wait_for()
    await site.services.grade()
    verdict = page.get_by_role("region", name="Wrong answer")
    await expect(verdict).to_contain_text("test_duplicates fails")
    await expect(verdict).to_contain_text("1 of 3 tests passed")
    assert site.services.submitted[0].text == "```python\nx = 1\n```"


async def test_code_in_a_reply_to_the_challenge(site: Site, page: Page) -> None:
    await page.locator("[data-kind=challenge]").get_by_role("button", name="Reply").click()
    await expect(page.get_by_text("Replying to Warmup")).to_be_visible()
    await send(page, "```\nx = 1\n```")
    await page.get_by_role("heading", name="Grading your code…").wait_for()
    assert site.services.submitted[0].challenge == "two-sum"


async def test_an_attached_file(site: Site, page: Page) -> None:
    await page.get_by_label("Attach a file").set_input_files(
        {"name": "solution.py", "mimeType": "text/x-python", "buffer": SOLUTION.encode()}
    )
    await send(page, "/submit two-sum")
    await page.get_by_role("heading", name="Grading your code…").wait_for()
    assert [file.name for file in site.services.submitted[0].files] == ["solution.py"]


async def test_a_file_that_is_no_text_reaches_the_command_that_takes_it(site: Site, page: Page) -> None:
    content = bytes(range(256)) * 40
    await page.get_by_label("Attach a file").set_input_files(
        {"name": "words.apkg", "mimeType": "application/zip", "buffer": content}
    )
    await send(page, "/deck load My words")
    await page.get_by_role("heading", name="Your progress").last.wait_for()
    (file,) = site.services.sample.opened[-1].files
    assert (file.name, file.content) == ("words.apkg", content)


async def test_a_megabyte_of_code_is_refused_and_so_is_much_more(page: Page) -> None:
    await send(page, "/submit two-sum\n```\n" + f"x = '{'1' * 1_000_000}'\n```")
    await expect(page.get_by_text("at most 64 KB can be graded").last).to_be_visible()
    await send(page, "x" * 2_500_000)
    await expect(page.get_by_text("far more than a solution needs").last).to_be_visible()
    assert len(await box(page).input_value()) == 2_500_000


async def test_messages_reach_other_pages_live_and_private_ones_do_not(
    visit: Visit, page: Page, chromium: Browser
) -> None:
    other = await open_visit(chromium, visit.base)
    try:
        grace = await other.page()
        await become(grace, "Grace")
        await send(page, "/streak")
        await send(page, "hello *Grace* <b>x</b> @everyone")
        await expect(grace.locator(".message").last).to_contain_text("hello Grace <b>x</b> @everyone")
        await expect(grace.get_by_text("Only you can see this")).to_have_count(0)
        await expect(grace.get_by_role("status")).to_contain_text("Ada: hello")
    finally:
        await other.context.close()
    assert other.complaints == []


async def test_a_hidden_page_lets_go_of_its_connection_and_catches_up(site: Site, page: Page) -> None:
    hide = """(hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    ended = asyncio.ensure_future(page.wait_for_event("requestfailed"))
    await page.evaluate(hide, True)
    assert "/events" in (await ended).url
    await site.history.add(
        Draft(channel="daily", body=Said("while you were away"), author="mei", author_name="Mei")
    )
    await expect(page.get_by_text("while you were away")).to_have_count(0)
    await page.evaluate(hide, False)
    await expect(page.locator(".message").last).to_contain_text("while you were away")


async def test_two_people_in_one_browser_each_stay_themselves(visit: Visit, page: Page) -> None:
    second = await visit.page()
    await become(second, "Mei")
    await send(page, "first page")
    await send(second, "second page")
    last = second.locator(".message")
    await expect(last.nth(-2)).to_contain_text("Ada")
    await expect(last.nth(-1)).to_contain_text("Mei")


async def test_somebody_new_joins(page: Page) -> None:
    await page.get_by_label("Somebody new").fill("Zoé <b>")
    await button(page, "Join").click()
    await expect(page.locator("html[data-ready='zoé <b>']")).to_be_attached()
    await send(page, "I am here")
    await expect(page.locator(".message").last).to_contain_text("Zoé <b>")


async def test_a_leaderboard_changes_with_the_answers_and_turns_its_pages(page: Page) -> None:
    await button(question(page), "B").click()
    await page.get_by_role("heading", name="Right, +5 points").wait_for()
    await become(page, "Grace")
    await send(page, "/leaderboard")
    board = page.get_by_role("region", name="Leaderboard")
    await expect(board.get_by_role("row", name=re.compile("Ada"))).to_contain_text("5")
    await button(board, "Next").focus()
    await page.keyboard.press("Enter")
    await expect(board).to_contain_text("Page 2 of 3")
    await expect(button(board, "Next")).to_be_focused()
    await button(board, "All time").click()
    await expect(button(board, "All time")).to_have_attribute("aria-pressed", "true")


async def test_letters_answer_by_keyboard(page: Page) -> None:
    await button(question(page), "A").focus()
    await page.keyboard.press("b")
    await expect(question(page)).to_contain_text("You answered B: right.")


async def test_typed_output(site: Site, page: Page) -> None:
    await site.post(samples.PREDICT, "predict")
    predict = page.get_by_role("region", name=samples.PREDICT.title)
    await predict.get_by_role("textbox", name="What does it print?").fill("0 2 2")
    await button(predict, "Answer").click()
    await expect(page.get_by_role("heading", name="Right, +5 points")).to_be_visible()


async def test_a_server_that_is_gone_is_told_and_the_words_stay(site: Site, visit: Visit, page: Page) -> None:
    site.messages.away = True
    await send(page, "do not lose me")
    await expect(page.get_by_text("please try again in a moment").last).to_be_visible()
    await expect(box(page)).to_have_value("do not lose me")
    site.messages.away = False
    await button(page, "Send").click()
    await expect(page.locator(".message").last).to_contain_text("do not lose me")
    assert ["503" in complaint for complaint in visit.complaints] == [True]
    visit.complaints.clear()


async def test_a_page_outlives_its_server_and_catches_up(chromium: Browser) -> None:
    listener = listen("127.0.0.1", 0)
    port = port_of(listener)
    site, stopping = Site(port), asyncio.Event()
    running = asyncio.create_task(
        serve(site.playground.app, listener, stopping=stopping, before_stop=site.playground.close)
    )
    visit = await open_visit(chromium, f"http://127.0.0.1:{port}/")
    try:
        page = await visit.page()
        await send(page, "before")
        await expect(page.locator(".message").last).to_contain_text("before")
        stopping.set()
        await running
        await expect(page.get_by_text("Reconnecting")).to_be_visible()
        again, stopping = Site(port, site.messages), asyncio.Event()
        await again.history.add(
            Draft(channel="daily", body=Said("missed meanwhile"), author="grace", author_name="Grace")
        )
        running = asyncio.create_task(
            serve(
                again.playground.app,
                listen("127.0.0.1", port),
                stopping=stopping,
                before_stop=again.playground.close,
            )
        )
        await expect(page.locator(".message").last).to_contain_text("missed meanwhile")
        await expect(page.get_by_text("Reconnecting")).to_be_hidden()
        await expect(page.get_by_text("before", exact=True)).to_have_count(1)
    finally:
        await visit.context.close()
        stopping.set()
        await running


async def test_times_are_those_of_the_reader(page: Page) -> None:
    posted = page.locator("[data-kind=question] header time")
    await expect(posted).to_contain_text("10:00")
    await expect(page.locator(".day").first).to_have_text("Fri 20 Nov")


async def test_the_theme_is_kept(page: Page) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(background)
    await button(page, "Change theme").click()
    dark = await page.evaluate(background)
    await page.reload()
    assert dark != light
    assert await page.evaluate(background) == dark


@pytest.mark.parametrize("width", [360, 820, 1280])
async def test_no_card_breaks_out_of_the_page(
    site: Site, served: tuple[Site, str], chromium: Browser, width: int
) -> None:
    for body in (*samples.ORDINARY, samples.WORST, sample_panels.EVERYTHING, sample_panels.WIDE):
        await site.history.add(Draft(channel="daily", body=body, private_to="ada"))
    visit = await open_visit(chromium, served[1], viewport={"width": width, "height": 740})
    try:
        page = await visit.page()
        outside = await page.evaluate(
            """() => [...document.querySelectorAll("html, #scroller, .card, .body, .choices li")]
                .filter((box) => box.scrollWidth > box.clientWidth + 1)
                .map((box) => `${box.tagName} ${box.className} ${box.scrollWidth} > ${box.clientWidth}`)"""
        )
        assert outside == []
    finally:
        await visit.context.close()
    assert visit.complaints == []


async def test_a_phone_reaches_everything(chromium: Browser, served: tuple[Site, str]) -> None:
    visit = await open_visit(
        chromium, served[1], viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    try:
        page = await visit.page()
        await button(page, "Channel and people").tap()
        await become(page, "Mei")
        await button(question(page), "B").tap()
        await expect(page.get_by_role("heading", name="Right, +5 points")).to_be_in_viewport()
        await button(challenge(page), "Submit").tap()
        dialog = page.get_by_role("dialog")
        await expect(button(dialog, "Submit")).to_be_in_viewport()
        await expect(button(dialog, "Cancel")).to_be_in_viewport()
        await button(dialog, "Cancel").tap()
        await send(page, "/leaderboard")
        await expect(page.get_by_role("columnheader", name="Streak")).to_be_in_viewport(ratio=1)
    finally:
        await visit.context.close()
    assert visit.complaints == []


async def test_a_panel_is_typed_read_and_turned_by_keyboard_alone(page: Page) -> None:
    await box(page).focus()
    await page.keyboard.type("/deck sh")
    await page.keyboard.press("Tab")
    await page.keyboard.type("du")
    await page.keyboard.press("Tab")
    await expect(box(page)).to_have_value("/deck show due ")
    await page.keyboard.press("Enter")
    panel = page.get_by_role("region", name="Your progress")
    await expect(panel.get_by_text("Sun 22 Nov, 00:30")).to_be_visible()
    await expect(panel.get_by_text("It is 42.")).to_be_hidden()
    await panel.get_by_text("Show the answer").click()
    await expect(panel.get_by_text("It is 42.")).to_be_visible()
    await button(panel, "Next").focus()
    await page.keyboard.press("Enter")
    card = page.get_by_role("region", name="Card 2")
    await expect(card).to_be_visible()
    await expect(panel).to_have_count(0)
    await expect(button(card, "Next")).to_be_focused()
    await page.keyboard.press("1")
    await expect(page.get_by_role("region", name="Card 3")).to_be_visible()


async def test_the_form_of_a_button(site: Site, page: Page) -> None:
    await send(page, "/progress")
    await button(page, "Say why").click()
    form = page.get_by_role("dialog", name="Why?")
    await expect(form.get_by_label("A word")).to_be_focused()
    await form.get_by_label("A word").fill("nothing")
    await button(form, "Tell").click()
    await expect(form.get_by_role("alert")).to_have_text("Some of these: please choose at least one.")
    await form.get_by_label("X").check()
    await form.get_by_label("Y").check()
    await button(form, "Tell").click()
    await expect(form.get_by_role("alert")).to_have_text("Say something, please.")
    await form.get_by_label("A word").fill("because")
    await form.get_by_label("Second").check()
    await button(form, "Tell").click()
    await expect(form).to_be_hidden()
    await expect(page.get_by_text("Thank you.").last).to_be_visible()
    assert dict(site.services.sample.pressed[-1].values) == {
        "word": "because",
        "more": "",
        "one": "b",
        "some": "x,y",
    }


async def test_a_file_in_a_panel_is_downloaded(page: Page) -> None:
    await send(page, "/progress")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="export").last.click()
    file = await download.value
    assert file.suggested_filename == "export ü.json"
    assert (await file.path()).read_bytes() == b'{"answers": 12}'
    await expect(page.get_by_role("img", name="A line that rises").last).to_have_js_property(
        "naturalWidth", 1
    )


async def test_everything_that_can_be_pressed_has_a_name(page: Page) -> None:
    await send(page, "/leaderboard")
    await page.get_by_role("region", name="Leaderboard").wait_for()
    nameless = await page.evaluate(
        """() => [...document.querySelectorAll("button, a, input, textarea, summary, img, [role=tab]")]
            .filter((element) => !(element.textContent.trim() || element.getAttribute("aria-label")
                || element.labels?.length || element.hasAttribute("alt")))
            .map((element) => element.outerHTML)"""
    )
    assert nameless == []
