"""The warm pool: it heals, it stays small, and nothing outlives it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain.grading import Ending
from bot.grading.sandbox import (
    EXAMINER,
    Environment,
    PreparationFailed,
    Prepared,
    Sandbox,
    SandboxSettings,
    Task,
)
from tests.sandbox.conftest import ROOT
from tests.sandbox.hostile import all_processes, descendants, program, run

pytestmark = pytest.mark.asyncio(loop_scope="module")


def zygotes() -> set[int]:
    """The zygotes directly below this process, which has other children too: a database, a browser."""
    below = [pid for pid, (parent, _) in all_processes().items() if parent == os.getpid()]
    return {pid for pid in below if Path(f"/proc/{pid}/cmdline").read_bytes().endswith(b"/bot/grading\0")}


async def gone(pids: set[int]) -> bool:
    """Whether these processes end, given ten seconds."""
    for _ in range(1000):
        if not pids & set(all_processes()):
            return True
        await asyncio.sleep(0.01)
    return False


async def test_a_killed_zygote_is_replaced(sandbox: Sandbox) -> None:
    await run(sandbox, "print(1)")
    assert zygotes()
    for pid in zygotes():
        os.kill(pid, signal.SIGKILL)
    execution = await run(sandbox, "print('again')")
    assert (execution.stdout, execution.ending) == ("again\n", Ending.FINISHED)


async def test_killed_spares_are_replaced(sandbox: Sandbox) -> None:
    await run(sandbox, "print(1)")
    while not (breeding := zygotes()):  # that was a process left by the zygote that the test before killed
        await run(sandbox, "print(1)")
    below = set().union(*map(descendants, breeding))
    for pid in below:
        if all_processes().get(pid, (0, ""))[0] not in breeding:
            with contextlib.suppress(ProcessLookupError):  # the last job's, taken apart meanwhile
                os.kill(pid, signal.SIGKILL)
    for _ in range(6):
        assert (await run(sandbox, "print('again')")).stdout == "again\n"


async def test_a_job_whose_zygote_dies_is_run_again(sandbox: Sandbox) -> None:
    running = asyncio.create_task(run(sandbox, "import time; time.sleep(0.3); print('done')"))
    await asyncio.sleep(0.1)
    assert zygotes()
    for pid in zygotes():
        os.kill(pid, signal.SIGKILL)
    assert (await running).stdout == "done\n"


async def test_descriptors_reach_the_job(sandbox: Sandbox) -> None:
    ours, theirs = socket.socketpair()
    task = program("import os; os.write(5, b'ping'); print(os.read(5, 4).decode())")
    with ours, theirs:
        ours.sendall(b"pong")
        cell = await sandbox.run(Task(entry=task.entry, payload=task.payload, fds=(theirs.fileno(),)))
        execution = await cell.wait()
        assert execution.ending is Ending.FINISHED, execution


async def test_a_job_can_be_killed(sandbox: Sandbox) -> None:
    cell = await sandbox.run(program("import time; time.sleep(60)"))
    cell.kill()
    assert (await cell.wait()).ending is Ending.SIGNALLED


async def test_limits_of_ones_own_for_the_disk(sandbox: Sandbox) -> None:
    code = "open('f', 'wb').write(bytes(3 << 20)); print('fits')"
    assert (await run(sandbox, code, disk_mb=4)).stdout == "fits\n"
    assert (await run(sandbox, code, disk_mb=2)).ending is Ending.DISK_LIMIT


async def test_many_at_once(sandbox: Sandbox) -> None:
    runs = await asyncio.gather(*(run(sandbox, f"print({n})") for n in range(30)))
    assert [r.stdout for r in runs] == [f"{n}\n" for n in range(30)]


async def test_a_preparation_is_done_once_and_shared(sandbox: Sandbox) -> None:
    prepared = Prepared(key="shared", entry="guest.checker:prepare", payload=b"COUNT = 41\n")
    task = Task(
        entry="guest.program:run",
        flavour=EXAMINER,
        payload=program("import checker; checker.COUNT += 1; print(checker.COUNT)").payload,
        prepared=prepared,
    )
    runs = [(await sandbox.execute(task))[0] for _ in range(3)]
    assert [r.stdout for r in runs] == ["42\n"] * 3, runs


async def test_a_preparation_that_fails_says_why(sandbox: Sandbox) -> None:
    prepared = Prepared(key="bad", entry="guest.checker:prepare", payload=b"1/0")
    with pytest.raises(PreparationFailed, match="ZeroDivisionError"):
        await sandbox.run(Task(entry="guest.program:run", flavour=EXAMINER, prepared=prepared))


async def test_a_preparation_that_hangs_is_stopped(sandbox: Sandbox) -> None:
    prepared = Prepared(key="slow", entry="guest.checker:prepare", payload=b"while True: pass", wall_ms=300)
    with pytest.raises(PreparationFailed, match="300 ms"):
        await sandbox.run(Task(entry="guest.program:run", flavour=EXAMINER, prepared=prepared))


async def test_prepared_jobs_do_not_see_each_others_files(sandbox: Sandbox) -> None:
    prepared = Prepared(key="files", entry="guest.checker:prepare", payload=b"")
    code = "import os\nprint(os.listdir('.'))\nopen('left', 'w').write('x')"
    task = Task(entry="guest.program:run", flavour=EXAMINER, payload=program(code).payload, prepared=prepared)
    for _ in range(3):
        assert (await sandbox.execute(task))[0].stdout == "['main.py']\n"


async def test_what_is_prepared_is_bounded_in_bytes(environment: Environment) -> None:
    settings = SandboxSettings(environment=environment, most_prepared_mb=100)
    async with await Sandbox.open(settings) as sandbox:
        held = []
        for number in range(4):
            prepared = Prepared(
                key=str(number), entry="guest.checker:prepare", payload=b"KEPT = bytearray(40 << 20)"
            )
            task = Task(entry="guest.program:probe", flavour=EXAMINER, prepared=prepared)
            cell = await sandbox.run(task)
            await cell.wait()
            await cell._child.ended
            held.append(sandbox._pool.prepared_mb)

    assert held[0] > 40
    assert held[1] > 80
    assert max(held) < 150, held


WORKER = """
import asyncio, sys
from pathlib import Path
from bot.grading.sandbox import Environment, Sandbox, SandboxSettings
from tests.sandbox.hostile import program
async def main():
    sandbox = await Sandbox.open(SandboxSettings(environment=Environment(Path(sys.argv[1]))))
    await sandbox.run(program("import time; time.sleep(60)"))
    print("running", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_nothing_outlives_a_worker_that_is_killed(environment: Environment) -> None:
    worker = subprocess.Popen(  # noqa: ASYNC220 - one fork
        [sys.executable, "-c", WORKER, str(environment.folder)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "running\n"
    below = descendants(worker.pid)
    assert len(below) >= 3
    worker.kill()
    worker.wait()
    worker.stdout.close()
    assert await gone(below)


async def test_closing_ends_every_process(environment: Environment) -> None:
    before = descendants(os.getpid())
    async with await Sandbox.open(SandboxSettings(environment=environment)) as sandbox:
        await run(sandbox, "print(1)")
        scratch = sandbox._scratch.folder
        assert descendants(os.getpid()) - before
    assert await gone(descendants(os.getpid()) - before)
    assert scratch.name not in os.listdir(scratch.parent)
