"""How commands speak: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn

import typer


def warn(text: str) -> None:
    """Say something to the person at the terminal, beside the result."""
    print(f"warmup: {text}", file=sys.stderr, flush=True)


def emit_json(document: Any) -> None:
    """Print the result as the one JSON document on standard output."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")
    sys.stdout.flush()


def refuse(text: str, status: int = 1) -> NoReturn:
    """Leave with one clear sentence: status 1 for a no, 2 for misuse."""
    warn(text)
    raise typer.Exit(status)
