"""Fenced code blocks in a chat message, in every way that people type them."""

from __future__ import annotations

import re
from dataclasses import dataclass

FENCE = re.compile(r"^(?P<indent>[ \t>]*)(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)$")
ONE_LINE = re.compile(r"(?P<fence>`{3,})(?P<code>[^`\n]+)(?P=fence)")
LANGUAGE = re.compile(r"^[A-Za-z0-9_+#.-]{1,20}$")
TAGS = frozenset({"py", "python", "python3", "py3", "pycon", "sql", "sqlite", "text", "txt", "code"})
"""Language tags that are told from code on the fence's own line."""


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language tag and its text."""

    tag: str
    text: str


def fenced_blocks(text: str) -> list[Block]:
    """Every fenced block: backticks or tildes, three or more, indented, quoted, on one line, or unclosed."""
    blocks: list[Block] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        one_line = ONE_LINE.search(lines[at])
        if one_line:
            blocks.append(Block(*_tag_and_rest(one_line["code"])))
            at += 1
            continue
        opening = _opening(lines[at])
        at += 1
        if opening is None:
            continue
        prefix, fence, info, first = opening
        body = [first] if first is not None else []
        while at < len(lines):
            line = lines[at]
            at += 1
            rest, closed = _closing(line, fence)
            if closed:
                if rest.strip():
                    body.append(rest)
                break
            body.append(_without_prefix(line, prefix))
        blocks.append(Block(info, "\n".join(body) + "\n"))
    return blocks


def _opening(line: str) -> tuple[str, str, str, str | None] | None:
    """Prefix, fence, tag, and code on the fence's own line; prose may stand before the fence."""
    match = FENCE.match(line)
    if match is None:
        before, fence, info = line.partition("```")
        if not fence or "`" in before or "`" in info:
            return None
        prefix, mark = "", "```"
    else:
        prefix, mark, info = match["indent"], match["fence"], match["info"]
        if mark[0] == "`" and "`" in info:
            return None
    info = info.strip()
    if not info or LANGUAGE.match(info):
        return prefix, mark, info.lower(), None
    tag, rest = _tag_and_rest(info)
    return prefix, mark, tag, rest


def _tag_and_rest(code: str) -> tuple[str, str]:
    """Split a language tag off code on the fence's own line: only known tags, so that no code is lost."""
    first, _, rest = code.strip().partition(" ")
    if rest.strip() and first.lower() in TAGS:
        return first.lower(), rest.strip()
    return "", code.strip()


def _closing(line: str, fence: str) -> tuple[str, bool]:
    """What stands before a closing fence on this line, and whether there is one."""
    stripped = line.strip().lstrip("> \t") if line.strip().startswith(">") else line.strip()
    if stripped and set(stripped) == {fence[0]} and len(stripped) >= len(fence):
        return "", True
    if fence[0] == "`" and stripped.endswith(fence) and "`" not in stripped[: -len(fence)]:
        return line.rstrip()[: -len(fence)], True  # code right before the closing fence
    return "", False


def _without_prefix(line: str, prefix: str) -> str:
    """The line without the indentation or quote marks that its opening fence has."""
    if not prefix:
        return line
    if ">" in prefix:
        return re.sub(r"^[ \t]*>[ ]?", "", line)
    common = 0
    while common < len(prefix) and line[common : common + 1] == prefix[common]:
        common += 1
    return line[common:]
