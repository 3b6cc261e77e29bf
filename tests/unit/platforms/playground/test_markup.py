"""Whatever people write becomes text, never markup of theirs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.playground.markup import HIGHLIGHT_LIMIT, chat, code, markdown

TAG = re.compile(r"<(/?)([a-z0-9]+)([^<>]*)>")
TAGS = {"p", "em", "strong", "s", "code", "pre", "span", "a", "ul", "ol", "li", "blockquote", "br", "hr"} | {
    *("h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
}
ATTRIBUTES = {"class", "href", "rel", "target", "title", "tabindex", "role", "aria-label", "start"}


def assert_harmless(html: str) -> None:
    without = TAG.sub("", html)
    assert "<" not in without
    for _, tag, attributes in TAG.findall(html):
        assert tag in TAGS
        for name in re.findall(r"""\s([a-z-]+)=""", re.sub(r'"[^"]*"', '""', attributes)):
            assert name in ATTRIBUTES
    for target in re.findall(r'href="([^"]*)"', html):
        assert target.lower().startswith(("http://", "https://"))


@given(st.text())
def test_any_text_is_harmless(text: str) -> None:
    assert_harmless(markdown(text))
    assert_harmless(chat(text))
    assert_harmless(code(text, "python"))


MARKDOWN = ["[a](", "http://x", ")", "![", "]", "`", "```", "\n", "| a |", "|---|:-:|", "# ", "> ", "\\", "x"]
HOSTILE = ["<b>", "</li>", "javascript:", "<!--", "&lt;", '"', " onclick=", "<https://x>", "data:text/html,x"]


@given(st.lists(st.sampled_from([*MARKDOWN, *HOSTILE]), max_size=12).map("".join))
def test_hostile_markdown_is_harmless(text: str) -> None:
    assert_harmless(markdown(text))


@pytest.mark.parametrize("sign", ["a < b", "x | y", "@everyone", "**", "\\d+", "a_b_c", "<script>"])
def test_signs_survive_in_code(sign: str) -> None:
    shown = re.sub(r"<[^>]+>", "", markdown(f"`{sign}`")).strip()
    assert shown.replace("&lt;", "<").replace("&gt;", ">") == sign


def test_links_are_the_web_only_and_say_what_they_are() -> None:
    html = markdown("[docs](https://example.org/a?b=1&c=2)")
    assert 'href="https://example.org/a?b=1&amp;c=2"' in html
    assert 'rel="noopener noreferrer nofollow ugc"' in html
    for target in (
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "file:///etc/passwd",
    ):
        assert "<a " not in markdown(f"[x]({target})")


def test_images_are_not_loaded() -> None:
    assert "<img" not in markdown("![cat](https://example.org/cat.png)")


def test_a_table_has_no_inline_style() -> None:
    assert "style=" not in markdown("| a | b |\n|:-:|--:|\n| 1 | 2 |")


def test_python_is_highlighted() -> None:
    assert '<span class="k">return</span>' in code("return 1", "py")


@pytest.mark.parametrize("language", ["klingon", "", "text", "<b>"])
def test_an_unknown_language_is_shown_plain(language: str) -> None:
    assert "<code>a &lt; b</code>" in code("a < b", language)


def test_very_long_code_is_shown_plain() -> None:
    assert "<span" not in code("x = 1\n" * HIGHLIGHT_LIMIT, "python")


def test_chat_keeps_line_breaks_where_prose_joins_lines() -> None:
    assert "<br" in chat("one\ntwo")
    assert "<br" not in markdown("one\ntwo")


def test_an_authors_heading_starts_below_the_cards() -> None:
    assert markdown("# Big").startswith("<h4>")
