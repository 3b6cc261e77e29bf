"""Authors' Markdown as rich text: structure becomes elements, and everything else stays text.

Tables and images, which Slack has no element for, become aligned code and their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.platforms.slack.blocks import Block, Element, bullets, code_block, cut, rich, section, span

LONGEST = 16_000
"""Characters of Markdown that are read; a message holds fewer."""

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_PARSER.validateLink = lambda url: url.lower().startswith(("http://", "https://"))  # type: ignore[method-assign]


@lru_cache(maxsize=512)
def _elements(text: str) -> tuple[Element, ...]:
    return tuple(_blocks(SyntaxTreeNode(_PARSER.parse(text)).children))


def elements(text: str) -> list[Element]:
    """The Markdown as elements of a ``rich_text`` block; empty for empty text."""
    return list(_elements(cut(text, LONGEST) if text else ""))


def markdown(text: str) -> Block | None:
    """The Markdown as a block of its own, or None when there is nothing to show."""
    found = elements(text)
    return rich(*found) if found else None


def spans(text: str) -> list[Element]:
    """Short Markdown (an option, an explanation) as runs for one section; code blocks become code runs."""
    runs: list[Element] = []
    for element in elements(text):
        if runs:
            runs.append(span("\n"))
        runs += _flat(element)
    return runs


def _flat(element: Element) -> list[Element]:
    match element["type"]:
        case "rich_text_preformatted":
            return [span(run["text"], code=True) for run in element["elements"]]
        case "rich_text_list":
            flat: list[Element] = []
            for number, item in enumerate(element["elements"]):
                flat += [span(f"{'' if number == 0 else chr(10)}• "), *item["elements"]]
            return flat
        case _:
            return list(element["elements"])


def _blocks(nodes: Sequence[SyntaxTreeNode], indent: int = 0) -> list[Element]:
    made: list[Element] = []
    for node in nodes:
        match node.type:
            case "paragraph" | "heading":
                spaced = made and made[-1]["type"] == "rich_text_section"
                runs = _inline(node.children, {"bold": True} if node.type == "heading" else {})
                made.append(section(*([span("\n"), *runs] if spaced else runs)))
            case "fence" | "code_block":
                made.append(code_block(node.content))
            case "bullet_list" | "ordered_list":
                made += _list(node, indent)
            case "blockquote":
                quoted = [run for child in _blocks(node.children) for run in [*_flat(child), span("\n")]]
                made.append({"type": "rich_text_quote", "elements": quoted[:-1] or [span("")]})
            case "table":
                made.append(code_block(_table(node)))
            case "hr":
                made.append(section(span("―――")))
            case _:
                made += _blocks(node.children, indent)
    return made


def _list(node: SyntaxTreeNode, indent: int) -> list[Element]:
    """A list; what an item holds besides its words follows it, deeper lists one step further in."""
    made: list[Element] = []
    items: list[list[Element]] = []
    ordered = node.type == "ordered_list"

    def flush() -> None:
        if items:
            made.append(bullets(items, ordered=ordered, indent=indent))
            items.clear()

    for item in node.children:
        inner = _blocks(item.children, indent + 1)
        first = inner.pop(0) if inner and inner[0]["type"] == "rich_text_section" else section()
        items.append(first["elements"])
        if inner:
            flush()
            made += inner
    flush()
    return made


def _table(node: SyntaxTreeNode) -> str:
    rows = [
        ["".join(run.get("text", "") for run in _inline(cell.children, {})) for cell in row.children]
        for part in node.children
        for row in part.children
    ]
    widths = [max(len(row[at]) for row in rows if at < len(row)) for at in range(max(map(len, rows)))]
    lines = ["  ".join(cell.ljust(widths[at]) for at, cell in enumerate(row)).rstrip() for row in rows]
    return "\n".join(lines)


def _inline(nodes: Sequence[SyntaxTreeNode], style: dict[str, bool]) -> list[Element]:
    runs: list[Element] = []
    for node in nodes:
        match node.type:
            case "text":
                runs += [_styled(node.content, style)] if node.content else []
            case "code_inline":
                runs.append(_styled(node.content, {**style, "code": True}))
            case "softbreak":
                runs.append(span(" "))
            case "hardbreak":
                runs.append(span("\n"))
            case "strong":
                runs += _inline(node.children, {**style, "bold": True})
            case "em":
                runs += _inline(node.children, {**style, "italic": True})
            case "s":
                runs += _inline(node.children, {**style, "strike": True})
            case "link":
                words = "".join(run.get("text", "") for run in _inline(node.children, {}))
                url = str(node.attrs.get("href", ""))
                runs.append({"type": "link", "url": url[:3_000], "text": words or url})
            case "image":
                runs.append(_styled(node.content or "image", style))
            case _:
                runs += _inline(node.children, style)
    return runs


def _styled(text: str, style: dict[str, bool]) -> Element:
    run = span(text)
    return {**run, "style": dict(style)} if style else run
