"""Commands that open panels, as Discord lists them: ``/name``, or ``/name word`` in a group."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

import discord
from discord import app_commands

from bot.platforms.discord.completing import Completions
from bot.platforms.discord.features import Features
from bot.platforms.discord.text import label
from bot.services.panels import Option, OptionKind, PanelCommand

Interaction = discord.Interaction[Any]
MANAGE = discord.Permissions(manage_guild=True)
SERVER_ONLY = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
LONGEST_SUMMARY = 100
"""Characters of a description (Discord's limit)."""
SHOW = "show"
"""The word of a command without one, when its name is a group's as well."""
TYPES: Mapping[OptionKind, type[Any]] = {
    OptionKind.TEXT: str,
    OptionKind.NUMBER: int,
    OptionKind.MEMBER: discord.User,
    OptionKind.FILE: discord.Attachment,
}


def add_feature_commands(
    tree: app_commands.CommandTree[Any], features: Features, completions: Completions
) -> None:
    """Add every command of the features; words join a group of the same name that is there already."""
    by_name: dict[str, list[PanelCommand]] = {}
    for command in features.commands:
        by_name.setdefault(command.name, []).append(command)
    for name, commands in by_name.items():
        group = tree.get_command(name)
        if not isinstance(group, app_commands.Group):
            if [command.word for command in commands] == [""]:
                tree.add_command(_command(commands[0], name, features, completions))
                continue
            group = _group(name, commands)
            tree.add_command(group)
        for command in commands:
            if group.get_command(command.word or SHOW) is not None:
                continue  # Discord has one of its own, with its own options and progress.
            group.add_command(_command(command, command.word or SHOW, features, completions))


def _group(name: str, commands: Sequence[PanelCommand]) -> app_commands.Group:
    admins = all(command.admin for command in commands)
    return app_commands.Group(
        name=name,
        description=label(commands[0].summary, LONGEST_SUMMARY),
        default_permissions=MANAGE if admins else None,
        allowed_contexts=SERVER_ONLY if admins else None,
    )


def _command(
    command: PanelCommand, name: str, features: Features, completions: Completions
) -> app_commands.Command[Any, ..., None]:
    made: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=name,
        description=label(command.summary, LONGEST_SUMMARY),
        callback=_callback(command, features),
        allowed_contexts=SERVER_ONLY if command.admin and not command.word else None,
    )
    if command.admin and not command.word:
        made.default_permissions = MANAGE
    for option in command.options:
        if option.completes:
            made.autocomplete(option.name)(_completing(option, completions))
    return made


def _callback(command: PanelCommand, features: Features) -> Callable[..., Coroutine[Any, Any, None]]:
    """A function with the command's options as its parameters, from which discord.py takes their types."""

    async def run(interaction: Interaction, **options: Any) -> None:
        await features.open(interaction, command, options)

    first = inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Interaction)
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [first, *map(_parameter, sorted(command.options, key=lambda option: not option.required))]
    )
    run.__name__ = command.word or command.name
    told = {option.name: label(option.summary, LONGEST_SUMMARY) for option in command.options}
    choices = {
        option.name: [app_commands.Choice(name=choice, value=choice) for choice in option.choices]
        for option in command.options
        if option.choices
    }
    return app_commands.describe(**told)(app_commands.choices(**choices)(run))


def _parameter(option: Option) -> inspect.Parameter:
    kind = TYPES[option.kind]
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if option.required else None,
        annotation=kind if option.required else kind | None,
    )


def _completing(
    option: Option, completions: Completions
) -> Callable[[Interaction, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]:
    async def complete(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await completions.named(option.completes, interaction, typed)

    return complete
