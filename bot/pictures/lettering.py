"""Names and numbers in pictures, in whatever script: a font for each run of characters, or none at all.

FiraGO has Latin, Greek, Cyrillic, Georgian, Arabic, Hebrew, Devanagari and Thai. For what it lacks (Chinese,
Japanese, Korean) fonts of the system are used where there are any. A name that no font here can write is
left out of a picture instead of being shown as empty boxes: the text beside the picture has it.
"""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pymupdf_fonts
from PIL import ImageDraw, ImageFont, features

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"))
KNOWN = ("DroidSansFallback*.ttf", "NotoSansCJK*-Regular.ttc", "NotoSansJP*-Regular.*", "unifont*.otf")
"""Fonts of many characters, by preference."""
UNKNOWN = "\U000f0000"
"""A character of private use that no font has: its shape is what a missing one looks like."""
SHAPED = frozenset({"R", "AL", "NSM"})
"""Directions of scripts that need more than one letter after the other."""
CUT = "…"


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that one font writes."""

    text: str
    font: int


@cache
def _sources() -> tuple[tuple[bytes | str, bytes | str], ...]:
    """Every font, regular and bold, the preferred one first."""
    own = (pymupdf_fonts.myfont("figo"), pymupdf_fonts.myfont("figbo"))
    found = [path for pattern in KNOWN for folder in FOLDERS for path in sorted(folder.rglob(pattern))[:1]]
    return (own, *((str(path), str(path)) for path in found))


@lru_cache(maxsize=64)
def _font(number: int, size: int, bold: bool) -> ImageFont.FreeTypeFont:
    source = _sources()[number][bold]
    return ImageFont.truetype(io.BytesIO(source) if isinstance(source, bytes) else source, size)


@lru_cache(maxsize=4_096)
def _font_of(character: str) -> int | None:
    """The first font that has the character; None when none has."""
    for number in range(len(_sources())):
        font = _font(number, 16, bold=False)
        shape, missing = font.getmask(character), font.getmask(UNKNOWN)
        if (shape.size, bytes(shape)) != (missing.size, bytes(missing)):
            return number
    return None


def _plain(text: str) -> str:
    """One line, without emoji, variation selectors and characters that control direction or are not seen."""
    kept = "".join(
        " " if each.isspace() else each
        for each in unicodedata.normalize("NFC", text)
        if each.isspace() or unicodedata.category(each) not in ("So", "Sk", "Cc", "Cf", "Co", "Cn", "Cs")
    )
    return " ".join("".join(each for each in kept if not "\ufe00" <= each <= "\ufe0f").split())


def _runs(text: str) -> list[Run] | None:
    """The text by fonts; None when a character cannot be written here."""
    if not features.check("raqm") and any(unicodedata.bidirectional(each) in SHAPED for each in text):
        return None
    runs: list[Run] = []
    for character in text:
        number = _font_of(character)
        if number is None:
            return None
        if runs and (runs[-1].font == number or character == " "):
            runs[-1] = Run(runs[-1].text + character, runs[-1].font)
        else:
            runs.append(Run(character, number))
    return runs


def writable(text: str) -> str:
    """What of somebody's name can be written in a picture: all but emoji, or nothing."""
    plain = _plain(text)
    return plain if plain and _runs(plain) is not None else ""


def width(text: str, size: int, *, bold: bool = False) -> float:
    """Pixels that a writable text takes."""
    return sum(_font(run.font, size, bold).getlength(run.text) for run in _runs(text) or ())


def fitted(text: str, size: int, room: float, *, bold: bool = False) -> str:
    """A writable text, cut to the room there is."""
    if width(text, size, bold=bold) <= room:
        return text
    kept = text
    while kept and width(kept + CUT, size, bold=bold) > room:
        kept = kept[:-1].rstrip()
    return kept + CUT


def write(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    size: int,
    colour: str,
    *,
    bold: bool = False,
    anchor: str = "l",
) -> None:
    """Write a writable text at half its height; ``anchor`` says what of it is at ``place``: l, m or r."""
    x, y = place
    x -= {"l": 0.0, "m": 0.5, "r": 1.0}[anchor] * width(text, size, bold=bold)
    for run in _runs(text) or ():
        font = _font(run.font, size, bold)
        draw.text((x, y), run.text, fill=colour, font=font, anchor="lm")
        x += font.getlength(run.text)
