"""Panels as they are kept in the history: JSON, with every block under its name."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.services.panels import (
    Attachment,
    Block,
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

Document = Mapping[str, Any]


def block_name(block: Block) -> str:
    """The name of the block's type, under which it is kept and drawn."""
    return type(block).__name__.lower()


def write_panel(panel: Panel) -> dict[str, Any]:
    """The panel as JSON values."""
    return {
        "title": panel.title,
        "blocks": [{"block": block_name(block), **_write_block(block)} for block in panel.blocks],
        "presses": [[asdict(press) for press in row] for row in panel.presses],
        "footer": panel.footer,
        "tone": str(panel.tone),
        "public": panel.public,
        "replaces": panel.replaces,
    }


def read_panel(document: Document) -> Panel:
    """The panel in a document. Raises ``KeyError``, ``TypeError`` or ``ValueError`` for another version's."""
    return Panel(
        title=document["title"],
        blocks=tuple(_read_block(dict(block)) for block in document["blocks"]),
        presses=tuple(tuple(_read_press(press) for press in row) for row in document["presses"]),
        footer=document["footer"],
        tone=Tone(document["tone"]),
        public=document["public"],
        replaces=document["replaces"],
    )


def _write_block(block: Block) -> dict[str, Any]:
    match block:
        case Facts(pairs):
            return {"pairs": [[name, _write_value(value)] for name, value in pairs]}
        case Table(head, rows, numbers):
            return {"head": list(head), "rows": [list(row) for row in rows], "numbers": sorted(numbers)}
        case Picture(name, png, alt):
            return {"name": name, "png": b64encode(png).decode(), "alt": alt}
        case Attachment(name, content, kind):
            return {"name": name, "content": b64encode(content).decode(), "kind": kind}
        case plain:
            return asdict(plain)


def _write_value(value: str | datetime) -> str | dict[str, str]:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _read_block(document: dict[str, Any]) -> Block:
    match document.pop("block"):
        case "facts":
            return Facts(tuple((name, _read_value(value)) for name, value in document["pairs"]))
        case "table":
            rows = tuple(tuple(row) for row in document["rows"])
            return Table(tuple(document["head"]), rows, frozenset(document["numbers"]))
        case "picture":
            return Picture(document["name"], b64decode(document["png"]), document["alt"])
        case "attachment":
            return Attachment(document["name"], b64decode(document["content"]), document["kind"])
        case name:
            plain: dict[str, type[Prose | Words | Code | Spoiler]] = {
                block.__name__.lower(): block for block in (Prose, Words, Code, Spoiler)
            }
            return plain[name](**document)


def _read_value(value: str | Document) -> str | datetime:
    return value if isinstance(value, str) else datetime.fromisoformat(value["at"])


def _read_press(document: Document) -> Press:
    return Press(
        **{**document, "arguments": tuple(document["arguments"]), "tone": Tone(document["tone"])},
    )
