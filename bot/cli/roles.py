"""``warmup up``, ``bot``, ``worker`` and ``web``: processes that run until they are told to stop."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.output import warn


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (up, bot, worker, web):
        app.command()(command)


def up() -> None:
    """Run everything on this machine; open the page that it names. Ctrl-C stops it."""
    from bot.bootstrap.up import up as role
    from bot.cli.running import serve

    serve(lambda settings: role(settings, say=warn))


def bot() -> None:
    """Run the platforms' side: daily rounds, deliveries, chat events."""
    from bot.bootstrap.roles import bot as role
    from bot.cli.running import serve

    serve(role)


def worker(
    parent: Annotated[int, typer.Option(hidden=True, help="End when this process, the parent, ends.")] = 0,
) -> None:
    """Grade what is handed in. Needs no platform token; run as many as you like."""
    from bot.bootstrap.children import die_with_parent
    from bot.bootstrap.worker import worker as role
    from bot.cli.running import serve

    if parent:
        die_with_parent(parent)
    serve(role, platforms=False, quiet=bool(parent))


def web() -> None:
    """Serve the playground, health and metrics."""
    from bot.bootstrap.web import web as role
    from bot.cli.running import serve

    serve(role)
