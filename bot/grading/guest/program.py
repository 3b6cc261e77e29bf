"""Runs a member's program as ``python main.py`` would, in this process.

The payload is JSON: ``main`` (the name of the file to run), ``files`` (name to text, written into
the current folder), ``arguments``. The report is JSON too: ``error`` with the fields of the
domain's ``CodeError``, and ``while_loading``; it is for a message to the member, nothing hangs on it.
"""

from __future__ import annotations

import builtins
import importlib
import json
import os
import sys
import types
from typing import Any

from . import errors, job


def run(payload: bytes, descriptors: list[int], report: int) -> None:
    """Entry point: see the module."""
    order = json.loads(payload)
    home = os.getcwd()
    write_files(order["files"])
    main, text = order["main"], order["files"][order["main"]]
    path = os.path.join(home, main)
    module = types.ModuleType("__main__")
    module.__dict__.update(__file__=path, __builtins__=builtins, __cached__=None)
    sys.modules["__main__"] = module
    sys.argv = [path, *order.get("arguments", ())]
    sys.path.insert(0, home)
    loading = True
    try:
        code = compile(text, path, "exec", dont_inherit=True)
        loading = False
        exec(code, module.__dict__)  # noqa: S102 - what the sandbox is for
    except SystemExit:
        raise
    except MemoryError as error:
        job.loosen()
        _tell(error, home, report, loading=loading)
        raise
    except BaseException as error:
        _tell(error, home, report, loading=loading)
        raise


def probe(payload: bytes, descriptors: list[int], report: int) -> None:
    """Entry point: read from the standard library what nothing has loaded before."""
    importlib.import_module("colorsys")


def write_files(files: dict[str, str]) -> None:
    """Write text files below the current folder; the host has checked the names."""
    for name, text in files.items():
        if folder := os.path.dirname(name):
            os.makedirs(folder, exist_ok=True)
        with open(name, "w", encoding="utf-8", newline="") as file:
            file.write(text)


def _tell(error: BaseException, home: str, report: int, *, loading: bool) -> None:
    try:
        told: dict[str, Any] = {"error": errors.describe(error, home), "while_loading": loading}
        data = json.dumps(told).encode()
        while data:
            data = data[os.write(report, data) :]
    except BaseException:  # noqa: BLE001, S110 - out of memory, or the member's exception misbehaves: no message then
        pass
