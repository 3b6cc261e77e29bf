"""Archives from strangers: opened only within bounds of count, size and depth."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from bot.question_bank import limits
from bot.question_bank.problems import Place, Unreadable, problem

MOST_RATIO = 200
"""Above this ratio of unpacked to packed bytes an archive is a bomb; text packs to about 1:5."""
_ENCRYPTED = 0x1


def open_zip(path: Path) -> zipfile.ZipFile:
    """The archive at ``path``, its table of contents checked; nothing is ever unpacked to disk.

    Raises:
        Unreadable: not an archive, encrypted, too many or too large members, a bomb, or names that
            lead out of it.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _refuse(
            path, "archive", f"It is not a readable ZIP archive ({error}). Export it again."
        ) from error
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    packed = max(path.stat().st_size, 1)
    if len(members) > limits.BANK_FILES or total > limits.BANK_BYTES or total / packed > MOST_RATIO:
        archive.close()
        raise _refuse(path, "too_large", "It unpacks to more than a bank may hold. Split it.")
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or member.flag_bits & _ENCRYPTED:
            archive.close()
            raise _refuse(
                path, "archive", f"The member `{member.filename[:80]}` leads out of it, or is encrypted."
            )
    return archive


def read_member(
    archive: zipfile.ZipFile, name: str, path: Path, *, at_most: int = limits.BANK_BYTES
) -> bytes:
    """One member's content; what it claims to be is not believed.

    Raises:
        Unreadable: it is missing, broken, or larger than ``at_most`` bytes.
    """
    try:
        with archive.open(name) as stream:
            data = stream.read(at_most + 1)
    except (
        KeyError,
        zipfile.BadZipFile,
        OSError,
        RuntimeError,
        NotImplementedError,
        EOFError,
        ValueError,
    ) as error:
        raise _refuse(
            path, "archive", f"Its member `{name[:80]}` cannot be read. Export it again."
        ) from error
    if len(data) > at_most:
        raise _refuse(path, "too_large", f"Its member `{name[:80]}` is too large. Split it.")
    return data


def _refuse(path: Path, code: str, message: str) -> Unreadable:
    return Unreadable(problem(Place(file=path.name), code, message))
