"""Headless Chromium for the tests of pages.

A test run without Chromium skips them and says why; in CI (where ``CI`` is set) they fail instead, so that
they cannot go missing unnoticed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MS = 30_000
"""How long a page may take for one step: machines that run tests are often loaded."""


def find_chromium(bundled: str) -> str:
    """The Chromium to use: ``PLAYWRIGHT_CHROMIUM``, one on the path, or Playwright's own download."""
    candidates = [os.environ.get("PLAYWRIGHT_CHROMIUM"), *map(shutil.which, NAMES), bundled]
    for path in candidates:
        if path and Path(path).exists():
            return path
    told = "no Chromium: install Debian's `chromium` or set PLAYWRIGHT_CHROMIUM to one"
    if os.environ.get("CI"):
        pytest.fail(told)
    pytest.skip(told)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for a module's tests."""
    async with async_playwright() as playwright:
        path = find_chromium(playwright.chromium.executable_path)
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        await browser.close()


class Visit:
    """A browser's visit to a page, which fails the test when the page complains or asks another host."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context = context
        self.base = base
        self.complaints: list[str] = []

    async def page(self) -> Page:
        """Open the playground and wait until its script runs."""
        page = await self.context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._only_us)
        page.on("console", self._hear)
        await page.goto(self.base)
        await page.wait_for_selector("html[data-ready]")
        return page

    def _only_us(self, request: Any) -> None:
        if not request.url.startswith(self.base):
            self.complaints.append(f"asked another host: {request.url}")

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)


async def open_visit(browser: Browser, base: str, **options: Any) -> Visit:
    """A fresh visitor: no cookies, English, a zone that is not UTC."""
    context = await browser.new_context(
        **{
            "locale": "en-GB",
            "timezone_id": "Europe/Berlin",
            "viewport": {"width": 1280, "height": 860},
            **options,
        }
    )
    return Visit(context, base)
