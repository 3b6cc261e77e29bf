"""The sandbox of this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.bootstrap.failures import CannotStart
from bot.config import CHECKOUT, Settings
from bot.grading.sandbox import Environment, Sandbox, SandboxSettings, make_environment
from bot.grading.sandbox.canaries import sing

REQUIREMENTS = CHECKOUT / "requirements" / "sandbox.txt"


async def sandbox_environment(settings: Settings) -> Environment:
    """The packages that submissions may import; installed at first need, which takes some seconds."""
    folder = settings.sandbox_dir or settings.data_dir / "sandbox-env"
    try:
        return await asyncio.to_thread(make_environment, folder, REQUIREMENTS, settings.sandbox_requirements)
    except OSError as error:
        raise CannotStart(
            f"Cannot make the sandbox's packages in {folder}: {error.strerror or error}. "
            "Set WARMUP_DATA_DIR to a folder that you may write to."
        ) from error


@asynccontextmanager
async def open_sandbox(settings: Settings) -> AsyncIterator[Sandbox]:
    """The strongest sandbox that works here, proved by its canaries. Raises ``SandboxUnavailable``."""
    environment = await sandbox_environment(settings)
    spares = settings.worker_concurrency + 1
    async with await Sandbox.open(SandboxSettings(environment=environment, spares=spares)) as sandbox:
        await sing(sandbox)
        yield sandbox
