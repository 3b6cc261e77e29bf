"""Whatever a guest sends, the examiner ends the run: it never crashes and never hangs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.grading.guest.bridge.unpacking import Unpacker
from bot.grading.guest.bridge.wire import Violation

_ROOT = Path(__file__).resolve().parents[4]
_RUNS = 60


@pytest.mark.parametrize("first", [0, 1000])
def test_made_up_frames_never_crash_the_examiner(first: int) -> None:
    """The allocator's checks are on, so that writing outside an object ends the process as well."""
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "tests.unit.grading.examiner.hostile_frames",
            str(first),
            str(_RUNS),
        ],
        cwd=_ROOT,
        env={**os.environ, "PYTHONMALLOC": "debug"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4_000:]


@pytest.mark.parametrize(
    "error",
    [
        ["builtins:UnicodeDecodeError", ["utf-8", ["b", "x"], -(2**60), -(2**60) + 1, "r"]],
        ["builtins:UnicodeEncodeError", ["utf-8", "x", -2, -1, "r"]],
        ["builtins:UnicodeTranslateError", ["x", -2, -1, "r"]],
    ],
)
def test_a_decoding_error_may_not_point_outside_its_text(error: list[object]) -> None:
    name, args = error
    with pytest.raises(Violation, match="starts nowhere"):
        Unpacker(1).unpack(["X", -1, ["T", name], args, {}, None, None, False, [], None])


@pytest.mark.parametrize("name", ["mro", "__real__", "__del__", "__new__", "__class__"])
def test_a_class_may_not_bring_what_the_interpreter_calls_by_itself(name: str) -> None:
    facts = {"n": "C", "q": "C", "m": "m", "d": None, "M": None, "b": [["T", "builtins:type"]]}
    with pytest.raises(Violation, match="hook"):
        Unpacker(1).unpack(["C", -1, {**facts, "s": [], "A": [], "a": [name], "w": None}])


_DEEP = """
import json, os, sys, threading
from pathlib import Path
from bot.grading.examiner.examine import Prepared
order = {"key": "k", "given": [], "modules": ["solution"], "packages": [], "tests": [["test_a.py", ""]]}
threading.stack_size(2 << 20)  # as in the process that it is forked from
Prepared(order, Path(sys.argv[1]))
def compare():
    one, other = [], []
    one.append(one), other.append(other)
    try:
        one == other
    except RecursionError:
        os.write(1, b"refused")
thread = threading.Thread(target=compare)
thread.start()
thread.join()
"""


def test_endless_data_is_refused_in_every_thread_of_the_examiner(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _DEEP, str(tmp_path)], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "refused"), done.stderr[-4_000:]
