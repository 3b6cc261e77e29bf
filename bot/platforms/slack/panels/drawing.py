"""A panel as a message or a dialog: every block of it in Block Kit.

What members wrote goes into rich and plain text, as everywhere. Tables are Slack's own in messages, where one
is taken, and aligned text elsewhere; pictures are files uploaded before, or else the words that they show.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
import zlib
from collections.abc import Mapping
from datetime import datetime

from bot.platforms.slack import actions as does
from bot.platforms.slack.blocks import (
    Block,
    Card,
    Element,
    actions,
    button,
    card,
    code_block,
    context,
    cut,
    date,
    header,
    image,
    rich,
    section,
    span,
    table,
    words,
)
from bot.platforms.slack.fitting import SPOILERS as SPOILERS_ID
from bot.platforms.slack.markdown import elements
from bot.services.panels import (
    Attachment,
    Code,
    Facts,
    Panel,
    Picture,
    Press,
    Prose,
    Spoiler,
    Table,
    Tone,
    Words,
)
from bot.services.panels import Block as PanelBlock

STYLES = {Tone.MAIN: "primary", Tone.GOOD: "primary", Tone.BAD: "danger"}
SPOILER = 2_000
"""Characters of a button's value, which holds what the button uncovers."""
SPOILERS = 5_000
"""Characters that all spoilers of a panel take together; the message's own limit is not far above."""
MANY = 20
"""Blocks of text from which on neighbours share one block: Slack takes fifty."""
TABLE_ROWS, TABLE_COLUMNS, TABLE_CHARACTERS = 100, 20, 6_000
"""What a table of Slack's takes is 10,000 characters; the rest of a message needs some as well."""
CELL, LINES = 60, 400
"""Characters of a cell, and rows, in aligned text."""
FOOTER = 300
READ_ALOUD = 1_000
"""Characters of a panel that stand in its notification, for those who listen to it."""


def picture_key(picture: Picture) -> str:
    """What tells a picture from others: the digest of what is in it."""
    return hashlib.sha256(picture.png).hexdigest()


