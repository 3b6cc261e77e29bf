"""The judge of this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.bootstrap.sandbox import open_sandbox
from bot.config import Settings
from bot.grading.judge import Judge


@asynccontextmanager
async def open_judge(settings: Settings) -> AsyncIterator[Judge]:
    """A judge over a sandbox of its own, for the time of the block. Raises ``SandboxUnavailable``."""
    async with open_sandbox(settings) as sandbox:
        yield Judge(sandbox)
