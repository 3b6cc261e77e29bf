"""Children start again when they end, stop when asked or are made to, and never outlive their parent."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from bot.bootstrap import children
from bot.bootstrap.children import Child

ROOT = Path(__file__).resolve().parents[3]
TIED = """
import os, sys, signal
from bot.bootstrap.children import die_with_parent
die_with_parent(int(sys.argv[1]))
print(os.getpid(), flush=True)
signal.pause()
"""
PARENT = f"""
import os, signal, subprocess, sys
subprocess.Popen([sys.executable, "-c", {TIED!r}, str(os.getpid())])
signal.pause()
"""


def environment(**more):
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def ended(pid: int) -> bool:
    """Whether the process is gone, or a zombie that only its parent's parent has yet to bury."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


async def until(condition):
    """Wait for what only the kernel tells: there is no event to await."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


@pytest.mark.failure(37)
async def test_a_child_ends_with_a_parent_that_was_killed():
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, stdout=asyncio.subprocess.PIPE, env=environment()
    )
    child = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    await until(lambda: ended(child))


async def test_a_process_that_is_nobodys_child_says_so():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", TIED, "1", stderr=asyncio.subprocess.PIPE, env=environment()
    )
    _, error = await process.communicate()
    assert process.returncode == 1
    assert b"Orphaned" in error


@pytest.mark.failure(3)
async def test_a_child_that_ends_is_started_again(monkeypatch):
    monkeypatch.setattr(children, "FIRST_PAUSE_S", 0.0)
    child = Child("sleeper", ["sleep", "1000"], os.environ)
    await child.start()
    first = child.pid
    os.kill(first, signal.SIGKILL)
    await until(lambda: child.pid not in {first, None})
    second = child.pid
    await child.stop(grace_s=5)
    assert ended(second)
    assert child.pid is None


@pytest.mark.failure(36)
async def test_a_child_that_ignores_the_request_is_ended():
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(1000)"
    child = Child("deaf", [sys.executable, "-c", deaf], os.environ)
    await child.start()
    pid = child.pid
    await child.stop(grace_s=0)
    assert ended(pid)


async def test_a_child_has_a_session_of_its_own():
    child = Child("sleeper", ["sleep", "1000"], os.environ)
    await child.start()
    assert os.getsid(child.pid) == child.pid
    await child.stop(grace_s=5)


async def test_stopping_what_was_never_started_is_fine():
    await Child("none", ["true"], {}).stop(grace_s=1)
