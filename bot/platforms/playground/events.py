"""What the page's script sends: one model for each kind of event, strict about everything in it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from bot.platforms.playground.replies import Upload
from bot.services.cards import Period, Scope
from bot.services.panels import LONGEST_PRESS

Id = Annotated[int, Field(ge=1, lt=2**63)]
EventId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$")]


class Posted(BaseModel):
    """What every event of the page carries: an id of its own, the same when it is sent again."""

    model_config = ConfigDict(extra="forbid")
    event: EventId


class HandedFile(BaseModel):
    """A file of the editor or an attachment."""

    name: Annotated[str, Field(max_length=200)]
    text: str = ""
    base64: Base64Bytes = b""
    """The content in place of ``text``, of a file that is no text."""

    @property
    def upload(self) -> Upload:
        """The file as the conversation takes it."""
        return Upload(self.name, self.base64 or self.text.encode("utf-8", "replace"))


class SaidMessage(Posted):
    """The message box was sent."""

    text: str = ""
    files: Annotated[list[HandedFile], Field(max_length=50)] = []
    reply_to: Id | None = None


class ChosenAnswer(Posted):
    """A question was answered: letters, or typed output. ``message`` is where it was shown."""

    posting: Id
    letters: Annotated[list[Annotated[str, Field(pattern="^[A-J]$")]], Field(max_length=10)] = []
    typed: Annotated[str, Field(max_length=4000)] = ""
    message: Id | None = None


class HandedCode(Posted):
    """The editor's code was submitted; without a ``challenge`` to the open one."""

    challenge: Annotated[str, Field(max_length=200)] | None = None
    files: Annotated[list[HandedFile], Field(min_length=1, max_length=50)]


class WantedHint(Posted):
    """The next hint was asked for."""

    challenge: Annotated[str, Field(max_length=200)] | None = None


class TurnedPage(Posted):
    """A leaderboard's page or period was changed, in the message that shows it."""

    message: Id
    period: Period
    scope: Scope = Scope.COMMUNITY
    topic: Annotated[str, Field(max_length=200)] = ""
    page: Annotated[int, Field(ge=1, lt=1_000_000_000)]


PressKey = Annotated[str, Field(max_length=LONGEST_PRESS, pattern=r"^[^:]+(:[^:]*)*$")]


class PressedButton(Posted):
    """A button of the panel in ``message`` was pressed; ``values`` are the inputs of its form, by name."""

    message: Id
    press: PressKey
    values: (
        Annotated[
            dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=20_000)]],
            Field(max_length=20),
        ]
        | None
    ) = None


class WantedForm(Posted):
    """A button that asks was pressed: its form is wanted."""

    press: PressKey
