"""Telling Discord which commands there are: only when they differ from those it knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from discord import app_commands
from discord.http import Route

log = structlog.get_logger(__name__)

DEFAULTS: Mapping[str, Any] = {
    "nsfw": False,
    "required": False,
    "autocomplete": False,
    "dm_permission": True,
    "default_permission": True,
    "description": "",
}
"""What Discord may leave out, or put in, where nothing else was said."""
ORDERLESS = frozenset({"contexts", "integration_types", "channel_types"})


async def register(tree: app_commands.CommandTree[Any]) -> bool:
    """Register the tree's commands when Discord knows others; tells whether it did.

    One read at each start instead of one write: writes are limited to 200 a day and make commands flicker.
    """
    client = tree.client
    path = "/applications/{application_id}/commands"
    route = Route("GET", path, application_id=client.application_id)
    known = await client.http.request(route, params={"with_localizations": "true"})
    wanted = await _payload(tree)
    if same(wanted, known):
        return False
    await tree.sync()
    log.info("commands registered", commands=len(wanted))
    return True


async def _payload(tree: app_commands.CommandTree[Any]) -> list[Mapping[str, Any]]:
    commands = tree.get_commands()
    translator = tree.translator
    if translator is None:
        return [command.to_dict(tree) for command in commands]
    return [await command.get_translated_payload(tree, translator) for command in commands]


def same(wanted: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]) -> bool:
    """Whether Discord's commands say what ours do, whatever else they say."""
    names = {(each.get("type", 1), each["name"]): each for each in known}
    if len(names) != len(wanted):
        return False
    return all(
        (each.get("type", 1), each["name"]) in names
        and _covers(each, names[each.get("type", 1), each["name"]])
        for each in wanted
    )


def _covers(wanted: Any, known: Any) -> bool:
    if isinstance(wanted, Mapping):
        if not isinstance(known, Mapping):
            return False
        return all(_covers(value, _known(known, key, value)) for key, value in wanted.items())
    if isinstance(wanted, list | tuple):
        return (
            isinstance(known, list | tuple)
            and len(wanted) == len(known)
            and all(_covers(mine, theirs) for mine, theirs in zip(wanted, known, strict=True))
        )
    return str(wanted) == str(known) if wanted is not None else known in (None, "", [], {})


def _known(known: Mapping[str, Any], key: str, wanted: Any) -> Any:
    value = known.get(key)
    if value is None:
        value = DEFAULTS.get(key, [] if wanted == [] else {} if wanted == {} else None)
    return sorted(value) if key in ORDERLESS and isinstance(value, list) else value
