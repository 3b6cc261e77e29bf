"""Any panel, ordinary and at its worst, is inside Discord's limits, and every block looks like itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.platforms.discord import panels as drawn
from bot.platforms.discord.buttons import Action, Press, read
from bot.platforms.discord.dialogs import Filled
from bot.platforms.discord.forms import form_dialog, values_of
from bot.platforms.discord.render import draw
from bot.services import panels
from bot.services.panels import Form, Input, Panel, Tone
from tests.e2e.discord import limits
from tests.unit.platforms.playground import samples

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONG = f"{samples.HOSTILE} {samples.LONG_WORD} {samples.EMOJI} \u202eright to left\u200b" * 5
PNG = b"\x89PNG\r\n\x1a\n"
BLOCKS: tuple[panels.Block, ...] = (
    panels.Prose(LONG),
    panels.Words(LONG),
    panels.Code(LONG, "python"),
    panels.Spoiler(LONG, f"{LONG}||{LONG}"),
    panels.Facts(((LONG, LONG), ("when", AT))),
    panels.Table((LONG, LONG, "n"), ((LONG, LONG, LONG),) * 60, frozenset({2})),
    panels.Picture("../a b?.png", PNG, LONG),
    panels.Attachment("répört.json", b"{}", "application/json"),
)
PRESSES = tuple(
    tuple(panels.Press(label=LONG, name="n" * 60, arguments=("7",), tone=tone) for tone in (*Tone, Tone.BAD))
    for _ in range(5)
)
WORST = {
    "every block, every button": Panel(title=LONG, blocks=BLOCKS, presses=PRESSES, footer=LONG),
    "many blocks": Panel(title=LONG, blocks=BLOCKS * 6, presses=PRESSES, footer=LONG),
    "a button to a row": Panel(title="x", blocks=BLOCKS, presses=tuple((row[0],) for row in PRESSES * 5)),
    "nothing": Panel(title=""),
}


def checked(panel: Panel, **more: str) -> list[dict[str, Any]]:
    """The components, after Discord has looked at them and the files."""
    sent = draw(panel, **more)
    message = {"flags": limits.V2, "components": sent.components, "allowed_mentions": {"parse": []}}
    limits.check_message(message, [file.filename for file in sent.files])
    return sent.components


def text_of(panel: Panel) -> str:
    return "\n".join(limits.texts(checked(panel)))


@pytest.mark.parametrize("mark", ["", "d" * 24])
@pytest.mark.parametrize("name", WORST)
async def test_the_worst_panel_is_inside_the_limits(name: str, mark: str) -> None:
    for text in limits.texts(checked(WORST[name], mark=mark)):
        assert text.count("```") % 2 == 0


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: type(block).__name__)
async def test_the_worst_block_alone_is_inside_the_limits(block: panels.Block) -> None:
    checked(Panel(title="One", blocks=(block,)))


async def test_what_has_to_be_cut_comes_whole_as_a_file() -> None:
    words = " ".join(f"word{number}" for number in range(2_000))
    sent = draw(Panel(title="Long", blocks=(panels.Prose(words),)))
    assert "the file has all of it" in "\n".join(limits.texts(sent.components))
    (file,) = sent.files
    assert words in file.fp.read().decode()
    assert draw(Panel(title="Short", blocks=(panels.Prose("word"),))).files == []


async def test_words_of_members_stay_words_and_keep_their_lines() -> None:
    text = text_of(Panel(title="Notes", blocks=(panels.Words("# big\n- @everyone **bold** `code`"),)))
    assert "\\# big\n\\- \\@\u200beveryone \\*\\*bold\\*\\* \\`code\\`" in text


async def test_a_spoiler_stays_closed_whatever_is_in_it() -> None:
    text = text_of(Panel(title="Card", blocks=(panels.Spoiler("Answer", "a || b"),)))
    assert "**Answer** ||a |\u200b| b||" in text
    (long,) = limits.texts(checked(Panel(title="C", blocks=(panels.Spoiler("", "x " * 9_000),))))[1:2]
    assert long.startswith("||")
    assert long.endswith("||")


async def test_a_spoiler_that_was_cut_is_hidden_in_the_file_too() -> None:
    components = checked(Panel(title="Card", blocks=(panels.Spoiler("Answer", "x " * 9_000),)))
    (file,) = [each for each in limits.walk(components) if each["type"] == limits.FILE]
    assert file["spoiler"]


async def test_times_are_shown_in_the_readers_zone() -> None:
    text = text_of(Panel(title="Due", blocks=(panels.Facts((("Next", AT), ("Cards", "3"))),)))
    assert f"**Next** <t:{int(AT.timestamp())}:f> (<t:{int(AT.timestamp())}:R>)" in text
    assert "**Cards** 3" in text


def test_a_table_has_columns_that_fit_a_phone() -> None:
    table = panels.Table(
        ("Topic", "Right", "Of"), (("sql", "7", "10"), ("漢字" * 30, "12", "120")), frozenset({1, 2})
    )
    lines = drawn.table(table).splitlines()
    assert lines[0].split() == ["Topic", "Right", "Of"]
    assert lines[2].endswith("      7   10")
    assert "…" in lines[3]
    assert all(drawn._width(line) <= drawn.LINE for line in lines)


async def test_a_picture_says_what_it_shows() -> None:
    components = checked(Panel(title="Streak", blocks=(panels.Picture("streak.png", PNG, "Nine days"),)))
    (gallery,) = [each for each in limits.walk(components) if each["type"] == limits.GALLERY]
    assert gallery["items"][0]["media"]["url"] == "attachment://streak.png"
    assert gallery["items"][0]["description"] == "Nine days"


async def test_presses_are_in_the_custom_ids_whole_and_each_once() -> None:
    same = panels.Press(label="On", name="exam.page", arguments=("7", "x" * 62))
    asks = panels.Press(label="Ask", name="exam.note", arguments=("7",), asks=True)
    components = checked(Panel(title="Exam", presses=((same, same, asks),)))
    first, second, third = [
        read(each["custom_id"]) for each in limits.walk(components) if each["type"] == limits.BUTTON
    ]
    assert first == Press(Action.PANEL, ("exam.page", "7", "x" * 62))
    assert second is not None
    assert second.arguments == first.arguments
    assert third == Press(Action.FORM, ("exam.note", "7"))


FORM = Form(
    LONG,
    (
        Input(name="why", label=LONG, value="because", hint=LONG, most=200),
        Input(name="essay", label="Essay", value="x" * 5_000, long=True, required=False),
        Input(name="one", label="One", choices=(("a", LONG), ("b", "B")), value="b"),
        Input(name="some", label="Some", choices=(("a", "A"), ("b", "B")), value="a,b", several=True),
        Input(name="many", label="Many", choices=tuple((f"v{n}", LONG) for n in range(40)), several=True),
    ),
)


async def test_a_form_is_a_dialog_inside_the_limits_that_begins_with_its_values() -> None:
    modal = form_dialog(FORM, Press(Action.FORM, ("exam.note", "7"))).to_dict()
    limits.check_modal(modal)
    assert read(modal["custom_id"]) == Press(Action.PANEL, ("exam.note", "7"))
    fields = {each["component"]["custom_id"]: each["component"] for each in modal["components"]}
    assert fields["why"]["value"] == "because"
    assert [each["value"] for each in fields["one"]["options"] if each.get("default")] == ["b"]
    assert [each["value"] for each in fields["some"]["options"] if each.get("default")] == ["a", "b"]


def test_several_choices_come_joined_by_commas() -> None:
    assert values_of(Filled({"why": "because"}, {"some": ("a", "b"), "none": ()})) == {
        "why": "because",
        "some": "a,b",
        "none": "",
    }
