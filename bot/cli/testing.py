"""``warmup test``: the checks and the whole suite, as continuous integration runs them."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import typer

from bot.cli.output import refuse, warn

CHECKOUT = Path(__file__).resolve().parents[2]

CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
}
"""Modules run with ``python -m``. The direction of imports is checked by the suite itself."""

SIDE_BY_SIDE = ("-n", "logical", "--dist", "loadfile")
"""The whole suite runs in a process for each core, a file's tests in one of them."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command(
        "test",
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    )(test)


def test(context: typer.Context) -> None:
    """Run linters, type checks and all tests; with arguments, pytest alone with those arguments."""
    from bot.bootstrap.sandbox import sandbox_environment
    from bot.cli.running import run

    if importlib.util.find_spec("pytest") is None:
        refuse("the test requirements are not installed here; run ./warmup test, which installs them", 2)
    failed = []
    if not context.args:
        for name, module in CHECKS.items():
            warn(f"running {name}")
            if _python_module(module):
                failed.append(name)
    run(sandbox_environment, platforms=False)
    status = _python_module(["pytest", *(context.args or SIDE_BY_SIDE)])
    if failed:
        warn(f"failed before the tests: {', '.join(failed)}")
    raise typer.Exit(status or (1 if failed else 0))


def _python_module(arguments: list[str]) -> int:
    return subprocess.run([sys.executable, "-m", *arguments], cwd=CHECKOUT, check=False).returncode
