"""``warmup migrate``, ``backup``, ``restore`` and ``purge``: what is done to the database as a whole."""

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
    app.command()(purge)


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


KINDS = {
    "communities": "communities that removed Warmup, with everything in them",
    "deliveries": "entries of the outbox",
    "messages": "lines of the playground's chat",
    "jobs": "gradings kept for repeated code",
    "code": "submissions' code",
    "codes": "one-time codes",
    "persons": "persons without an account",
    "leagues": "leagues without a community",
}
"""What each kind of a purge is called."""


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take what is older than the settings allow; the running bot does this every hour by itself."""
    from bot.bootstrap import upkeep
    from bot.cli.running import run

    rows = run(lambda settings: upkeep.purge(settings, dry_run=dry_run))
    if as_json:
        emit_json({"dry_run": dry_run, "rows": rows})
        return
    for kind, number in rows.items():
        if number:
            print(f"{'would take' if dry_run else 'took'} {number:,} {KINDS[kind]}")
    if not any(rows.values()):
        print("nothing is old enough")
