"""Writes questions in the formats that other programs read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.content import Bank, Item
from bot.question_bank.formats.anki import write_anki
from bot.question_bank.formats.gift import write_gift
from bot.question_bank.formats.moodle import write_moodle
from bot.question_bank.formats.native.writing import write_native
from bot.question_bank.formats.tables import write_csv


@dataclass(frozen=True, slots=True)
class Exported:
    """A file's text, its usual suffix, and the items that the format cannot hold."""

    text: str
    suffix: str
    left_out: tuple[Item, ...]


_WRITERS: dict[str, tuple[str, Callable[[Iterable[Item]], tuple[str, list[Item]]]]] = {
    "gift": (".gift", write_gift),
    "moodle": (".xml", write_moodle),
    "csv": (".csv", write_csv),
    "anki": (".txt", write_anki),
}

EXPORT_FORMATS = ("native", *_WRITERS)
"""What ``export`` takes."""


def export(items: Sequence[Item], format_name: str, bank: Bank | None = None) -> Exported:
    """``items`` as one file. Nothing is dropped unsaid: what the format cannot hold is in ``left_out``.

    Raises:
        KeyError: no such format.
        ValueError: the native format cannot hold an item (see ``write_native``).
    """
    if format_name == "native":
        return Exported(write_native(items, bank), ".yaml", ())
    suffix, write = _WRITERS[format_name]
    text, left_out = write(items)
    return Exported(text, suffix, tuple(left_out))
