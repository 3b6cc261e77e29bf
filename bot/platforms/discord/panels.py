"""Panels as cards of components: every block has one shape, whatever feature it comes from."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import accumulate, count

import discord

from bot.locales import tr
from bot.platforms.discord.buttons import AGAIN, LONGEST_ID, Action, Button, Press, button
from bot.platforms.discord.cards import BLUE, GREEN, RED
from bot.platforms.discord.layout import WHOLE, Card, Piece, Upload
from bot.platforms.discord.text import CUT, Code, Hidden, Part, Prose, label, moment, plain, verbatim
from bot.services import panels
from bot.services.panels import Panel, Tone

COLOURS = {Tone.PLAIN: BLUE, Tone.MAIN: BLUE, Tone.GOOD: GREEN, Tone.BAD: RED}
STYLES = {
    Tone.PLAIN: discord.ButtonStyle.secondary,
    Tone.MAIN: discord.ButtonStyle.primary,
    Tone.GOOD: discord.ButtonStyle.success,
    Tone.BAD: discord.ButtonStyle.danger,
}
LONGEST_LABEL = 80
"""Characters on a button (Discord's limit)."""
LINE = 44
"""Columns of a table's line: what a phone shows of a code block without breaking it."""
NARROWEST = 4
"""Columns that a cell keeps when its table is too wide."""


def panel(card: Panel, mark: str = "") -> Card:
    """A panel; ``mark`` is of the delivery that posts it."""
    pieces: list[Piece] = [_piece(block) for block in card.blocks]
    names = _Names(mark)
    pieces.extend([names.button(press) for press in row] for row in card.presses if row)
    hidden = any(isinstance(block, panels.Spoiler) for block in card.blocks)
    text = "\n\n".join(filter(None, (_spelled_out(block) for block in card.blocks)))
    return Card(
        f"### {plain(tr(card.title), 150)}",
        COLOURS[card.tone],
        pieces,
        plain(tr(card.footer), 300),
        whole=Upload(WHOLE, f"# {card.title}\n\n{text}\n".encode(), hidden=hidden),
    )


class _Names:
    """Custom ids for one message. Discord wants each once: a second press of a kind is numbered."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._taken: set[str] = set()

    def button(self, press: panels.Press) -> Button:
        action = Action.FORM if press.asks else Action.PANEL
        named = Press(action, (press.name, *press.arguments))
        if self._mark and len(str(named)) + len(self._mark) + 4 <= LONGEST_ID:
            named = Press(action, named.arguments, self._mark)
        base = named.mark
        for number in count(2):
            if str(named) not in self._taken:
                break
            named = Press(action, named.arguments, f"{base}{AGAIN}{number}")
        self._taken.add(str(named))
        return button(
            label(tr(press.label), LONGEST_LABEL) or "…",
            named,
            style=STYLES[press.tone],
            disabled=press.disabled,
        )


def _piece(block: panels.Block) -> Part | Upload:
    match block:
        case panels.Prose():
            return Prose(tr(block.text))
        case panels.Words():
            return Prose(verbatim(block.text))
        case panels.Code():
            return Code(block.text, block.language)
        case panels.Spoiler():
            return Hidden(block.text, f"**{plain(tr(block.label))}** " if block.label else "")
        case panels.Facts():
            return Prose("\n".join(f"**{plain(tr(name))}** {_fact(value)}" for name, value in block.pairs))
        case panels.Table():
            return Code(table(block))
        case panels.Picture():
            return Upload(block.name, block.png, block.alt or block.name)
        case panels.Attachment():
            return Upload(block.name, block.content)


def _fact(value: str | datetime) -> str:
    return f"{moment(value, 'f')} ({moment(value)})" if isinstance(value, datetime) else plain(tr(value), 500)


def _spelled_out(block: panels.Block) -> str:
    """A block in a text file, where there is room for all of it."""
    match block:
        case panels.Prose() | panels.Words():
            return block.text
        case panels.Code():
            return f"```{block.language}\n{block.text}\n```"
        case panels.Spoiler():
            return f"{block.label}\n\n{block.text}"
        case panels.Facts():
            return "\n".join(
                f"{name}: {value.isoformat(' ', 'minutes') if isinstance(value, datetime) else value}"
                for name, value in block.pairs
            )
        case panels.Table():
            return table(block, line=0)
        case _:
            return ""


def table(block: panels.Table, line: int = LINE) -> str:
    """Rows in columns for a monospaced block. Cells are cut to lines of ``line`` columns (0: never)."""
    rows = [[" ".join(cell.split()) for cell in row] for row in (tuple(map(tr, block.head)), *block.rows)]
    widths = [max(map(_width, cells)) for cells in zip(*rows, strict=True)]
    if line:
        widths = [min(width, line) for width in widths]
    while line and sum(widths) + 2 * (len(widths) - 1) > line and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    lines = [_line(row, widths, block.numbers) for row in rows]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]])


def _line(row: Sequence[str], widths: Iterable[int], numbers: frozenset[int]) -> str:
    cells = []
    for at, (cell, width) in enumerate(zip(row, widths, strict=True)):
        shown = _cut(cell, width)
        gap = " " * (width - _width(shown))
        cells.append(gap + shown if at in numbers else shown + gap)
    return "  ".join(cells).rstrip()


def _cut(text: str, width: int) -> str:
    ends = list(accumulate(map(_columns, text)))
    if not ends or ends[-1] <= width:
        return text
    return text[: bisect_right(ends, width - 1)] + CUT


def _width(text: str) -> int:
    """How many columns a text takes."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    """Columns in a monospaced font: East Asian characters take two, marks on others none."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
