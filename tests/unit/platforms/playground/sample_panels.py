"""A feature with one of every block and of every kind of button, for the tests of how panels work."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from bot.services.cards import Notice
from bot.services.errors import Refusal
from bot.services.panels import (
    Attachment,
    Code,
    Facts,
    Feature,
    Form,
    Input,
    OpenPanel,
    Option,
    OptionKind,
    Panel,
    PanelCommand,
    Picture,
    Press,
    PressPanel,
    Prose,
    Spoiler,
    Table,
    Tone,
    Words,
)

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HOSTILE = '<script>alert(1)</script> @everyone **not bold** `x` "quoted"'
DUE = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)

EVERYTHING = Panel(
    title="Your progress",
    blocks=(
        Prose("You answered **12** questions. `sql` is next."),
        Words(f"{HOSTILE}\nsecond line"),
        Code("SELECT 1;\n", "sql"),
        Spoiler("Show the answer", "It is **42**."),
        Facts((("Due next", DUE), ("Level", "1,540"))),
        Table(
            ("Topic", "Right", "Level"), (("sql", "8", "1,512"), ("python", "4", "1,498")), frozenset({1, 2})
        ),
        Picture("trend.png", PNG, "A line that rises from 1,400 to 1,540"),
        Attachment("export ü.json", b'{"answers": 12}', "application/json"),
    ),
    presses=(
        (
            Press(label="Next", name="sample.next", arguments=("1",), tone=Tone.MAIN),
            Press(label="Say why", name="sample.say", asks=True),
            Press(label="Not now", name="sample.no"),
        ),
        (Press(label="Delete", name="sample.delete", tone=Tone.BAD, disabled=True),),
    ),
    footer="Only you can see this.",
)

WIDE = Panel(
    title="W" * 200,
    blocks=(
        Words("w" * 400),
        Code("x = " + "1" * 400),
        Facts((("N" * 60, "v" * 300),)),
        Table(("Head " * 8,) * 5, (("cell" * 20,) * 5,)),
        Attachment("n" * 120 + ".json", b"{}", "application/json"),
    ),
    presses=(tuple(Press(label="L" * 80, name="sample.next", arguments=(str(n),)) for n in range(5)),),
    footer="f" * 300,
)
"""Everything too wide."""

FORM = Form(
    "Why?",
    (
        Input(name="word", label="A word", hint="As short as you like.", most=20),
        Input(name="more", label="More", long=True, required=False),
        Input(name="one", label="One of these", choices=(("a", "First"), ("b", "Second")), value="a"),
        Input(name="some", label="Some of these", choices=(("x", "X"), ("y", "Y")), several=True),
    ),
    send="Tell",
)


class SampleFeature:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.opened: list[OpenPanel] = []
        self.pressed: list[PressPanel] = []
        self.forgetting: Any = None
        """A history that the button ``sample.forget`` empties."""

    def feature(self) -> Feature:
        """The commands and presses, as a service hands them over."""
        topic = Option(name="topic", summary="Of which topic", completes="topics")
        return Feature(
            commands=(
                (PanelCommand(name="progress", summary="How you are doing", options=(topic,)), self.open),
                (
                    PanelCommand(
                        name="deck",
                        word="show",
                        summary="A deck of cards",
                        options=(
                            Option(name="order", summary="What comes first", choices=("new", "due")),
                            Option(name="count", summary="How many", kind=OptionKind.NUMBER),
                            Option(name="of", summary="Whose", kind=OptionKind.MEMBER),
                        ),
                    ),
                    self.open,
                ),
                (
                    PanelCommand(
                        name="deck",
                        word="load",
                        summary="Cards from a file",
                        options=(
                            Option(name="file", summary="The file", kind=OptionKind.FILE, required=True),
                            Option(name="title", summary="Its title", required=True),
                        ),
                    ),
                    self.open,
                ),
                (PanelCommand(name="shout", summary="Something for everybody"), self.shout),
            ),
            presses={
                "sample.next": self.next,
                "sample.say": self.say,
                "sample.no": self.refuse,
                "sample.delete": self.refuse,
                "sample.mine": self.mine,
                "sample.forget": self.forget,
            },
            forms={"sample.say": self.form},
        )

    async def open(self, request: OpenPanel) -> Panel:
        self.opened.append(request)
        return EVERYTHING

    async def shout(self, request: OpenPanel) -> Panel:
        return Panel(
            title="For everybody",
            presses=((Press(label="Mine", name="sample.mine"),),),
            public=True,
        )

    async def next(self, request: PressPanel) -> Panel:
        self.pressed.append(request)
        number = int(request.arguments[0]) + 1
        return Panel(
            title=f"Card {number}",
            presses=((Press(label="Next", name="sample.next", arguments=(str(number),)),),),
        )

    async def mine(self, request: PressPanel) -> Panel:
        return Panel(title=f"For {request.actor.name} alone")

    async def say(self, request: PressPanel) -> Notice:
        if request.values.get("word") == "nothing":
            raise Refusal("nothing", "Say something, please.")
        self.pressed.append(request)
        return Notice("Thank you.")

    async def forget(self, request: PressPanel) -> Notice:
        self.forgetting.gone |= {row.id for row in self.forgetting.rows}
        return Notice("Gone.")

    async def form(self, request: PressPanel) -> Form:
        return FORM

    async def refuse(self, request: PressPanel) -> Panel:
        raise Refusal("not_now", "That is not possible now.")
