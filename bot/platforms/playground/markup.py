"""Untrusted text to safe HTML: Markdown with HTML off, and highlighted code.

Everything returned is ``Markup`` whose tags are ours; whatever the author or a member wrote is
escaped. Links keep only ``http`` and ``https``, images are shown as their text.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

HIGHLIGHT_LIMIT = 20_000
"""Characters beyond which code is shown plain: lexers are regular expressions over untrusted text."""

_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
_ALIASES = {"py": "python", "python3": "python", "txt": "text", "": "text", "output": "text"}


@lru_cache(maxsize=512)
def _highlighted(code: str, language: str) -> Markup:
    name = _ALIASES.get(language, language)
    if name == "text" or len(code) > HIGHLIGHT_LIMIT:
        return escape(code)
    try:
        lexer = get_lexer_by_name(name, stripnl=False)
    except ClassNotFound:
        return escape(code)
    return Markup(highlight(code, lexer, _FORMATTER))  # noqa: S704 - Pygments escapes the code


def code(text: str, language: str = "text", label: str = "") -> Markup:
    """A block of code that scrolls inside the card and can be reached by keyboard."""
    name = label or ("Code" if language not in ("", "text") else "Text")
    inner = _highlighted(text.replace("\r\n", "\n").rstrip("\n"), language.strip().lower())
    return Markup('<pre class="code" tabindex="0" role="group" aria-label="{}"><code>{}</code></pre>').format(
        name, inner
    )


def _fence(
    _self: RendererHTML,
    tokens: Sequence[Token],
    idx: int,
    _options: OptionsDict,
    _env: MutableMapping[str, Any],
) -> str:
    words = tokens[idx].info.split()
    return str(code(tokens[idx].content, words[0] if words else "text"))


def _link_open(
    self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    if not tokens[idx].attrs.get("href"):
        tokens[idx].attrs.pop("href", None)
    tokens[idx].attrSet("rel", "noopener noreferrer nofollow ugc")
    tokens[idx].attrSet("target", "_blank")
    return self.renderToken(tokens, idx, options, env)


def _heading(
    self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    """Cards own the levels above: an author's heading starts below them."""
    tokens[idx].tag = f"h{min(int(tokens[idx].tag[1]) + 3, 6)}"
    return self.renderToken(tokens, idx, options, env)


def _cell(
    self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    """Alignment is an inline style in the parser's own words; ours allow none."""
    tokens[idx].attrs.pop("style", None)
    return self.renderToken(tokens, idx, options, env)


def _parser(*, line_breaks: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": line_breaks})
    parser.enable(["table", "strikethrough"]).disable(["image"])
    # A link that is not plainly the web stays the text it was.
    parser.validateLink = lambda url: url.lower().startswith(("http://", "https://"))  # type: ignore[method-assign]
    for rule, function in {
        "fence": _fence,
        "code_block": _fence,
        "link_open": _link_open,
        "heading_open": _heading,
        "heading_close": _heading,
        "th_open": _cell,
        "td_open": _cell,
    }.items():
        parser.add_render_rule(rule, function)
    return parser


_PROSE = _parser(line_breaks=False)
_CHAT = _parser(line_breaks=True)


@lru_cache(maxsize=1024)
def markdown(text: str) -> Markup:
    """An author's Markdown (prompts, options, explanations) as HTML blocks."""
    return Markup(_PROSE.render(text))  # noqa: S704 - the parser runs with HTML off


@lru_cache(maxsize=256)
def chat(text: str) -> Markup:
    """A person's message: the same Markdown, with every line break kept."""
    return Markup(_CHAT.render(text))  # noqa: S704 - the parser runs with HTML off
