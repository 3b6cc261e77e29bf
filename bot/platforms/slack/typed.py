"""Undoing what Slack does to text and code on its way: what is graded is what was typed.

A message from Slack's composer comes twice: as blocks, which hold the characters as typed, and as text, in
which ``&``, ``<`` and ``>`` are escaped and links are marked up. The blocks are read first; slash commands
have the text alone. Curly quotes and odd spaces are mended by ``bot.domain.mending`` for every platform.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MARKUP = re.compile(
    r"<(?:(?P<url>(?:https?|ftp|mailto|tel):[^<>|\s]+)|(?P<mark>[@#!])(?P<id>[A-Za-z0-9^._-]+))"
    r"(?:\|(?P<label>[^<>]*))?>"
)
"""Slack's own markup. A ``<`` that somebody typed is ``&lt;`` at this point and never matches."""
ENTITY = re.compile(r"&(amp|lt|gt);")
ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
MEMBER = re.compile(r"<@(?P<id>[UW][A-Z0-9]+)(?:\|[^>]*)?>")


def as_typed(text: str) -> str:
    """The text without Slack's markup and entities. Undone once: ``&amp;lt;`` was typed as ``&lt;``."""
    return ENTITY.sub(lambda found: ENTITIES[found[1]], MARKUP.sub(_unmarked, text))


def _unmarked(found: re.Match[str]) -> str:
    label = found["label"]
    if found["url"] is not None:
        return label or found["url"].removeprefix("mailto:").removeprefix("tel:")
    mark = "@" if found["mark"] == "!" else found["mark"]
    name = label or found["id"]
    return name if name.startswith(mark) else f"{mark}{name}"


def mentioned_member(text: str) -> str | None:
    """The id of the first member that a text mentions."""
    found = MEMBER.search(text)
    return found["id"] if found else None


def message_text(message: Mapping[str, Any], bot_user: str = "") -> str:
    """What a person typed into the composer, code blocks fenced again; mentions of the bot are left out."""
    blocks = [block for block in message.get("blocks") or () if block.get("type") == "rich_text"]
    if not blocks:
        text = str(message.get("text") or "")
        return as_typed(re.sub(rf"<@{re.escape(bot_user)}(?:\|[^>]*)?>", "", text) if bot_user else text)
    parts = [part for block in blocks for part in _parts(block.get("elements") or (), bot_user)]
    return "\n".join(parts).strip("\n")


def _parts(elements: Sequence[Mapping[str, Any]], bot_user: str) -> Iterator[str]:
    for element in elements:
        inner = element.get("elements") or ()
        match element.get("type"):
            case "rich_text_preformatted":
                code = "".join(_run(run, bot_user) for run in inner).strip("\n")
                fence = "`" * max(3, _longest_backticks(code) + 1)
                yield f"{fence}\n{code}\n{fence}"
            case "rich_text_list":
                yield from _parts(inner, bot_user)
            case _:
                yield "".join(_run(run, bot_user) for run in inner)


def _run(run: Mapping[str, Any], bot_user: str) -> str:
    """One run as it was typed; a link keeps the words that were typed, not the address made of them."""
    match run.get("type"):
        case "link":
            return str(run.get("text") or run.get("url") or "")
        case "user":
            return "" if run.get("user_id") == bot_user else f"@{run.get('user_id', '')}"
        case "channel":
            return f"#{run.get('channel_id', '')}"
        case "broadcast":
            return f"@{run.get('range', '')}"
        case "emoji":
            return f":{run.get('name', '')}:"
    text = str(run.get("text") or "")
    return f"`{text}`" if (run.get("style") or {}).get("code") and text.strip() else text


def _longest_backticks(code: str) -> int:
    return max((len(found) for found in re.findall(r"`{3,}", code)), default=0)


def has_code(text: str) -> bool:
    """Whether a message has a fenced block."""
    return "```" in text or re.search(r"^\s*~~~", text, re.MULTILINE) is not None
