"""Review, an exam on two devices and one's own page, in a browser at phone width, with everything real."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.browser import PATIENCE_MS, Visit, chromium, open_visit
from tests.e2e.running import Running, start

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]

expect.set_options(timeout=PATIENCE_MS)
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    running = await start(tmp_path_factory.mktemp("up") / "data", "up")
    try:
        await running.until_ready()
        yield running
    finally:
        await running.end(signal.SIGTERM)


@pytest_asyncio.fixture(loop_scope="module")
async def phone(chromium: Browser, running: Running) -> AsyncIterator[Visit]:
    visit = await open_visit(chromium, running.address + "/", **PHONE)
    yield visit
    await visit.context.close()
    assert visit.complaints == []


def last(page: Page) -> Locator:
    """The newest message."""
    return page.locator("#messages > li").last


async def command(page: Page, text: str, answer: str) -> None:
    """Type a command and wait for an answer that says so."""
    await page.get_by_role("textbox", name="Message").fill(text)
    await page.get_by_role("button", name="Send").click()
    await expect(last(page)).to_contain_text(answer)


async def press(page: Page, label: str, answer: str) -> None:
    """Press a button of the newest panel and wait for what it turns into."""
    await last(page).get_by_role("button", name=label, exact=True).first.click()
    await expect(last(page)).to_contain_text(answer)


async def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_an_exam_goes_on_on_another_device_and_is_reviewed(
    phone: Visit, chromium: Browser, running: Running
) -> None:
    page = await phone.page()
    await command(page, "/exam topics:git number:3 minutes:5", "Question 1 of 3")
    await press(page, "A", "1 of 3 answered")
    assert await fits(page)
    elsewhere = await open_visit(chromium, running.address + "/")
    desk = await elsewhere.page()
    await command(desk, "/exam", "goes on where you left it")
    await press(desk, "All questions", "1 of 3")
    await press(desk, "Hand in", "2 questions")
    await press(desk, "Hand in anyway", "Needed")
    await press(desk, "Review the answers", "your answer")
    await elsewhere.context.close()
    assert elsewhere.complaints == []
    await command(page, "/exam", "Start Python in depth")


async def test_a_card_is_turned_and_comes_back_when_its_button_says(phone: Visit) -> None:
    page = await phone.page()
    await command(page, "/review topic:git", "to go")
    await press(page, "Show the answer", "How well did you know it?")
    assert await fits(page)
    easy = last(page).get_by_role("button", name="Easy")
    promised = (await easy.inner_text()).partition("· ")[2]
    await easy.click()
    await expect(last(page)).to_contain_text(f"comes back in {promised}")


async def test_ones_own_page_has_a_calendar_that_can_be_read_aloud(phone: Visit) -> None:
    page = await phone.page()
    await command(page, "/me", "progress")
    pictures = last(page).get_by_alt_text("streak")
    await expect(pictures.first).to_be_visible()
    assert await fits(page)
    await press(page, "All badges", "Badges")
