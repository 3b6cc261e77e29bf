"""What a zygote's jobs write to is learned from outside, and waiting processes have it copied beforehand."""

from __future__ import annotations

import asyncio

import pytest

from bot.grading.sandbox import Sandbox
from bot.grading.sandbox.footprint import written
from tests.sandbox.hostile import program, run

pytestmark = pytest.mark.asyncio(loop_scope="module")
ENOUGH_JOBS = 8
"""To learn from, and for those that were waiting before to be used up."""


async def test_processes_that_wait_have_copied_what_jobs_write_to(sandbox: Sandbox) -> None:
    for _ in range(ENOUGH_JOBS):
        await run(sandbox, "print(1)")
    kennel = await sandbox._pool.kennel(program("print(1)"))
    learned = set(kennel.breeder.footprint.pages)

    for _ in range(1_000):
        copied = [len(learned & set(written(child.pid))) for child in kennel._waiting]
        if copied and max(copied) > 0.9 * len(learned) > 0:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"of {len(learned)} pages {copied} have been copied")
