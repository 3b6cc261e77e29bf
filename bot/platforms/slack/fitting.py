"""Blocks made to fit: the longest texts in them are cut, all to the same length, and the reader is told.

The work is bounded by the size of what comes in: every text is measured once, and a block is measured again
only when it has lost half of its elements.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from typing import Any

Block = dict[str, Any]
Element = dict[str, Any]

CUT = "… (cut)"
"""Ends a text that goes on, and stands below a message from which whole parts were left out."""
LEAST = 40
"""Characters that stay of every text; when even that is too much, whole elements go."""
SPOILERS = "spoilers"
"""Begins the ids of blocks whose buttons hold text: these go like text."""
TEXTS = ("text", "link", "raw_text")
"""Types of elements whose text may be cut."""
NOTE: Block = {"type": "context", "elements": [{"type": "plain_text", "text": CUT, "emoji": False}]}


def weight(value: Any) -> int:
    """Characters of blocks as they travel."""
    return len(json.dumps(value, ensure_ascii=False))


def fit_blocks(blocks: Sequence[Block], *, most_blocks: int, most_characters: int) -> list[Block]:
    """The same blocks inside the limits. Controls are never dropped before the text above them."""
    fitted: list[Block] = copy.deepcopy(list(blocks))
    texts: dict[int, str] = {}
    for run in _runs(fitted):
        texts[id(run)], run["text"] = run["text"], _beginning(run["text"], LEAST)
    dropped = _drop_blocks(fitted, most_blocks)
    dropped |= _drop_elements(fitted, most_characters)
    if dropped:
        _drop_blocks(fitted, most_blocks - 1)
        _drop_elements(fitted, most_characters - weight(NOTE) - 2)
        fitted.insert(_end_of_text(fitted), copy.deepcopy(NOTE))
    _fill([(run, texts[id(run)]) for run in _runs(fitted)], most_characters - weight(fitted))
    return fitted


def _runs(value: Any) -> Iterator[Element]:
    """Every element whose text may be cut."""
    if isinstance(value, list):
        for each in value:
            yield from _runs(each)
    elif isinstance(value, dict):
        if value.get("type") in TEXTS and isinstance(value.get("text"), str):
            yield value
        for each in value.values():
            if isinstance(each, (list, dict)):
                yield from _runs(each)


def _drop_blocks(blocks: list[Block], most: int) -> bool:
    """Take the last blocks of text out until there are no more than ``most``; whether any went."""
    if len(blocks) <= most:
        return False
    while len(blocks) > most:
        del blocks[_least_needed(blocks)]
    return True


def _least_needed(blocks: list[Block]) -> int:
    for at in range(len(blocks) - 1, -1, -1):
        if blocks[at]["type"] not in ("actions", "input", "header") or _hides_text(blocks[at]):
            return at
    return len(blocks) - 1


def _hides_text(block: Block) -> bool:
    """Whether the buttons of a block hold text that they uncover."""
    return str(block.get("block_id", "")).startswith(SPOILERS)


def _drop_elements(blocks: list[Block], most: int) -> bool:
    """Halve the heaviest text until all blocks together weigh no more than ``most``; whether any went."""
    weights = [weight(block) + 2 for block in blocks]
    if sum(weights) <= most:
        return False
    while blocks and sum(weights) > most:
        cuttable = [at for at, block in enumerate(blocks) if block["type"] in ("rich_text", "table")]
        at = max(cuttable, key=weights.__getitem__) if cuttable else _least_needed(blocks)
        inner = _inner(blocks[at])
        if len(inner) > 1:
            del inner[(len(inner) + 1) // 2 :]
            weights[at] = weight(blocks[at]) + 2
        else:
            del blocks[at], weights[at]
    return True


def _inner(block: Block) -> list[Any]:
    """The elements that a block can lose the later half of; one or none when it goes as a whole."""
    if block["type"] == "table":
        rows: list[Any] = block["rows"]
        return rows
    inner: list[Any] = block.get("elements", []) if block["type"] == "rich_text" else []
    while len(inner) == 1 and inner[0].get("elements"):
        inner = inner[0]["elements"]
    return inner


def _end_of_text(blocks: list[Block]) -> int:
    """Where a word about what is missing stands: below the text, above the controls that end a message."""
    for at in range(len(blocks) - 1, -1, -1):
        if blocks[at]["type"] not in ("actions", "context"):
            return at + 1
    return 0


def _fill(runs: Sequence[tuple[Element, str]], room: int) -> None:
    """Give the texts back as far as there is room: the short ones whole, the others to the same length."""
    kept = sum(_size(run["text"]) for run, _ in runs)
    sizes = sorted(_size(text) for _, text in runs)
    left, level = room + kept, 0
    for at, size in enumerate(sizes):
        share = left // (len(sizes) - at)
        if size > share:
            level = share
            break
        left -= size
        level = size
    for run, text in runs:
        run["text"] = _beginning(text, max(level, LEAST))


def _beginning(text: str, most: int) -> str:
    """As much of a text as travels in ``most`` characters, with a sign when it goes on."""
    if len(text) <= most and _size(text) <= most:
        return text
    room, end = most - len(CUT), 0
    for char in text:
        room -= _cost(char)
        if room < 0:
            break
        end += 1
    return text[:end].rstrip() + CUT


def _size(text: str) -> int:
    return weight(text) - 2


def _cost(char: str) -> int:
    if char in '"\\\n\r\t\b\f':
        return 2
    return 6 if char < " " else 1
