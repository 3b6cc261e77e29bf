"""``warmup slack``: what has to be known at Slack's side."""

from __future__ import annotations

from typing import Annotated

import typer

slack = typer.Typer(help="Set the Slack app up.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    app.add_typer(slack, name="slack")


@slack.callback()
def _group() -> None:
    """Set the Slack app up."""


@slack.command()
def manifest(
    prefix: Annotated[
        str, typer.Option(help="What stands before the commands' names, where others have taken them.")
    ] = "",
    url: Annotated[
        str, typer.Option(help="HTTP mode, at this address: https://HOST/slack/events. Default: Socket Mode.")
    ] = "",
) -> None:
    """Print the app manifest, to be pasted at https://api.slack.com/apps."""
    from bot.bootstrap.slack import slack_manifest

    try:
        print(slack_manifest(prefix, url), end="")
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
