"""One sandbox for each tier, shared by a module's tests."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.grading.guest.jail import LANDLOCK, NAMESPACES
from bot.grading.sandbox import Environment, Sandbox, SandboxSettings, SandboxUnavailable, make_environment
from bot.grading.sandbox.interpreter import default_program

ROOT = Path(__file__).resolve().parents[2]
TIERS = (NAMESPACES, LANDLOCK)


@pytest.fixture(scope="session")
def environment() -> Environment:
    """The packages for submissions, installed once for the checkout."""
    folder = Path(os.environ.get("WARMUP_SANDBOX_DIR", ROOT / ".warmup" / "sandbox-env"))
    return make_environment(folder.absolute(), ROOT / "requirements" / "sandbox.txt")


def programs() -> list[str]:
    """Interpreters to try: our own and, where that lies in a folder closed to others, the system's."""
    system = "/usr/bin/python3"
    same = ""
    if os.path.exists(system):
        same = subprocess.run([system, "-V"], capture_output=True, text=True, check=False).stdout
    ours = subprocess.run([default_program(), "-V"], capture_output=True, text=True, check=True).stdout
    alike = same.split(".")[:2] == ours.split(".")[:2]
    return [default_program(), *([system] if alike else [])]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=TIERS)
async def sandbox(request: pytest.FixtureRequest, environment: Environment) -> AsyncIterator[Sandbox]:
    """A sandbox of each tier that this machine can have."""
    reasons = []
    for program in programs():
        try:
            opened = await Sandbox.open(
                SandboxSettings(environment=environment, tiers=(request.param,), program=program)
            )
        except SandboxUnavailable as error:
            reasons.append(str(error))
            continue
        async with opened:
            yield opened
        return
    pytest.skip(f"this machine cannot have the tier {request.param}: {reasons}")
