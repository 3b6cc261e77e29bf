"""``warmup migrate``, ``backup`` and ``restore``: what is done to the database as a whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.output import emit_json

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command()(migrate)
    app.command()(backup)
    app.command()(restore)


def migrate(as_json: AsJson = False) -> None:
    """Bring the database to this version and load the bundled questions; `up` does this by itself."""
    from bot.bootstrap import upkeep
    from bot.cli.running import run

    result = run(upkeep.prepare)
    if as_json:
        emit_json(result)
    elif result["before"] == result["after"]:
        print(f"nothing to migrate ({result['after']})")
    else:
        print(f"migrated from {result['before'] or 'an empty database'} to {result['after']}")
    if not as_json:
        print(f"{result['questions']} bundled questions and challenges are loaded")


def backup(
    target: Annotated[
        Path | None, typer.Argument(help="The file to write; default: named by the time.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write everything to one file, also while Warmup is running."""
    from bot.bootstrap import upkeep
    from bot.cli.running import run

    path = target or Path(f"warmup-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.backup")
    size = run(lambda settings: upkeep.backup(settings, path.absolute()))
    if as_json:
        emit_json({"file": str(path), "bytes": size})
    else:
        print(f"wrote {path} ({size / 1e6:.1f} MB); it holds everything that members wrote, so keep it safe")


def restore(
    source: Annotated[Path, typer.Argument(help="A file made by `warmup backup`.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of what is there now.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup into the database: all of it, or nothing. Stop Warmup first."""
    from bot.bootstrap import upkeep
    from bot.cli.running import run

    result = run(lambda settings: upkeep.restore(settings, source.absolute(), replace=replace))
    if as_json:
        emit_json({"file": str(source), **result})
    else:
        print(f"restored {source} (schema {result['after']})")
