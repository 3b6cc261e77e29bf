"""Bytes to text: the encodings, line ends and sizes in which bank files arrive."""

from __future__ import annotations

import codecs
from pathlib import Path

from bot.question_bank import limits
from bot.question_bank.problems import Place, Unreadable, problem


def read_bytes(path: Path, name: str, *, at_most: int = limits.FILE_BYTES) -> bytes:
    """The content of the regular file ``path``, called ``name`` in problems.

    Raises:
        Unreadable: it is a link, not a file, larger than ``at_most`` bytes or not readable.
    """
    data = read_head(path, name, at_most + 1)
    if len(data) > at_most:
        message = f"The file is larger than {at_most // 1024} KB. Split it into several files."
        raise Unreadable(problem(Place(file=name), "too_large", message))
    return data


def decode(data: bytes, name: str) -> str:
    r"""UTF-8 text with ``\n`` line ends; a byte-order mark is dropped.

    Raises:
        Unreadable: UTF-16, UTF-32, binary, or another encoding; the message names the line.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        message = "The file is UTF-16 or UTF-32. Save it as UTF-8."
        raise Unreadable(problem(Place(file=name, line=1), "encoding", message))
    data = data.removeprefix(codecs.BOM_UTF8)
    nul = data.find(b"\0")
    if nul >= 0:
        line = data.count(b"\n", 0, nul) + 1
        message = "The file holds a NUL byte: it is binary, or not UTF-8. Save it as UTF-8 text."
        raise Unreadable(problem(Place(file=name, line=line), "encoding", message))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"Byte {data[error.start]:#04x} is not UTF-8. Save the file as UTF-8."
        raise Unreadable(problem(Place(file=name, line=line), "encoding", message)) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_text(path: Path, name: str, *, at_most: int = limits.FILE_BYTES) -> str:
    """``read_bytes`` and ``decode`` in one."""
    return decode(read_bytes(path, name, at_most=at_most), name)


def read_head(path: Path, name: str, size: int) -> bytes:
    """The first ``size`` bytes of ``path``.

    Raises:
        Unreadable: it is a link, not a file, or not readable.
    """
    place = Place(file=name)
    if path.is_symlink():
        raise Unreadable(problem(place, "link", "This is a link. Put the file itself here."))
    try:
        with path.open("rb") as stream:
            return stream.read(size)
    except OSError as error:
        message = f"The file cannot be read: {error.strerror}. Check its name and rights."
        raise Unreadable(problem(place, "unreadable", message)) from error
