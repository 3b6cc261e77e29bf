"""What a format is: how it is recognised, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.content import Bank, Difficulty
from bot.question_bank.problems import Found, Problem

SAMPLE_BYTES = 64 * 1024
"""How much of a file a format may look at to recognise it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What ``detect`` sees: the name, the first 64 KB, and for a folder the names in it (relative, POSIX)."""

    path: Path
    head: bytes = b""
    text: str = ""
    """``head`` as UTF-8 with its byte-order mark dropped; what does not decode is replaced."""
    names: tuple[str, ...] = ()
    is_folder: bool = False

    @property
    def suffix(self) -> str:
        """The file's suffix in lower case, e.g. ``.csv``."""
        return self.path.suffix.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What the person who imports may say about a file that does not say it itself."""

    name: str = ""
    """The bank's name; default: from the file's name."""
    topic: str = "general"
    difficulty: Difficulty = Difficulty.MEDIUM
    licence: str = ""
    author: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    """For CSV and XLSX: field -> column heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read: the questions that are sound, and a problem for each thing that is not."""

    format: str
    bank: Bank
    items: tuple[Found, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to write a bank down."""

    name: str
    """As the command line takes it: ``--format gift``."""
    title: str
    detect: Callable[[Sample], bool]
    """Whether the sample is surely of this format; asked in the registry's order."""
    read: Callable[[Path, ReadOptions], Reading]
