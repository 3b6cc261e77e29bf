"""Lines that an author broke in an editor become whole paragraphs, since Discord shows every line break."""

from __future__ import annotations

from functools import lru_cache

from markdown_it import MarkdownIt

LONGEST = 16_000
"""Characters up to which lines are joined; a message holds fewer, so the rest is cut in any case."""

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


@lru_cache(maxsize=512)
def flowing(text: str) -> str:
    """The Markdown with each paragraph in one line, as CommonMark reads it; all else stays as it is.

    Code, tables and quotes keep their lines, and so do breaks that are meant: two spaces or a backslash at
    a line's end.
    """
    if len(text) > LONGEST:
        return text
    lines = text.split("\n")
    joined: set[int] = set()
    quotes = 0
    for token in _PARSER.parse(text):
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "paragraph_open" and token.map and not quotes:
            joined.update(range(token.map[0] + 1, token.map[1]))
    kept: list[str] = []
    for number, line in enumerate(lines):
        if number in joined and not kept[-1].endswith(("  ", "\\")):
            kept[-1] = f"{kept[-1].rstrip()} {line.strip()}"
        else:
            kept.append(line)
    return "\n".join(kept)
