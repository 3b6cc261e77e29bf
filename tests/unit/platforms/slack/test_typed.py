"""What Slack did to a text is undone, once."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack.typed import as_typed, has_code, mentioned_member, message_text


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;", "&lt;"),
        ("<http://example.com>", "http://example.com"),
        ("<http://example.com|example.com>", "example.com"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<mailto:a@b.example>", "a@b.example"),
        ("<@U0ADA|ada>", "@ada"),
        ("<#C0DAILY|daily>", "#daily"),
        ("<!here>", "@here"),
        ("<!subteam^S1|@team>", "@team"),
        ("x = <not markup>", "x = <not markup>"),
        ("a<b>c", "a<b>c"),
    ],
)
def test_markup_and_entities_are_undone(sent: str, typed: str) -> None:
    assert as_typed(sent) == typed


@given(st.text(max_size=200))
def test_whatever_was_typed_comes_back(typed: str) -> None:
    assert as_typed(html.escape(typed, quote=False)) == typed


def rich(*elements: dict[str, object]) -> dict[str, object]:
    return {"text": "unused", "blocks": [{"type": "rich_text", "elements": list(elements)}]}


def test_blocks_of_code_are_fenced_with_more_backticks_than_they_hold() -> None:
    code = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a = '```'\n"}]}
    assert message_text(rich(code)) == "````\na = '```'\n````"


def test_sections_lists_and_mentions_are_text_and_the_bots_own_name_is_not() -> None:
    section = {
        "type": "rich_text_section",
        "elements": [
            {"type": "user", "user_id": "U0BOT"},
            {"type": "text", "text": " solve "},
            {"type": "text", "text": "x", "style": {"code": True}},
            {"type": "emoji", "name": "tada"},
        ],
    }
    items = {"type": "rich_text_list", "elements": [section]}
    assert message_text(rich(section, items), "U0BOT") == " solve `x`:tada:\n solve `x`:tada:"


def test_without_blocks_the_text_is_read() -> None:
    assert message_text({"text": "<@U0BOT> a &lt; b"}, "U0BOT") == " a < b"


@pytest.mark.parametrize(("text", "yes"), [("```x```", True), ("a\n~~~\nx", True), ("no ~~~ here", False)])
def test_a_fence_is_code(text: str, yes: bool) -> None:
    assert has_code(text) is yes


def test_a_member_is_found_by_id() -> None:
    assert mentioned_member("for <@U0ADA|ada> please") == "U0ADA"
    assert mentioned_member("for ada") is None
