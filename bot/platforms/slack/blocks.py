"""Block Kit, as far as cards use it, and the one place that keeps every message inside Slack's limits.

Text of authors and members goes into ``rich_text`` and ``plain_text`` only: Slack shows both as they are,
so nothing in them can ping, link or format. Markup (``mrkdwn``) is written by this package alone.
Limits: https://docs.slack.dev/reference/block-kit/blocks; the total is what Slack takes in practice.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
TEXT = 3_000
"""Characters of the plain text that stands for a card in notifications; Slack takes 4,000."""
CUT = "… (cut)"


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
    """The same blocks inside the limits: the longest texts in them are cut, all to the same length.

    Controls are never dropped before the text above them.
    """
    fitted: list[Block] = copy.deepcopy(list(blocks))
    while len(fitted) > most_blocks:
        dropped = next(
            (at for at in range(len(fitted) - 1, -1, -1) if fitted[at]["type"] not in ("actions", "header")),
            len(fitted) - 1,
        )
        del fitted[dropped]
    _cut_runs(fitted, most_characters)
    while weight(fitted) > most_characters:
        _drop_half(fitted)
    return fitted


def weight(blocks: Sequence[Block]) -> int:
    """Characters of the blocks as they travel."""
    return len(json.dumps(list(blocks), ensure_ascii=False))


def _cut_runs(blocks: list[Block], most_characters: int) -> None:
    """Cut every run to the greatest common length at which the whole fits; 40 characters at the least."""
    runs = [(run, run["text"]) for run in _runs(blocks)]

    def cut_to(length: int) -> bool:
        for run, text in runs:
            run["text"] = text if len(text) <= length else text[: length - len(CUT)].rstrip() + CUT
        return weight(blocks) <= most_characters

    low, high = 40, most_characters
    if cut_to(high):
        return
    while high - low > 8:
        middle = (low + high) // 2
        low, high = (middle, high) if cut_to(middle) else (low, middle)
    cut_to(low)


def _runs(value: Any) -> Iterator[Element]:
    """Every text run that may be cut."""
    if isinstance(value, list):
        for each in value:
            yield from _runs(each)
    elif isinstance(value, dict):
        if value.get("type") in ("text", "link") and isinstance(value.get("text"), str):
            yield value
        for each in value.values():
            if isinstance(each, (list, dict)):
                yield from _runs(each)


def _drop_half(blocks: list[Block]) -> None:
    """Take the later half out of the heaviest rich text; a block that is one element goes as a whole."""
    texts = [block for block in blocks if block["type"] == "rich_text"]
    heaviest = max(texts or blocks, key=lambda block: weight([block]))
    inner = heaviest.get("elements", [])
    while len(inner) == 1 and inner[0].get("elements"):
        inner = inner[0]["elements"]
    if heaviest["type"] == "rich_text" and len(inner) > 1:
        del inner[len(inner) // 2 :]
    else:
        blocks.remove(heaviest)
