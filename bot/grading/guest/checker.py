"""Asks an author's own checker about printed output.

The payload is JSON: ``checker`` (the text of a module with ``check(output, stdin, expected)``) and the
three arguments. The report is JSON: ``right`` and ``message``, by what ``check`` returned: a
truth value, or a pair of one and a message.
"""

from __future__ import annotations

import json
import os
import sys
import types


def prepare(payload: bytes) -> types.ModuleType:
    """Entry point of a preparation, and the first half of ``run``: load the module ``checker``."""
    module = types.ModuleType("checker")
    sys.modules["checker"] = module
    exec(compile(payload, "checker.py", "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - the author's
    return module


def run(payload: bytes, descriptors: list[int], report: int) -> None:
    """Entry point: see the module."""
    order = json.loads(payload)
    module = prepare(order["checker"].encode())
    answer = module.check(order["output"], order["stdin"], order["expected"])
    right, message = answer if isinstance(answer, tuple) else (answer, "")
    data = json.dumps({"right": bool(right), "message": str(message)[:4_000]}).encode()
    while data:
        data = data[os.write(report, data) :]
