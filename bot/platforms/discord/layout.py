"""A card on its way to Discord: text, pictures, files and rows of buttons, laid out inside every limit."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import discord
from discord import ui

from bot.locales import msgid, tr
from bot.platforms.discord.buttons import Button
from bot.platforms.discord.text import MOST_TEXT, Part, Prose, fit

ROW = 5
"""Buttons in one row (Discord's limit)."""
MOST_COMPONENTS = 40
"""Components of one message, those inside others counted as well (Discord's limit)."""
MOST_PICTURES = MOST_FILES = 5
"""Pictures, and files to download. Discord takes ten together, and all the buttons need room as well."""
LONGEST_ALT = 1_024
"""Characters that say what a picture shows (Discord's limit)."""
UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
"""What Discord changes in the name of a file."""
WHOLE = "whole-text.md"
SHORTENED = msgid("Shortened here: the file has all of it.")


@dataclass(slots=True)
class Line:
    """A line between parts."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is sent along: a picture when it has an ``alt``, else to download.

    ``hidden`` puts it behind a spoiler.
    """

    name: str
    content: bytes = field(repr=False)
    alt: str = ""
    hidden: bool = False


Piece = Part | Line | Upload | Sequence[Button]


@dataclass(slots=True)
class Card:
    """What is drawn: a heading, pieces in their order, small print.

    Heading and small print are ours and short; everything else is cut to the room they leave. Where there is
    a ``whole`` text, what had to be cut comes as that file.
    """

    heading: str
    colour: int
    pieces: list[Piece] = field(default_factory=list)
    foot: str = ""
    above: str = ""
    """Outside the frame, for a mention."""
    whole: Upload | None = None

    def finished(self) -> Drawn:
        """The card as components and files, to be sent once."""
        small = [f"-# {self.foot}"] if self.foot else []
        pieces = list(self.pieces)
        parts = {at: piece for at, piece in enumerate(pieces) if isinstance(piece, Part)}
        taken = sum(map(len, (self.above, self.heading, *small)))
        room = MOST_TEXT - taken - len(parts) - len(small) - 1
        if self.whole is not None and sum(part.wanted for part in parts.values()) > room:
            pieces[max(parts) + 1 : max(parts) + 1] = [Prose(f"-# {tr(SHORTENED)}"), self.whole]
        texts = iter(fit([piece for piece in pieces if isinstance(piece, Part)], room))
        contents: list[_Content] = [self.heading]
        for piece in _bounded(pieces):
            if isinstance(piece, Part):
                text = next(texts)
                contents.extend([text] if text.strip() else [])
            elif isinstance(piece, Line):
                contents.append(piece)
            elif isinstance(piece, Upload):
                contents.append([piece] if piece.alt else piece)
            else:
                contents.extend(_rows(piece))
        return _drawn([*contents, *small], self.colour, self.above)


@dataclass(slots=True)
class Drawn:
    """A card as Discord takes it: components, finished for discord.py, and the files they name."""

    view: ui.LayoutView
    files: list[discord.File]

    @property
    def components(self) -> list[dict[str, Any]]:
        """The components as they are sent."""
        components: list[dict[str, Any]] = self.view.to_components()  # type: ignore[no-untyped-call]
        return components


_Row = tuple[Button, ...]
_Content = str | Line | Upload | list[Upload] | _Row
"""One component of the frame: text, a line, a file, a gallery of pictures, a row of buttons."""


def _bounded(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces with as many files as a message has room for."""
    pictures, files = count(), count()

    def has_room(piece: Piece) -> bool:
        if not isinstance(piece, Upload):
            return True
        return next(pictures) < MOST_PICTURES if piece.alt else next(files) < MOST_FILES

    return [piece for piece in pieces if has_room(piece)]


def _rows(buttons: Sequence[Button]) -> list[_Content]:
    return [tuple(buttons[start : start + ROW]) for start in range(0, len(buttons), ROW)]


def _drawn(contents: list[_Content], colour: int, above: str) -> Drawn:
    around = 2 if above else 1
    for tighten in (_full_rows, _one_text, _pictures_last):
        if around + sum(map(_weight, contents)) > MOST_COMPONENTS:
            contents = tighten(contents)
    files: list[discord.File] = []
    items = [_component(content, files) for content in contents]
    view = ui.LayoutView(timeout=None)
    if above:
        view.add_item(ui.TextDisplay(above))
    view.add_item(ui.Container(*items, accent_colour=colour))
    view.stop()
    return Drawn(view, files)


def _weight(content: _Content) -> int:
    return 1 + len(content) if isinstance(content, tuple) else 1


def _full_rows(contents: list[_Content]) -> list[_Content]:
    """Rows that follow one another, filled up."""
    return _merged(contents, tuple, lambda rows: _rows([button for row in rows for button in row]))


def _one_text(contents: list[_Content]) -> list[_Content]:
    """Without lines, and texts that follow one another as one."""
    kept: list[_Content] = [content for content in contents if not isinstance(content, Line)]
    return _merged(kept, str, lambda texts: ["\n".join(texts)])


def _pictures_last(contents: list[_Content]) -> list[_Content]:
    """Texts first, then one gallery, then files, then buttons."""
    pictures = [picture for content in contents if isinstance(content, list) for picture in content]
    texts = [content for content in contents if isinstance(content, str)]
    files = [content for content in contents if isinstance(content, Upload)]
    rows = [content for content in contents if isinstance(content, tuple)]
    return ["\n".join(texts), *([pictures] if pictures else []), *files, *rows]


def _merged(
    contents: list[_Content], kind: type, merge: Callable[[list[Any]], list[_Content]]
) -> list[_Content]:
    merged: list[_Content] = []
    run: list[Any] = []
    for content in contents:
        if isinstance(content, kind):
            run.append(content)
            continue
        if run:
            merged.extend(merge(run))
            run = []
        merged.append(content)
    return merged + (merge(run) if run else [])


def _component(content: _Content, files: list[discord.File]) -> ui.Item[Any]:
    """The component; a file that it names is added to ``files``."""
    match content:
        case str():
            return ui.TextDisplay(content)
        case Line():
            return ui.Separator()
        case Upload():
            return ui.File(_file(content, files), spoiler=content.hidden)
        case tuple():
            return ui.ActionRow(*content)
        case pictures:
            gallery: ui.MediaGallery[Any] = ui.MediaGallery()
            for picture in pictures:
                gallery.add_item(
                    media=_file(picture, files),
                    description=picture.alt[:LONGEST_ALT],
                    spoiler=picture.hidden,
                )
            return gallery


def _file(upload: Upload, files: list[discord.File]) -> str:
    """Adds the file, under a name that Discord leaves as it is; returns where the component finds it."""
    name = UNSAFE.sub("_", upload.name)[-80:].lstrip("._") or "file"
    if any(file.filename == name for file in files):
        name = f"{len(files)}_{name}"
    files.append(discord.File(io.BytesIO(upload.content), filename=name))
    return f"attachment://{name}"
