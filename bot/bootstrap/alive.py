"""Signs of life of a role, for the health checks of containers."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from bot.bootstrap.failures import CannotStart
from bot.config import Settings

EVERY_S = 5.0
DEAD_AFTER_S = 30.0
"""A role whose event loop gave no sign for this long is stuck."""


async def pulse(settings: Settings, role: str) -> None:
    """Touch the role's file in the data folder at a steady pace, until cancelled."""
    file = _file(settings, role)
    try:
        await asyncio.to_thread(file.parent.mkdir, parents=True, exist_ok=True)
        while True:
            await asyncio.to_thread(file.touch)
            await asyncio.sleep(EVERY_S)
    except OSError as error:
        raise CannotStart(
            f"Cannot write {file}: {error.strerror}. Set WARMUP_DATA_DIR to a folder that you may write to."
        ) from error
    finally:
        file.unlink(missing_ok=True)


def is_alive(settings: Settings, role: str) -> bool:
    """Whether the role gave a sign of life lately."""
    try:
        return time.time() - _file(settings, role).stat().st_mtime < DEAD_AFTER_S
    except OSError:
        return False


def _file(settings: Settings, role: str) -> Path:
    return settings.data_dir / f"{role}.alive"
