"""Asks an author's own checker about printed output.

The payload is JSON: ``checker`` (the text of a module with ``check(output, stdin, expected)``) and the
three arguments. The report is JSON: ``right`` and ``message``, by what ``check`` returned: a
truth value, or a pair of one and a message.
"""

from __future__ import annotations

import json
import os
import types


def run(payload: bytes, descriptors: list[int], report: int) -> None:
    """Entry point: see the module."""
    order = json.loads(payload)
    module = types.ModuleType("checker")
    exec(compile(order["checker"], "checker.py", "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    answer = module.check(order["output"], order["stdin"], order["expected"])
    right, message = answer if isinstance(answer, tuple) else (answer, "")
    data = json.dumps({"right": bool(right), "message": str(message)[:4_000]}).encode()
    while data:
        data = data[os.write(report, data) :]
