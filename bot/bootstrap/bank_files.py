"""Bank files that admins upload and get, read and written by the question bank.

The question bank, with its readers of spreadsheets and archives, is imported with the first file.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from bot.domain.content import Bank, Item
from bot.services.banks import Rejected
from bot.services.community_banks import ReadFile, WrittenFile

if TYPE_CHECKING:
    from bot.question_bank.formats.base import Reading, ReadOptions


class UploadedBanks:
    """The services' ``BankFiles``. Uploads are read in a folder of their own, which is removed again.

    Of the publish gate everything that can be told by reading is checked; programs are not run here, because
    the processes that talk to people have no sandbox.
    """

    async def read(self, name: str, content: bytes, *, licence: str, author: str) -> ReadFile:
        """The bank in an uploaded file; a question with a problem is in ``rejected`` and nowhere else."""
        from bot.question_bank.checks.static import check_static
        from bot.question_bank.formats.base import ReadOptions

        reading = await asyncio.to_thread(_read, name, content, ReadOptions(licence=licence, author=author))
        problems = [*reading.problems, *await asyncio.to_thread(check_static, reading.items)]
        errors = [problem for problem in problems if problem.is_error]
        wrong = {(each.file, each.line, each.question) for each in errors}
        return ReadFile(
            bank=reading.bank.name,
            format=reading.format,
            exams=reading.bank.exams,
            items=[
                found.item
                for found in reading.items
                if (found.place.file, found.place.line, found.item.meta.key) not in wrong
            ],
            rejected=[
                Rejected(Path(each.file).name, each.line or None, each.question, each.message)
                for each in errors
            ],
        )

    async def write(self, bank: str, items: Sequence[Item]) -> WrittenFile:
        """The items in the native format."""
        from bot.question_bank.exporting import export

        written = await asyncio.to_thread(export, list(items), "native", Bank(name=bank))
        return WrittenFile(
            name=f"{bank}{written.suffix}", content=written.text.encode(), left_out=len(written.left_out)
        )


def _read(name: str, content: bytes, options: ReadOptions) -> Reading:
    from bot.question_bank.reading import read_bank

    safe = PurePosixPath(name.replace("\\", "/")).name.lstrip(".")[-100:] or "bank.yaml"
    with tempfile.TemporaryDirectory(prefix="warmup-bank-") as folder:
        path = Path(folder) / safe
        path.write_bytes(content)
        return read_bank(path, options=options)
