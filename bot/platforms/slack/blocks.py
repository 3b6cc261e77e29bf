"""Block Kit, as far as cards use it, and the one place that keeps every message inside Slack's limits.

Text of authors and members goes into ``rich_text`` and ``plain_text`` only: Slack shows both as they are,
so nothing in them can ping, link or format. Markup (``mrkdwn``) is written by this package alone.
Limits: https://docs.slack.dev/reference/block-kit/blocks; the total is what Slack takes in practice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.platforms.slack.fitting import fit_blocks

Block = dict[str, Any]
Element = dict[str, Any]

MOST_BLOCKS = 50
"""Blocks in a message."""
MOST_VIEW_BLOCKS = 100
"""Blocks in a modal or in App Home."""
MOST_CHARACTERS = 12_000
"""Characters of a message's blocks as JSON. About 13,000 fail, though no page of Slack's says so."""
MOST_VIEW_CHARACTERS = 40_000
"""The same for views, whose documented limit is far above."""
HEADER = 150
SECTION = 3_000
BUTTON = 75
CONTEXT_ELEMENTS = 10
VALUE = 2_000
ALT = 2_000
CELL = 500
"""Characters of a table's cell."""
TEXT = 3_000
"""Characters of the plain text that stands for a card in notifications; Slack takes 4,000."""


@dataclass(frozen=True, slots=True)
class Card:
    """A message: its blocks, and one plain line for notifications and screen readers."""

    blocks: list[Block]
    text: str


def cut(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis; never empty, because Slack refuses empty texts."""
    text = text.replace("\x00", "\ufffd")
    if not text:
        return "\u200b"
    return text if len(text) <= most else text[: most - 1] + "…"


def escape(text: str) -> str:
    """The text so that Slack's markup shows it as it is: no mention, no link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str, most: int) -> Element:
    """A plain text object. ``emoji`` is off: ``:tada:`` in a member's name stays what it is."""
    return {"type": "plain_text", "text": cut(text, most), "emoji": False}


def header(text: str) -> Block:
    """The title of a card."""
    return {"type": "header", "text": plain(" ".join(text.split()), HEADER)}


def context(*texts: str | Element) -> Block:
    """Small print; a string is shown as it is, an element is one of ours (``moment``)."""
    elements = [plain(text, SECTION) if isinstance(text, str) else text for text in texts if text]
    return {"type": "context", "elements": elements[:CONTEXT_ELEMENTS] or [plain("", SECTION)]}


def moment(before: str, at: datetime) -> Element:
    """``before`` and a moment in the reader's own zone."""
    fallback = f"{at:%Y-%m-%d %H:%M} UTC"
    when = f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"
    return {"type": "mrkdwn", "text": f"{before} {when}"}


def date(at: datetime) -> Element:
    """A moment in the reader's own zone, as a run of rich text."""
    return {
        "type": "date",
        "timestamp": int(at.timestamp()),
        "format": "{date_short_pretty} {time}",
        "fallback": f"{at:%Y-%m-%d %H:%M} UTC",
    }


def image(file: str, alt: str) -> Block:
    """A picture that was uploaded to Slack; ``alt`` says what is on it."""
    return {"type": "image", "slack_file": {"id": file}, "alt_text": cut(alt, ALT)}


def illustrated(shown: Card, file: str, alt: str) -> Card:
    """A card with an uploaded picture below its title."""
    return Card(fit([*shown.blocks[:1], image(file, alt), *shown.blocks[1:]]), shown.text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int] = ()) -> Block:
    """Slack's own table, one in a message and none in a dialog; ``numbers`` are columns set flush right."""
    columns = max(len(row) for row in (head, *rows))
    return {
        "type": "table",
        "rows": [
            [{"type": "raw_text", "text": cut(cell, CELL)} for cell in (*row, *("",) * (columns - len(row)))]
            for row in (head, *rows)
        ],
        "column_settings": [
            {"align": "right" if at in numbers else "left", "is_wrapped": True} for at in range(columns)
        ],
    }


def rich(*elements: Element) -> Block:
    """A block of sections, lists and code; what is in it is shown as it is."""
    return {"type": "rich_text", "elements": list(elements)}


def span(text: str, *, bold: bool = False, italic: bool = False, code: bool = False) -> Element:
    """A run of text inside a section."""
    style = {name: True for name, wanted in (("bold", bold), ("italic", italic), ("code", code)) if wanted}
    run: Element = {"type": "text", "text": cut(text, MOST_CHARACTERS)}
    return {**run, "style": style} if style else run


def section(*spans: Element) -> Element:
    """A paragraph."""
    return {"type": "rich_text_section", "elements": list(spans) or [span("")]}


def words(text: str, *, bold: bool = False) -> Block:
    """One paragraph as it is."""
    return rich(section(span(text, bold=bold)))


def code_block(text: str) -> Element:
    """Code as it is: no fence that could be closed from inside, no line that is wrapped into another."""
    shown = text.replace("\r\n", "\n").strip("\n") or " "
    return {"type": "rich_text_preformatted", "elements": [span(shown)]}


def bullets(items: Sequence[Sequence[Element]], *, ordered: bool = False, indent: int = 0) -> Element:
    """A list; each item is the spans of one section."""
    return {
        "type": "rich_text_list",
        "style": "ordered" if ordered else "bullet",
        "indent": min(indent, 8),
        "elements": [section(*item) for item in items],
    }


def button(text: str, action: str, *, value: str = "", style: str = "") -> Element:
    """A button; ``action`` (255 characters at most) says what it does, ``style`` is primary or danger."""
    made: Element = {"type": "button", "text": plain(text, BUTTON), "action_id": action[:255]}
    if value:
        made["value"] = value[:VALUE]
    if style:
        made["style"] = style
    return made


def actions(*elements: Element, block_id: str = "") -> Block:
    """Buttons and other controls in a row, 25 at most."""
    block: Block = {"type": "actions", "elements": list(elements)[:25]}
    return {**block, "block_id": block_id} if block_id else block


def divider() -> Block:
    """A line across."""
    return {"type": "divider"}


def card(text: str, *blocks: Block | None) -> Card:
    """A message inside every limit; ``None`` stands for a block that this card does not need."""
    return Card(fit([block for block in blocks if block is not None]), escape(cut(text, TEXT)))


def fit(
    blocks: Sequence[Block], *, most_blocks: int = MOST_BLOCKS, most_characters: int = MOST_CHARACTERS
) -> list[Block]:
    """The same blocks inside the limits of a message, or of whatever surface is named."""
    return fit_blocks(blocks, most_blocks=most_blocks, most_characters=most_characters)
