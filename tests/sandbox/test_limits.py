"""Limits and honest work: each limit has its own ending, and nothing honest meets one."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.grading import Ending
from bot.grading.sandbox import GUEST, Flavour, Sandbox, Task
from tests.sandbox.hostile import program, run

pytestmark = pytest.mark.asyncio(loop_scope="module")

HONEST = {
    "recursion": ("def f(n): return 0 if n == 0 else 1 + f(n - 1)\nprint(f(900))", "900\n"),
    "unicode": ("print('naïve ☃ 𝔘'); x = 'é'; print(len(x))", "naïve ☃ 𝔘\n1\n"),
    "decimals": ("from decimal import Decimal as D\nprint(D('0.1') + D('0.2'))", "0.3\n"),
    "zones": (
        "from zoneinfo import ZoneInfo\nfrom datetime import datetime\n"
        "print(datetime(2024, 7, 1, tzinfo=ZoneInfo('Europe/Paris')).isoformat())",
        "2024-07-01T00:00:00+02:00\n",
    ),
    "sqlite": (
        "import sqlite3\nc = sqlite3.connect(':memory:')\nprint(c.execute('select 1 + 1').fetchone())",
        "(2,)\n",
    ),
    "sqlite file": (
        "import sqlite3\nc = sqlite3.connect('a.db')\nc.execute('create table t (x)')\n"
        "c.execute('insert into t values (3)')\nc.commit()\n"
        "print(sqlite3.connect('a.db').execute('select x from t').fetchall())",
        "[(3,)]\n",
    ),
    "temporary files": (
        "import tempfile, os\nwith tempfile.TemporaryDirectory() as d:\n"
        "    p = os.path.join(d, 'a'); open(p, 'w').write('x'); print(open(p).read())\n"
        "with tempfile.NamedTemporaryFile('w+') as f: f.write('y'); f.seek(0); print(f.read())\n"
        "with tempfile.TemporaryFile() as f: f.write(b'z'); print(f.tell())",
        "x\ny\n1\n",
    ),
    "copies of files": (
        "import shutil\nopen('a', 'w').write('1')\nshutil.copyfile('a', 'b')\nprint(open('b').read())",
        "1\n",
    ),
    "threads": (
        "import threading\nr = []\nts = [threading.Thread(target=r.append, args=(i,)) for i in range(20)]\n"
        "[t.start() for t in ts]; [t.join() for t in ts]; print(sorted(r) == list(range(20)))",
        "True\n",
    ),
    "a pool of threads": (
        "from concurrent.futures import ThreadPoolExecutor as P\n"
        "with P(8) as p: print(sum(p.map(abs, range(-9, 1))))",
        "45\n",
    ),
    "asyncio": (
        "import asyncio\nasync def f(i):\n    await asyncio.sleep(0.001)\n    return i\n"
        "async def main():\n    print(sum(await asyncio.gather(*map(f, range(5)))))\n"
        "    print(await asyncio.to_thread(lambda: 7))\nasyncio.run(main())",
        "10\n7\n",
    ),
    "dataclasses and enums": (
        "from dataclasses import dataclass\nfrom enum import Enum\n@dataclass\nclass P:\n    x: int\n"
        "class C(Enum):\n    A = 1\nprint(P(1), C.A)",
        "P(x=1) C.A\n",
    ),
    "its own source": (
        "import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))",
        "def f():\n    return 1\n\n",
    ),
    "pickle of its own class": (
        "import pickle\nclass A:\n    def __init__(self): self.x = 5\n"
        "print(pickle.loads(pickle.dumps(A())).x)",
        "5\n",
    ),
    "the name of the module": ("if __name__ == '__main__':\n    print(__name__)", "__main__\n"),
    "exit functions": ("import atexit\natexit.register(print, 'bye')\nprint('hi')", "hi\nbye\n"),
    "a thread after the end": (
        "import threading, time\ndef f():\n    time.sleep(0.05); print('late')\n"
        "threading.Thread(target=f).start()\nprint('end')",
        "end\nlate\n",
    ),
    "its own signals": (
        "import signal, os\nsignal.signal(signal.SIGUSR1, lambda *_: print('got it'))\n"
        "os.kill(os.getpid(), signal.SIGUSR1)",
        "got it\n",
    ),
    "carriage returns": ("print('a\\r')", "a\n"),
}


@pytest.mark.parametrize("name", HONEST)
async def test_honest_work_is_never_refused(sandbox: Sandbox, name: str) -> None:
    code, printed = HONEST[name]
    execution = await run(sandbox, code)
    assert (execution.stdout, execution.ending, execution.exit_code) == (printed, Ending.FINISHED, 0), (
        execution
    )


async def test_a_second_and_a_half_of_cpu_is_fine(sandbox: Sandbox) -> None:
    execution = await run(
        sandbox, "import time\nwhile time.process_time() < 1.5: pass\nprint('done')", wall_ms=60_000
    )
    assert (execution.stdout, execution.ending) == ("done\n", Ending.FINISHED)
    assert 1_300 < execution.usage.cpu_ms < 2_500


async def test_input_is_read_and_ends(sandbox: Sandbox) -> None:
    code = "import sys\nprint(input() + '!'); print(sys.stdin.read().upper())\n"
    code += "try: input()\nexcept EOFError: print('end')"
    execution = await run(sandbox, code, stdin="eins\nzwei ü\n".encode())
    assert execution.stdout == "eins!\nZWEI Ü\n\nend\n"


async def test_a_megabyte_of_input_arrives_whole(sandbox: Sandbox) -> None:
    execution = await run(sandbox, "import sys; print(len(sys.stdin.read()))", stdin=b"x" * 1_000_000)
    assert execution.stdout == "1000000\n"


async def test_without_input_there_is_none(sandbox: Sandbox) -> None:
    assert (await run(sandbox, "input()")).error is not None


@pytest.mark.parametrize(
    ("code", "status"),
    [("import sys; sys.exit(3)", 3), ("raise SystemExit('why')", 1), ("exit()", 0), ("1/0", 1)],
)
async def test_exit_status_is_the_programs_own(sandbox: Sandbox, code: str, status: int) -> None:
    execution = await run(sandbox, code)
    assert (execution.ending, execution.exit_code) == (Ending.FINISHED, status)


async def test_an_exception_names_the_members_line(sandbox: Sandbox) -> None:
    execution = await run(sandbox, "def f(x):\n    return 1 / x\n\nf(0)\n")
    assert execution.error is not None
    assert (execution.error.type, execution.error.file, execution.error.line) == (
        "ZeroDivisionError",
        "main.py",
        2,
    )
    assert "return 1 / x" in execution.error.trace
    assert "guest" not in execution.error.trace
    assert "program.py" not in execution.stderr
    assert not execution.while_loading


async def test_a_syntax_error_has_its_caret(sandbox: Sandbox) -> None:
    execution = await run(sandbox, "x = 1\nif x = 2:\n    pass\n")
    assert execution.while_loading
    assert execution.error is not None
    assert execution.error.line == 2
    first, second = execution.error.caret.splitlines()
    assert first == "if x = 2:"
    assert second.strip("^ ") == ""
    assert second.index("^") >= 3


async def test_time_is_judged_by_the_processor_and_not_by_the_clock(sandbox: Sandbox) -> None:
    """Four at once on however few processors: each has its whole CPU time, so all come to the same end."""
    code = "import time\nwhile time.process_time() < 0.25: pass\nprint('ok')"
    runs = await asyncio.gather(*(run(sandbox, code, cpu_ms=2_000, wall_ms=60_000) for _ in range(4)))
    assert [r.stdout for r in runs] == ["ok\n"] * 4
    spins = await asyncio.gather(
        *(run(sandbox, "while True: pass", cpu_ms=100, wall_ms=60_000) for _ in range(4))
    )
    assert {r.ending for r in spins} == {Ending.CPU_LIMIT}


async def test_using_more_than_the_limit_is_refused_even_when_it_ends(sandbox: Sandbox) -> None:
    execution = await run(sandbox, "import time\nwhile time.process_time() < 0.2: pass", cpu_ms=150)
    assert execution.ending is Ending.CPU_LIMIT


async def test_the_memory_limit_counts_the_jobs_own(sandbox: Sandbox) -> None:
    fits = await run(sandbox, "x = bytearray(48 << 20); print(len(x) >> 20)", memory_mb=64)
    assert (fits.stdout, fits.ending) == ("48\n", Ending.FINISHED)
    assert 40 < fits.usage.memory_mb < 64
    over = await run(sandbox, "x = bytearray(80 << 20)", memory_mb=64)
    assert over.ending is Ending.MEMORY_LIMIT


async def test_a_trivial_job_uses_little_memory(sandbox: Sandbox) -> None:
    assert (await run(sandbox, "print(1)")).usage.memory_mb <= 3


async def test_memory_caught_is_memory_forgiven(sandbox: Sandbox) -> None:
    execution = await run(sandbox, "try: bytearray(10**12)\nexcept MemoryError: print('too much')")
    assert (execution.stdout, execution.ending) == ("too much\n", Ending.FINISHED)


async def test_output_is_cut_at_the_limit(sandbox: Sandbox) -> None:
    execution = await run(sandbox, "print('x' * 5000)", output_kb=2)
    assert execution.ending is Ending.OUTPUT_LIMIT
    assert execution.truncated
    assert execution.stdout == "x" * 2048


async def test_output_up_to_the_limit_is_whole(sandbox: Sandbox) -> None:
    execution = await run(sandbox, "print('x' * 2047)", output_kb=2)
    assert (execution.ending, execution.truncated) == (Ending.FINISHED, False)


async def test_a_full_disk_has_its_own_ending(sandbox: Sandbox) -> None:
    execution = await run(sandbox, "f = open('a', 'wb')\nwhile True: f.write(b'x' * 100000)")
    assert execution.ending is Ending.DISK_LIMIT


async def test_too_many_threads_have_their_own_ending(sandbox: Sandbox) -> None:
    code = (
        "import threading as t, time\nwhile True: t.Thread(target=time.sleep, args=(9,), daemon=True).start()"
    )
    assert (await run(sandbox, code)).ending is Ending.PROCESS_LIMIT


async def test_other_processes_are_refused_in_words(sandbox: Sandbox) -> None:
    for code in (
        "import subprocess; subprocess.run(['ls'])",
        "import multiprocessing as m\nm.set_start_method('fork'); m.Process(target=print).start()",
        "import os; os.fork()",
    ):
        execution = await run(sandbox, code)
        assert execution.error is not None
        assert "does not start other processes" in execution.error.message


async def test_the_network_is_refused_in_words(sandbox: Sandbox) -> None:
    execution = await run(sandbox, "import urllib.request as u; u.urlopen('http://example.com')")
    assert execution.error is not None
    assert "no network" in execution.error.message or "name resolution" in execution.error.message


async def test_an_undeclared_package_is_refused_in_words(sandbox: Sandbox) -> None:
    execution = await run(sandbox, "import sqlalchemy")
    assert execution.error is not None
    assert (
        execution.error.message == "No module named 'sqlalchemy': this challenge offers the standard library"
    )
    assert (await run(sandbox, "try: import numpy\nexcept ImportError: print('none')")).stdout == "none\n"


async def test_a_declared_package_is_there_and_no_other(sandbox: Sandbox) -> None:
    flavour = Flavour(packages=("sqlalchemy",))

    async def with_package(code: str) -> Task:
        plain = program(code)
        return Task(entry=plain.entry, payload=plain.payload, flavour=flavour)

    execution, _ = await sandbox.execute(await with_package("import sqlalchemy; print(sqlalchemy.__name__)"))
    assert execution.stdout == "sqlalchemy\n"
    refused, _ = await sandbox.execute(await with_package("import pytest"))
    assert "this challenge offers the standard library and sqlalchemy" in refused.stderr
    assert flavour != GUEST


async def test_deleted_files_count_for_the_disk_as_long_as_they_are_held(sandbox: Sandbox) -> None:
    code = (
        "import os, time\nheld = []\nfor n in range(8):\n    f = open(f'u{n}', 'wb'); os.unlink(f'u{n}')\n"
        "    f.write(bytes(6 << 20)); f.flush(); held.append(f)\ntime.sleep(30)"
    )
    assert (await run(sandbox, code)).ending is Ending.DISK_LIMIT


async def test_deleted_files_count_when_they_are_only_mapped(sandbox: Sandbox) -> None:
    code = (
        "import mmap, os, time\nheld = []\nfor n in range(8):\n"
        "    with open(f'u{n}', 'w+b') as f:\n        os.unlink(f'u{n}')\n"
        "        f.write(bytes(6 << 20)); f.flush()\n"
        "        held.append(mmap.mmap(f.fileno(), 4096))\ntime.sleep(30)"
    )
    assert (await run(sandbox, code)).ending is Ending.DISK_LIMIT
