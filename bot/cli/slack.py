"""``warmup slack``: what has to be known at Slack's side."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.domain.wording import count

slack = typer.Typer(help="Set the Slack app up.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    app.add_typer(slack, name="slack")


@slack.callback()
def _group() -> None:
    """Set the Slack app up."""


@slack.command()
def key() -> None:
    """Print a new key for WARMUP_TOKEN_KEYS, which the tokens of workspaces are encrypted with."""
    from bot.storage.sealing import new_key

    print(new_key())


@slack.command()
def reseal() -> None:
    """Encrypt every kept token with the first of WARMUP_TOKEN_KEYS, so that older keys can go."""
    from bot.bootstrap.slack import seal_again
    from bot.cli.running import run

    print(f"{count(run(seal_again), 'token')} encrypted with the first key")


@slack.command()
def manifest(
    prefix: Annotated[
        str, typer.Option(help="What stands before the commands' names, where others have taken them.")
    ] = "",
    url: Annotated[
        str, typer.Option(help="HTTP mode, at this address: https://HOST/slack/events. Default: Socket Mode.")
    ] = "",
    redirect: Annotated[
        str,
        typer.Option(help="Install by OAuth, with this redirect address: https://HOST/slack/oauth_redirect."),
    ] = "",
) -> None:
    """Print the app manifest, to be pasted at https://api.slack.com/apps."""
    from bot.bootstrap.slack import slack_manifest

    try:
        print(slack_manifest(prefix, url, redirect), end="")
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
