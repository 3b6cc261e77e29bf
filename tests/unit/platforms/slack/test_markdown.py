"""Authors' Markdown as rich text: structure becomes elements, everything else stays text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack.blocks import card
from bot.platforms.slack.markdown import elements, markdown, spans
from tests.e2e.slack.limits import message_faults


def test_words_keep_their_styles() -> None:
    [section] = elements("a **b** *c* `d < e` [f](https://x.example)")
    runs = [(run["type"], run["text"], run.get("style")) for run in section["elements"]]
    assert runs == [
        ("text", "a ", None),
        ("text", "b", {"bold": True}),
        ("text", " ", None),
        ("text", "c", {"italic": True}),
        ("text", " ", None),
        ("text", "d < e", {"code": True}),
        ("text", " ", None),
        ("link", "f", None),
    ]


def test_code_is_as_it_was_written() -> None:
    [block] = elements("````python\nprint('```')  # <!channel>\n````\n")
    assert block["type"] == "rich_text_preformatted"
    assert block["elements"][0]["text"] == "print('```')  # <!channel>"


def test_lists_are_nested_and_numbered() -> None:
    first, second = elements("1. one\n   - deeper\n2. two\n")[:2]
    assert (first["style"], first["indent"]) == ("ordered", 0)
    assert (second["style"], second["indent"]) == ("bullet", 1)


def test_tables_are_aligned_as_code() -> None:
    [table] = elements("| name | n |\n|---|---|\n| a | 100 |\n")
    assert table["elements"][0]["text"] == "name  n\na     100"


def test_html_and_mentions_are_text() -> None:
    [section] = elements("<b>x</b> <!channel> @here")
    assert section["elements"] == [{"type": "text", "text": "<b>x</b> <!channel> @here"}]


def test_a_link_that_is_not_of_the_web_stays_text() -> None:
    [section] = elements("[x](javascript:alert)")
    assert {run["type"] for run in section["elements"]} == {"text"}


def test_nothing_is_no_block() -> None:
    assert markdown("  \n") is None
    assert spans("") == []


@given(st.text(alphabet="ab*_`~#->[]()|!\n <&\\1.", max_size=300))
def test_every_markdown_is_a_message_that_slack_takes(text: str) -> None:
    made = card("x", markdown(text) or markdown("x"))
    assert message_faults(made.blocks, made.text) == []
