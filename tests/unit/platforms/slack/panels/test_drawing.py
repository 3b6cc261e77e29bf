"""Panels in Block Kit: everything that they hold is shown, and no limit of Slack's is crossed."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.slack import dialogs
from bot.platforms.slack.panels import drawing, forms
from bot.services.panels import (
    Attachment,
    Block,
    Code,
    Facts,
    Form,
    Input,
    Panel,
    Picture,
    Press,
    Prose,
    Spoiler,
    Table,
    Tone,
    Words,
)
from tests.e2e.slack.limits import message_faults, view_faults
from tests.unit.platforms.slack.worst import CODE, HOSTILE, LONG, MARKDOWN, NOW

PICTURE = Picture("board.png", b"\x89PNG", "Ada leads with 42 points")
TABLE = Table(("Name", "Points"), (("Ada", "42"), ("明日香", "7")), frozenset({1}))
EVERY: tuple[Block, ...] = (
    Prose(MARKDOWN),
    Words(LONG),
    Code(CODE, "python"),
    Spoiler(LONG, MARKDOWN),
    Facts(((LONG, LONG), ("when", NOW))),
    Table((HOSTILE,) * 30, ((LONG,) * 30,) * 100),
    Table(("a",), ()),
    Picture("x" * 999, b"1", LONG),
    Attachment("y" * 999, b"2", "text/plain"),
    Prose(""),
    Words(""),
    Code(""),
    Facts(()),
    Table((), ()),
    Spoiler("", ""),
)
WORST = Panel(
    title=LONG,
    blocks=EVERY * 4,
    presses=tuple(
        tuple(Press(label=LONG, name="n" * 40, arguments=("a" * 30, str(at))) for at in range(5))
        for _ in range(5)
    ),
    footer=LONG,
    tone=Tone.BAD,
)


def texts(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize(
    "panel", [WORST, Panel(title=""), Panel(title="x", blocks=EVERY)], ids=["worst", "empty", "all"]
)
def test_the_worst_panel_is_inside_every_limit(panel: Panel) -> None:
    files = {drawing.picture_key(block): "F00000001" for block in panel.blocks if isinstance(block, Picture)}
    for pictures in ({}, files):
        made = drawing.draw(panel, pictures)
        assert message_faults(made.blocks, made.text) == []
        in_view = drawing.draw(panel, pictures, in_view=True)
        assert view_faults(dialogs.view("Warmup", in_view.blocks)) == []


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.builds(Prose, st.text(max_size=900)),
            st.builds(Words, st.text(max_size=900)),
            st.builds(Code, st.text(max_size=900)),
            st.builds(Spoiler, st.text(max_size=90), st.text(max_size=9_000)),
            st.builds(
                Table,
                st.tuples(st.text(max_size=9), st.text(max_size=9)),
                st.lists(st.tuples(st.text(max_size=80), st.text(max_size=9)), max_size=120).map(tuple),
            ),
        ),
        max_size=30,
    )
)
def test_whatever_a_panel_holds_slack_takes_it(blocks: list[Block]) -> None:
    made = drawing.draw(Panel(title="t", blocks=tuple(blocks)))
    assert message_faults(made.blocks, made.text) == []


def test_all_buttons_of_the_worst_panel_are_left() -> None:
    rows = [block for block in drawing.draw(WORST).blocks if block.get("block_id", "").startswith("row")]
    assert [len(row["elements"]) for row in rows] == [5] * 5


def test_everything_is_shown_in_its_order() -> None:
    panel = Panel(
        title="Due today",
        blocks=(
            Prose("**three** cards"),
            Facts((("Next", datetime(2026, 11, 20, 9, tzinfo=UTC)), ("Left", "3"))),
            Code("print(1)"),
            PICTURE,
        ),
        footer="by FSRS",
    )
    shown = texts(drawing.draw(panel).blocks)
    order = ["Due today", "three", "Next", "1795165200", "Left", "print(1)", PICTURE.alt, "by FSRS"]
    places = [shown.index(each) for each in order]
    assert places == sorted(places)


def test_a_picture_is_shown_when_it_was_uploaded_and_told_when_it_was_not() -> None:
    panel = Panel(title="Board", blocks=(PICTURE,))
    uploaded = drawing.draw(panel, {drawing.picture_key(PICTURE): "F00000001"})
    assert uploaded.blocks[1] == {
        "type": "image",
        "slack_file": {"id": "F00000001"},
        "alt_text": "Ada leads with 42 points",
    }
    assert "Ada leads with 42 points" in texts(drawing.draw(panel).blocks)
    assert "Ada leads with 42 points" in uploaded.text


def test_the_first_table_is_slacks_own_and_a_second_one_is_aligned_text() -> None:
    made = drawing.draw(Panel(title="t", blocks=(TABLE, TABLE)))
    assert [block["type"] for block in made.blocks] == ["header", "table", "rich_text"]
    assert made.blocks[1]["column_settings"][1]["align"] == "right"
    text = made.blocks[2]["elements"][0]["elements"][0]["text"]
    assert text.split("\n") == ["Name    Points", "Ada         42", "明日香       7"]


def test_in_a_dialog_a_table_is_text() -> None:
    made = drawing.draw(Panel(title="t", blocks=(TABLE,)), in_view=True)
    assert [block["type"] for block in made.blocks] == ["header", "rich_text"]


def test_a_spoiler_is_a_button_that_holds_what_it_hides() -> None:
    made = drawing.draw(
        Panel(title="t", blocks=(Spoiler("Answer", "It is **42**"), Spoiler("Why", "Because")))
    )
    buttons = made.blocks[1]["elements"]
    assert [each["text"]["text"] for each in buttons] == ["Answer", "Why"]
    assert "42" not in texts(made.blocks)
    assert drawing.uncovered(buttons[0]["value"]) == "It is **42**"


def test_a_spoiler_longer_than_a_button_holds_is_cut_with_a_sign() -> None:
    text = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(140))
    kept = drawing.uncovered(drawing.hidden(text))
    assert kept.endswith("…")
    assert text.startswith(kept[:-1])
    assert len(kept) > 1_000


@pytest.mark.parametrize("value", ["nonsense!", "QUJD", "é"])
def test_what_is_no_spoiler_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="spoiler"):
        drawing.uncovered(value)


def test_buttons_carry_their_key_and_what_cannot_be_pressed_is_not_there() -> None:
    presses = (
        Press(label="Good", name="review.grade", arguments=("7", "3"), tone=Tone.MAIN),
        Press(label="Flag", name="question.flag", asks=True),
        Press(label="Back", name="page", disabled=True),
    )
    row = drawing.draw(Panel(title="t", presses=(presses, presses[2:]))).blocks[1]
    assert [(each["action_id"], each["value"]) for each in row["elements"]] == [
        ("panel|0.0", "review.grade:7:3"),
        ("ask|0.1", "question.flag"),
    ]
    assert row["elements"][0]["style"] == "primary"


CHOICES = (("", "every topic"), ("sql", "SQL"), ("x" * 200, LONG))
FORM = Form(
    LONG,
    (
        Input(name="text", label=LONG, value=LONG, hint=LONG, long=True),
        Input(name="word", label="Word", most=9),
        Input(name="one", label="One", choices=CHOICES, value="sql"),
        Input(name="some", label="Some", choices=CHOICES, value="sql,", several=True, required=False),
        Input(name="many", label="Many", choices=tuple((str(n), str(n)) for n in range(150)), several=True),
    ),
    send=LONG,
)


def test_the_worst_form_is_inside_every_limit() -> None:
    view = forms.form_dialog(FORM, dialogs.Origin("C1", about="k" * 300), {}, refused=LONG)
    assert view_faults(view) == []
    assert sum(block["type"] == "input" for block in view["blocks"]) == 5


def test_a_form_is_read_back_by_the_names_of_its_fields() -> None:
    state = {
        "text": {"text": {"type": "plain_text_input", "value": "typed"}},
        "word": {"word": {"type": "plain_text_input", "value": None}},
        "one": {"one": {"type": "radio_buttons", "selected_option": {"value": "="}}},
        "some": {"some": {"selected_options": [{"value": "=sql"}, {"value": "=a"}]}},
        "who": {"who": {"type": "users_select", "selected_user": "U0ADA"}},
    }
    assert forms.filled({"state": {"values": state}}) == {
        "text": "typed",
        "one": "",
        "some": "sql,a",
        "who": "U0ADA",
    }


def test_a_form_keeps_what_was_typed_when_it_was_refused() -> None:
    view = forms.form_dialog(FORM, dialogs.Origin("C1"), {"word": "sieve", "one": ""}, refused="Too short.")
    fields = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    assert fields["word"]["initial_value"] == "sieve"
    assert fields["one"]["initial_option"]["value"] == "="
    assert "Too short." in texts(view)
