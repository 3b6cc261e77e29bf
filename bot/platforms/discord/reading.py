"""What a message says about code: whether there is a block, and which challenge it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import discord

from bot.platforms.discord import buttons
from bot.platforms.discord.buttons import Action

FENCE = re.compile(r"```|^[ \t]*~~~", re.MULTILINE)


def has_block(text: str) -> bool:
    """Whether a message contains a fenced block."""
    return FENCE.search(text) is not None


def named_challenge(text: str, challenges: Sequence[tuple[str, str]]) -> str | None:
    """The key of a challenge that a message names, by key or title, outside its code."""
    prose = " ".join(FENCE.split(text)[0].split()).casefold()
    for key, title in challenges:
        for name in (key, title):
            if name and re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", prose):
                return key
    return None


def replied_challenge(message: discord.Message) -> str | None:
    """The challenge of the bot's card that a message replies to (its beginning, when the key is long)."""
    replied = message.reference.resolved if message.reference is not None else None
    if not isinstance(replied, discord.Message):
        return None
    for custom_id in custom_ids(replied.components):
        press = buttons.read(custom_id)
        if press is not None and press.action in (Action.SUBMIT, Action.HINT) and press.text(0):
            return press.text(0)
    return None


def custom_ids(components: Iterable[Any]) -> Iterator[str]:
    """Every custom id in a message."""
    for component in components:
        custom_id = getattr(component, "custom_id", None)
        if custom_id:
            yield custom_id
        yield from custom_ids(getattr(component, "children", ()))
        accessory = getattr(component, "accessory", None)
        if accessory is not None:
            yield from custom_ids([accessory])
