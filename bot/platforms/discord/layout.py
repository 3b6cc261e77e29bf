"""A card on its way to Discord: parts of text and rows of buttons, laid out inside every limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from discord import ui

from bot.platforms.discord.buttons import Button
from bot.platforms.discord.text import MOST_TEXT, Code, Part, Prose, fit

ROW = 5
"""Buttons in one row (Discord's limit)."""


@dataclass(slots=True)
class Line:
    """A line between parts."""


@dataclass(slots=True)
class Card:
    """What is drawn: a heading, pieces in their order (parts of text, lines, rows of buttons), small print.

    Heading and small print are ours and short; everything else is cut to the room they leave.
    """

    heading: str
    colour: int
    pieces: list[Part | Line | Sequence[Button] | ui.Item[Any]] = field(default_factory=list)
    foot: str = ""
    above: str = ""
    """Outside the frame, for a mention."""

    def view(self) -> ui.LayoutView:
        """The card as components, finished for discord.py: presses are recognised by their custom ids."""
        small = f"-# {self.foot}" if self.foot else ""
        room = MOST_TEXT - len(self.above) - len(self.heading) - len(small)
        parts = [piece for piece in self.pieces if isinstance(piece, Prose | Code)]
        texts = iter(fit(parts, room))
        items: list[ui.Item[Any]] = [ui.TextDisplay(self.heading)]
        for piece in self.pieces:
            if isinstance(piece, Line):
                items.append(ui.Separator())
            elif isinstance(piece, ui.Item):
                items.append(piece)
            elif isinstance(piece, Sequence):
                items.extend(ui.ActionRow(*piece[start : start + ROW]) for start in range(0, len(piece), ROW))
            else:
                text = next(texts)
                if text.strip():
                    items.append(ui.TextDisplay(text))
        if small:
            items.append(ui.TextDisplay(small))
        view = ui.LayoutView(timeout=None)
        if self.above:
            view.add_item(ui.TextDisplay(self.above))
        view.add_item(ui.Container(*items, accent_colour=self.colour))
        view.stop()
        return view
