"""Panels: whole screens that every platform can draw, for features that are the same everywhere.

A card (``bot.services.cards``) holds the facts of one of the product's main moments, and each platform gives
it a shape of its own. Everything else (review, exams, one's own progress, privacy, reports) is a panel: a
title, blocks of content in their order, and buttons. A platform draws all panels with one renderer and hands
every press back by its name, so a feature is written once, in the services.

Text in a panel is plain unless its block says otherwise; names, code and words of members are untrusted, and
a platform escapes them, as everywhere. Times are aware UTC values, shown in the reader's zone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from bot.services.cards import Notice
from bot.services.commands import Actor
from bot.services.errors import NotFound

LONGEST_PRESS = 80
"""Characters of a press's name and arguments together: what fits a custom id beside its marks."""
MOST_PRESSES = 25
"""Buttons on a panel: five rows of five, Discord's bound before components V2 and a screenful anywhere."""


class Tone(StrEnum):
    """What a panel or a button is about; a platform picks a colour and always says it in words too."""

    PLAIN = "plain"
    MAIN = "main"
    """The thing most people will do next."""
    GOOD = "good"
    BAD = "bad"
    """Wrong, or a press that destroys something."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown, as an author of a bank wrote it, or as a service words it from its own sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """Plain text by a member: escaped everywhere, line breaks kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Code or output, shown as it is, in a monospaced block."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Spoiler:
    """Markdown that hides until the reader opens it, where a platform can; ``label`` says what it is."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of a name and a value, both plain; a value may be a time."""

    pairs: tuple[tuple[str, str | datetime], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain cells under a head. ``numbers`` are the columns, from 0, to be set flush right."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with its text for those who do not see it; the text says everything that the picture says."""

    name: str
    png: bytes = field(repr=False)
    alt: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to keep: a report, an export. ``kind`` is its media type."""

    name: str
    content: bytes = field(repr=False)
    kind: str


Block = Prose | Words | Code | Spoiler | Facts | Table | Picture | Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A field of a form. With ``choices`` (value, label) it is a choice, one or ``several``; else text.

    ``most`` is the longest text in characters.
    """

    name: str
    label: str
    value: str = ""
    hint: str = ""
    long: bool = False
    required: bool = True
    most: int = 4_000
    choices: tuple[tuple[str, str], ...] = ()
    several: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A dialog that a button opens before the press is sent: at most five inputs (Discord's bound).

    It is made when the button is pressed (``Feature.forms``), so a button of any age opens it, after a
    restart as well.
    """

    title: str
    inputs: tuple[Input, ...]
    send: str = "Send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button. ``name`` finds its handler; ``arguments`` are ids and letters, never an answer or a secret.

    Anybody may send any press: the handler asks whether this actor may, and whether the moment has passed.
    With ``asks`` the form of the same name opens first, and the press comes with what was filled in.
    """

    label: str
    name: str
    arguments: tuple[str, ...] = ()
    tone: Tone = Tone.PLAIN
    asks: bool = False
    disabled: bool = False

    def __post_init__(self) -> None:
        if ":" in self.name or any(":" in argument or "~" in argument for argument in self.arguments):
            raise ValueError("names and arguments of presses hold neither ':' nor '~'")
        if len(self.key) > LONGEST_PRESS:
            raise ValueError(f"{self.key!r} is longer than {LONGEST_PRESS} characters")

    @property
    def key(self) -> str:
        """Name and arguments in one word, as buttons carry it: ``name:argument:argument``."""
        return ":".join((self.name, *self.arguments))


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One screen. Private to the reader unless ``public``; ``presses`` are rows of buttons.

    ``replaces`` says that, as the answer to a press, it takes the place of the panel that was pressed
    (turning a flashcard); otherwise it is a message of its own.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    presses: tuple[tuple[Press, ...], ...] = ()
    footer: str = ""
    tone: Tone = Tone.PLAIN
    public: bool = False
    replaces: bool = True


class OptionKind(StrEnum):
    """What an option of a command takes."""

    TEXT = "text"
    NUMBER = "number"
    MEMBER = "member"
    """The platform's id of a member."""
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option of a panel's command. ``choices`` are the only values allowed; ``completes`` names what to
    suggest: ``topics``, ``challenges``, ``banks``, ``questions``, ``exams``.
    """

    name: str
    summary: str
    kind: OptionKind = OptionKind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    completes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelCommand:
    """A slash command that answers with a panel: ``/name``, or ``/name word`` for a group's command.

    Where commands are one line of text the options come in their order, or as ``name:value``; the last text
    option takes the rest of the line. ``admin`` commands are offered to admins only, and checked again.
    """

    name: str
    summary: str
    word: str = ""
    options: tuple[Option, ...] = ()
    admin: bool = False

    @property
    def full_name(self) -> str:
        """What is typed after the slash: ``name`` or ``name word``."""
        return f"{self.name} {self.word}".strip()

    @property
    def usage(self) -> str:
        """How it is typed: ``/name word needed [optional] [one|or|other] + a file``."""
        words = [f"/{self.full_name}"]
        for option in self.options:
            if option.kind is OptionKind.FILE:
                words.append("+ a file")
                continue
            name = "|".join(option.choices) if 0 < len(option.choices) <= 5 else option.name
            words.append(name if option.required else f"[{name}]")
        return " ".join(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPanel:
    """A command was typed. ``values`` are by the option's name; files come in ``files``."""

    actor: Actor
    event_id: str
    at: datetime
    values: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PressPanel:
    """A button was pressed. ``values`` are the form's inputs by name, several choices joined by commas."""

    actor: Actor
    event_id: str
    at: datetime
    arguments: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPanel:
    """A panel of the outbox is about to be sent. ``member`` is whom it is for (storage's id), None for all.

    ``subject`` is the id of what it is about, known to whoever wrote the outbox entry.
    """

    subject: int
    community: int
    member: int | None
    at: datetime


Opening = Callable[[OpenPanel], Awaitable[Panel | Notice]]
Pressing = Callable[[PressPanel], Awaitable[Panel | Notice]]
Posting = Callable[[PostPanel], Awaitable[Panel | None]]
"""Makes the panel as it is true at the moment of sending; None when there is nothing to say any more."""
Suggesting = Callable[[Actor], Awaitable[Sequence[tuple[str, str]]]]
"""What an option may be for this actor: values and what is shown for them. Raises ``Refusal``."""
Forming = Callable[[PressPanel], Awaitable[Form]]
"""Makes a button's form, from a press without values. Raises ``Refusal`` when there is nothing to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """What one service brings: its commands, the presses that its panels use, the forms of those presses
    that ask, the panels that it sends by itself (``DeliveryKind.PANEL``), and what its options suggest
    (``Option.completes``), all by name.
    """

    commands: tuple[tuple[PanelCommand, Opening], ...] = ()
    presses: Mapping[str, Pressing] = field(default_factory=dict)
    forms: Mapping[str, Forming] = field(default_factory=dict)
    posts: Mapping[str, Posting] = field(default_factory=dict)
    suggestions: Mapping[str, Suggesting] = field(default_factory=dict)


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Panels:
    """All features by name: what a platform registers, opens and presses.

    Raises ``ValueError`` when two features use one name, or a form belongs to no press.
    """

    def __init__(self, features: Iterable[Feature]) -> None:
        self._openings: dict[tuple[str, str], tuple[PanelCommand, Opening]] = {}
        self._presses: dict[str, Pressing] = {}
        self._forms: dict[str, Forming] = {}
        self._posts: dict[str, Posting] = {}
        self._suggestions: dict[str, Suggesting] = {}
        for feature in features:
            commands = {(each.name, each.word): (each, opening) for each, opening in feature.commands}
            _add(self._openings, commands, "commands")
            _add(self._presses, feature.presses, "presses")
            _add(self._forms, feature.forms, "forms")
            _add(self._posts, feature.posts, "panels to send")
            _add(self._suggestions, feature.suggestions, "suggestions")
            for name in feature.forms.keys() - feature.presses.keys():
                raise ValueError(f"the form {name} belongs to no press")

    @property
    def commands(self) -> tuple[PanelCommand, ...]:
        """Every command, in the order of the features."""
        return tuple(command for command, _ in self._openings.values())

    async def open(self, name: str, word: str, request: OpenPanel) -> Panel | Notice:
        """Answer a command. Raises ``NotFound`` when there is none, ``Refusal`` when the answer is no."""
        if (name, word) not in self._openings:
            raise NotFound("unknown_command", f"There is no command `{f'/{name} {word}'.rstrip()}`.")
        return await self._openings[name, word][1](request)

    async def press(self, name: str, request: PressPanel) -> Panel | Notice:
        """Answer a press. A button of an earlier release that has no handler any more is refused by name."""
        if name not in self._presses:
            raise _old_button()
        return await self._presses[name](request)

    async def form(self, name: str, request: PressPanel) -> Form:
        """The form that a press with ``asks`` opens first, as of now. Raises as ``press`` does."""
        if name not in self._forms:
            raise _old_button()
        return await self._forms[name](request)

    async def post(self, name: str, request: PostPanel) -> Panel | None:
        """The panel of an outbox entry, as of now; None when it makes no sense any more."""
        return await self._posts[name](request) if name in self._posts else None

    async def suggest(self, what: str, actor: Actor) -> Sequence[tuple[str, str]]:
        """Values and what is shown for them, for options that complete ``what``; nothing if nobody knows."""
        return await self._suggestions[what](actor) if what in self._suggestions else ()


def _add(known: dict[_Key, _Value], new: Mapping[_Key, _Value], what: str) -> None:
    for name in known.keys() & new.keys():
        shown = f"/{' '.join(name)}".rstrip() if isinstance(name, tuple) else name
        raise ValueError(f"two {what} are called {shown}")
    known.update(new)


def _old_button() -> NotFound:
    return NotFound("old_button", "This button is from an earlier version. Type the command again.")