def draw(panel: Panel, pictures: Mapping[str, str] | None = None, *, in_view: bool = False) -> Card:
    """The panel as a message, or for a dialog; ``pictures`` are the ids of uploaded files by their key."""
    made: list[Block] = []
    spoilers = [block for block in panel.blocks if isinstance(block, Spoiler)]
    room = min(SPOILER, SPOILERS // max(1, len(spoilers)))
    tables = 0
    for number, block in enumerate(panel.blocks):
        if isinstance(block, Spoiler):
            uncover = button(block.label, does.spoiler(number), value=hidden(block.text, room))
            if made and made[-1].get("block_id", "").startswith(SPOILERS_ID) and _has_room(made[-1]):
                made[-1]["elements"].append(uncover)
            else:
                made.append(actions(uncover, block_id=f"{SPOILERS_ID}{number}"))
        elif isinstance(block, Table) and not in_view and not tables and _fits_a_table(block):
            tables += 1
            made.append(table(block.head, block.rows, block.numbers))
        else:
            made += _drawn(block, pictures or {})
    if len(made) > MANY:
        made = _merged(made)
    footer = context(cut(panel.footer, FOOTER)) if panel.footer else None
    return card(spoken(panel), header(panel.title), *made, *_rows(panel), footer)


def _has_room(block: Block) -> bool:
    return len(block["elements"]) < 25


def _drawn(block: PanelBlock, pictures: Mapping[str, str]) -> list[Block]:
    match block:
        case Prose(text):
            found = elements(text)
            return [rich(*found)] if found else []
        case Words(text):
            return [words(text)]
        case Code(text):
            return [rich(code_block(text))]
        case Facts(pairs):
            return [rich(section(*_facts(pairs)))] if pairs else []
        case Table():
            return [rich(code_block(aligned(block)))] if block.rows or block.head else []
        case Picture():
            file = pictures.get(picture_key(block))
            return [image(file, block.alt) if file else words(block.alt)]
        case Attachment(name=name):
            return [context(f"📎 {name}")]
    raise AssertionError(block)


def _facts(pairs: tuple[tuple[str, str | datetime], ...]) -> list[Element]:
    runs: list[Element] = []
    for name, value in pairs:
        end = "\n" if runs else ""
        runs.append(span(f"{end}{name}: ", bold=True))
        runs.append(date(value) if isinstance(value, datetime) else span(value))
    return runs


def _rows(panel: Panel) -> list[Block]:
    """The buttons. Slack has none that are grey: what cannot be pressed is not there."""
    made = []
    for row, presses in enumerate(panel.presses):
        drawn = [
            _press(press, f"{row}.{at}")
            for at, press in enumerate(presses)
            if not press.disabled and press.label
        ]
        if drawn:
            made.append(actions(*drawn, block_id=f"row{row}"))
    return made


def _press(press: Press, place: str) -> Element:
    action = does.panel_form(place) if press.asks else does.panel(place)
    return button(press.label, action, value=press.key, style=STYLES.get(press.tone, ""))


def hidden(text: str, room: int = SPOILER) -> str:
    """A spoiler's Markdown for a button's value of ``room`` characters; cut when it takes more."""
    while True:
        packed = base64.urlsafe_b64encode(zlib.compress(text.encode(errors="replace"), 9)).decode()
        if len(packed) <= room:
            return packed
        text = cut(text, max(1, len(text) * room // len(packed) - 8))


def uncovered(value: str) -> str:
    """What ``hidden`` packed. Raises ``ValueError`` for anything else."""
    unpack = zlib.decompressobj()
    try:
        return unpack.decompress(base64.urlsafe_b64decode(value), 64_000).decode(errors="replace")
    except (zlib.error, ValueError) as error:
        raise ValueError("not a spoiler") from error


def _fits_a_table(block: Table) -> bool:
    rows = (block.head, *block.rows)
    return (
        bool(block.head)
        and len(rows) <= TABLE_ROWS
        and max(map(len, rows)) <= TABLE_COLUMNS
        and sum(len(cell) + 40 for row in rows for cell in row) <= TABLE_CHARACTERS
    )


def aligned(block: Table) -> str:
    """A table as lines of text with columns under each other, wide characters counted as two."""
    rows = [[_cell(cell) for cell in row] for row in (block.head, *block.rows[:LINES])]
    columns = max(map(len, rows))
    rows = [[*row, *[""] * (columns - len(row))] for row in rows]
    widths = [max(_width(row[at]) for row in rows) for at in range(columns)]
    lines = []
    for row in rows:
        cells = []
        for at, cell in enumerate(row):
            gap = " " * (widths[at] - _width(cell))
            cells.append(gap + cell if at in block.numbers else cell + gap)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _cell(text: str) -> str:
    words = " ".join(text[: 4 * CELL].split())
    return cut(words, CELL) if words else ""


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def _merged(blocks: list[Block]) -> list[Block]:
    """The same with neighbours of rich text in one block."""
    made: list[Block] = []
    for block in blocks:
        if made and block["type"] == made[-1]["type"] == "rich_text":
            made[-1] = rich(*made[-1]["elements"], section(span("\n")), *block["elements"])
        else:
            made.append(block)
    return made


def spoken(panel: Panel) -> str:
    """What a notification and a screen reader say: the title, then the beginning of what follows."""
    told = [panel.title]
    for block in panel.blocks:
        match block:
            case Prose(text) | Words(text):
                told.append(text)
            case Facts(pairs):
                told += [f"{name}: {value}" for name, value in pairs if isinstance(value, str)]
            case Picture():
                told.append(block.alt)
            case Table():
                told += [", ".join(row) for row in block.rows[:10]]
            case _:
                continue
    return cut("\n".join(each[:READ_ALOUD] for each in told), READ_ALOUD)
