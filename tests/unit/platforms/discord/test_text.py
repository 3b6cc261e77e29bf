"""Text is made harmless and cut to fit without breaking what Discord reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.discord.text import Code, Prose, cut_markdown, fit, inline_code, label, plain

BEFORE = st.sampled_from(["", "**Got**"])
PARTS = st.lists(
    st.one_of(
        st.builds(Prose, st.text(max_size=3_000), st.sampled_from(["", "**A.** "])),
        st.builds(Code, st.text(max_size=3_000), st.sampled_from(["", "python"]), BEFORE),
    ),
    max_size=12,
)


@given(PARTS, st.integers(200, 4_000))
def test_whatever_the_parts_they_fit_together(parts, limit):
    assert sum(map(len, fit(parts, limit))) <= limit


def test_short_parts_stay_whole_where_one_long_one_is_cut():
    texts = fit([Prose("short"), Prose("long " * 1_000), Prose("also short")], 200)
    assert texts[0] == "short"
    assert texts[2] == "also short"
    assert texts[1].endswith("…")


def test_code_is_cut_at_a_line_and_its_block_is_closed():
    text = Code("\n".join(f"line {number}" for number in range(100)), "python").fit(120)
    assert text.startswith("```python\nline 0\n")
    assert text.endswith("\n…\n```")
    assert all(line in {"```python", "…", "```"} or line.startswith("line ") for line in text.split("\n"))


def test_code_that_holds_a_fence_does_not_leave_its_block():
    text = Code('print("""```""")\n```\n@everyone').fit(1_000)
    assert text.count("```") == 2


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_a_cut_inside_a_block_closes_it(fence):
    text = Prose(f"See:\n{fence}python\n" + "x = 1\n" * 100 + f"{fence}\n").fit(100)
    assert text.startswith("See:\n```python\nx = 1")
    assert text.endswith("\n```\n…")


def test_an_option_that_begins_with_code_begins_a_line():
    assert Prose("```py\n1\n```", "**A.** ").fit(100) == "**A.** \n```py\n1\n```"


@given(st.text(), st.integers(0, 50))
def test_a_cut_is_never_longer_than_asked(text, limit):
    assert len(cut_markdown(text, limit)) <= limit


@pytest.mark.parametrize("name", ["@everyone", "<@123>", "<@&5>", "@here", "https://x.example", "<t:1:R>"])
def test_a_name_becomes_no_mention_and_no_link(name):
    assert name not in plain(name)


def test_inline_code_cannot_be_left():
    assert inline_code("a`b") == "`aˋb`"
    assert inline_code("") == ""


def test_a_label_is_one_line():
    assert label("a\nb   c", 10) == "a b c"
    assert label("x" * 50, 10) == "x" * 9 + "…"
