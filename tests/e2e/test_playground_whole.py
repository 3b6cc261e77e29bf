"""The main way through the product in a browser, with everything real: database, queue, sandbox, rounds."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.config import CHECKOUT
from bot.domain.content import Challenge, Question, SourceFile
from bot.question_bank.reading import read_bank
from tests.e2e.browser import PATIENCE_MS, Visit, chromium, open_visit
from tests.e2e.running import Running, start

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]

expect.set_options(timeout=PATIENCE_MS)
BANK = {found.item.meta.key: found.item for found in read_bank(CHECKOUT / "questions").items}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    running = await start(tmp_path_factory.mktemp("up") / "data", "up")
    try:
        await running.until_ready()
        yield running
    finally:
        await running.end(signal.SIGTERM)


@pytest_asyncio.fixture(loop_scope="module")
async def visit(chromium: Browser, running: Running) -> AsyncIterator[Visit]:
    visit = await open_visit(chromium, running.address + "/")
    yield visit
    await visit.context.close()
    assert visit.complaints == []


async def become(page: Page, name: str) -> None:
    await page.get_by_role("form", name="Who you are").get_by_role("button", name=name).click()
    await page.wait_for_selector(f"html[data-ready='{name.lower()}']")


async def send(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name="Message").fill(text)
    await page.get_by_role("button", name="Send").click()


async def todays_question(page: Page) -> Question:
    """The bank's own copy of the question on the page."""
    title = await page.locator(".card.question h3").first.inner_text()
    return next(item for item in BANK.values() if isinstance(item, Question) and item.meta.title == title)


def bare(text: str) -> str:
    """An option without its markup, to compare the bank's Markdown with what the page shows."""
    return re.sub(r"\W+", "", re.sub(r"^```\w*", "", text, flags=re.MULTILINE))


async def right_letters(page: Page, question: Question) -> list[str]:
    """The letters of the right options in the order the page shows them."""
    right = {bare(option.text) for option in question.options if option.correct}
    options = await page.locator(".card.question").first.locator(".choices li").all()
    letters = [
        await option.locator("button").inner_text()
        for option in options
        if bare(await option.locator(".option").inner_text()) in right
    ]
    assert len(letters) == len(question.right)
    return letters


async def answer(page: Page, question: Question, *, right: bool) -> None:
    """Answer today's question, whichever it is: with letters, or with what a program prints."""
    card = page.locator(".card.question").first
    if question.options:
        letters = await right_letters(page, question)
        if not right:
            letters = [next(letter for letter in "ABCDEFGHIJ" if letter not in letters)]
        for letter in letters:
            await card.get_by_role("button", name=letter, exact=True).click()
        if len(question.right) > 1:
            await card.get_by_role("button", name="Confirm").click()
    else:
        await card.get_by_role("textbox").fill((question.expected_output or "") if right else "not this")
        await card.get_by_role("button", name="Answer").click()
    await expect(card).to_contain_text("You answered")


async def submit(page: Page, files: Sequence[SourceFile]) -> None:
    """Hand files in by the dialog, tab by tab."""
    await page.locator(".card.challenge").first.get_by_role("button", name="Submit").click()
    dialog = page.get_by_role("dialog", name="Submit")
    for file in files:
        if len(files) > 1:
            await dialog.get_by_role("tab", name=file.name).click()
        await dialog.get_by_role("textbox", name="Code").fill(file.text)
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_be_hidden()


async def test_from_the_question_to_the_leaderboard(visit: Visit) -> None:
    page = await visit.page()
    await expect(page.locator(".card.question")).to_be_visible()
    await expect(page.locator(".card.challenge")).to_be_visible()

    question = await todays_question(page)
    await answer(page, question, right=True)
    await expect(page.get_by_role("heading", name=re.compile(r"Right, \+\d+ points"))).to_be_visible()

    key = await page.locator(".card.challenge").first.get_attribute("data-challenge")
    challenge = BANK[key or ""]
    assert isinstance(challenge, Challenge)
    await submit(page, challenge.starter)
    await expect(page.locator(".card.verdict")).to_have_count(1)
    assert await page.locator(".card.verdict").get_attribute("data-verdict") not in (
        "accepted",
        "internal_error",
    )

    await submit(page, challenge.references[0].files)
    await expect(page.get_by_role("heading", name=re.compile(r"Accepted, \+\d+ points"))).to_be_visible()

    await send(page, "/streak")
    await expect(page.get_by_role("region", name="Your streak")).to_contain_text("1 day")
    await become(page, "Grace")
    await send(page, "/leaderboard")
    board = page.get_by_role("region", name="Leaderboard")
    await expect(board.get_by_role("row", name=re.compile("Ada"))).to_be_visible()
    await expect(board.get_by_role("row", name=re.compile("Grace"))).to_have_count(0)

    await answer(page, question, right=False)
    await expect(page.get_by_role("heading", name="Not right this time")).to_be_visible()
    await expect(page.locator(".card.question").first).to_contain_text("2 answers")


async def test_bad_input_is_answered_in_words_and_nothing_is_lost(visit: Visit) -> None:
    page = await visit.page()
    await become(page, "Mei")
    for text in (
        "/submit\nplease grade my homework, it is very good prose",
        "/submit\n```python\n```",
        "/submit\n```python\n" + "x" * 1_000_000 + "\n```",
        "/submit\n```python\nx = '\x00'\n```",
        "/quiz nothing-like-it",
        "/nonsense",
    ):
        before = await page.locator(".notice.refused").count()
        await send(page, text)
        await expect(page.locator(".notice.refused")).to_have_count(before + 1)
        assert len(await page.locator(".notice.refused").last.inner_text()) > 20
    await expect(page.locator(".card.verdict")).to_have_count(0)
    await send(page, "a zero \x00 in prose")
    await expect(page.locator(".message").last).to_contain_text("in prose")


async def test_a_page_of_another_time_still_shows_everything(visit: Visit) -> None:
    page = await visit.page()
    await send(page, "remember the milk")
    await page.locator(".message", has_text="remember the milk").last.wait_for()
    await page.reload()
    await expect(page.locator(".message", has_text="remember the milk").last).to_be_visible()


async def test_a_member_takes_everything_along_and_is_forgotten(visit: Visit) -> None:
    page = await visit.page()
    await become(page, "Linus")
    question = await todays_question(page)
    await answer(page, question, right=True)
    await send(page, "/privacy")
    await page.get_by_role("button", name="Export everything").click()
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="warmup-export").click()
    document = json.loads((await (await downloading.value).path()).read_text())
    assert document["accounts"][0]["account"] == "linus"
    assert [row["question_title"] for row in document["answers"]] == [question.meta.title]

    await page.get_by_role("button", name="Delete everything…").click()
    await page.get_by_role("button", name="Delete everything", exact=True).click()
    form = page.get_by_role("dialog", name="Delete everything")
    await form.get_by_label("Type").fill("no")
    await form.get_by_role("button", name="Delete").click()
    await expect(form.get_by_role("alert")).to_contain_text("Nothing was deleted")
    await form.get_by_label("Type").fill("delete")
    await form.get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("Everything about you is deleted")).to_be_visible()
    await expect(page.get_by_role("link", name="warmup-export")).to_have_count(0)
    await expect(page.locator(".card.question").first).not_to_contain_text("You answered")
    await send(page, "/leaderboard")
    board = page.get_by_role("region", name="Leaderboard")
    await expect(board).to_be_visible()
    await expect(board.get_by_role("row", name=re.compile("Linus"))).to_have_count(0)
