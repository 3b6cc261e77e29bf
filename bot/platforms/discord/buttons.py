"""What a button or dialog carries: an action and its arguments in the custom id, nothing in memory.

A custom id is ``1:action:argument:...``, where 1 is the version of this wording, at the end perhaps ``~`` and
the mark of the delivery that posted it. It survives restarts and releases; one that this program does not
know any more is answered with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import discord
from discord import ui

VERSION = "1"
LONGEST_ID = 100
"""Characters of a custom id (Discord's limit)."""
LONGEST_ARGUMENT = 60
SHORTENED = "*"
"""Ends an argument of which only the beginning had room; no key contains it."""

AGAIN = "."
"""Begins the number, at the end of a mark, of a second button that does the same."""


class Action(StrEnum):
    """What pressing does."""

    ANSWER = "a"
    """posting, letter"""
    CHOOSE = "c"
    """posting: opens the dialog for several letters, or takes it"""
    TYPE = "t"
    """posting: opens the dialog for typed output, or takes it"""
    SUBMIT = "s"
    """challenge: opens the dialog for code, or takes it"""
    AGAIN = "r"
    """submission: opens the dialog with the code of that submission"""
    HINT = "h"
    """challenge"""
    BOARD = "l"
    """period, page, a word of its own, whether drawn, scope, topic (percent-encoded)"""
    QUIZ = "q"
    """a further question"""
    PANEL = "p"
    """a panel's press: its name and arguments, never shortened"""
    FORM = "f"
    """the same, and its form opens first"""


@dataclass(frozen=True, slots=True)
class Press:
    """A custom id, read."""

    action: Action
    arguments: tuple[str, ...] = ()
    mark: str = ""

    def __str__(self) -> str:
        arguments = self.arguments
        if self.action not in (Action.PANEL, Action.FORM):
            arguments = tuple(map(_shortened, arguments))
        text = ":".join((VERSION, self.action.value, *arguments))
        return f"{text}~{self.mark}" if self.mark else text

    def number(self, position: int) -> int:
        """An argument as a number; 0 when it is none."""
        text = self.arguments[position] if position < len(self.arguments) else ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0

    def text(self, position: int) -> str:
        """An argument, or nothing."""
        return self.arguments[position] if position < len(self.arguments) else ""


def _shortened(argument: str) -> str:
    return argument if len(argument) <= LONGEST_ARGUMENT else argument[: LONGEST_ARGUMENT - 1] + SHORTENED


def read(custom_id: str) -> Press | None:
    """What a custom id says; None when it is not (or no longer) one of ours."""
    text, _, mark = custom_id.partition("~")
    version, _, rest = text.partition(":")
    action, *arguments = rest.split(":")
    if version != VERSION or action not in list(Action):
        return None
    return Press(Action(action), tuple(arguments), mark)


Pressed = Callable[[discord.Interaction[Any], str], Awaitable[None]]
"""Told of every press: the interaction and the custom id."""


class Button(ui.DynamicItem[ui.Button[Any]], template=re.compile(r".+", re.DOTALL)):
    """Every button of the bot, also those of an earlier release: discord.py makes it anew for each press.

    The client that receives the press has ``pressed``.
    """

    def __init__(self, item: ui.Button[Any]) -> None:
        super().__init__(item)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        custom_id = match.string
        return cls(item if isinstance(item, ui.Button) else ui.Button(custom_id=custom_id))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press on."""
        await interaction.client.pressed(interaction, self.custom_id)


def button(
    text: str,
    press: Press,
    *,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    emoji: str | None = None,
    disabled: bool = False,
) -> Button:
    """A button. Its text is one of our own, short enough by itself."""
    return Button(
        ui.Button(label=text[:80], custom_id=str(press), style=style, emoji=emoji, disabled=disabled)
    )
