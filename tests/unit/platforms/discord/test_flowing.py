"""Paragraphs that were wrapped in an editor fill Discord's lines; what needs its lines keeps them."""

from __future__ import annotations

import pytest

from bot.platforms.discord.flowing import flowing

KEEPS_ITS_LINES = {
    "code": "```python\nfirst\nsecond\n```",
    "open code": "```\nfirst\nsecond",
    "indented code": "text\n\n    first\n    second",
    "list": "- first\n- second",
    "numbered list": "1. first\n2. second",
    "heading": "# heading\ntext",
    "quote": "> first\n> second",
    "table": "| a | b |\n|---|---|\n| 1 | 2 |",
    "hard break by spaces": "first  \nsecond",
    "hard break by backslash": "first\\\nsecond",
    "paragraphs": "first\n\nsecond",
    "nothing": "",
}


def test_a_wrapped_paragraph_becomes_one_line():
    assert flowing("An author's editor\nbreaks lines\nhere.\n\nAnd a\nsecond.") == (
        "An author's editor breaks lines here.\n\nAnd a second."
    )


def test_a_wrapped_list_item_becomes_one_line():
    assert flowing("- first item\n  goes on\n- second") == "- first item goes on\n- second"


@pytest.mark.parametrize("text", KEEPS_ITS_LINES.values(), ids=KEEPS_ITS_LINES.keys())
def test_what_needs_its_lines_keeps_them(text):
    assert flowing(text) == text


def test_code_between_wrapped_paragraphs_is_untouched():
    assert flowing("Read\nthis:\n\n```python\nif x:\n    y()\n```\n\nWhat is\ny?") == (
        "Read this:\n\n```python\nif x:\n    y()\n```\n\nWhat is y?"
    )
