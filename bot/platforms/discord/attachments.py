"""Files that people attach: fetched within bounds, decoded, and a zip unpacked."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from bot.domain.code_blocks import MOST_BYTES, MOST_FILES
from bot.domain.content import SourceFile
from bot.services.errors import BadCode, Refusal, TooMuch

MOST_DOWNLOAD = 256 * 1024
"""Bytes of one attachment that are fetched for grading: a zip may hold more than code alone."""
DOWNLOAD_S = 20.0


class Downloads:
    """Fetches attachments. One session for all of them, opened at the first and closed by ``close``."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """End open connections."""
        if self._session is not None:
            await self._session.close()

    async def sources(self, attachments: Sequence[Mapping[str, Any]]) -> tuple[SourceFile, ...]:
        """The source files in attachments, as Discord describes them (``url``, ``filename``, ``size``).

        Raises ``TooMuch`` and ``BadCode``, and ``Refusal`` when Discord does not hand a file out.
        """
        if len(attachments) > MOST_FILES:
            raise TooMuch("too_many_files", f"Those are too many files; {MOST_FILES} are the most.")
        files: list[SourceFile] = []
        for attachment in attachments:
            content = await self.fetch(attachment)
            name = str(attachment.get("filename", "solution.py"))
            if name.lower().endswith(".zip") or content.startswith(b"PK\x03\x04"):
                files += await asyncio.to_thread(unzip, content)
            else:
                files.append(SourceFile(name, decode(content, name)))
        return tuple(files)

    async def fetch(self, attachment: Mapping[str, Any], at_most: int = MOST_DOWNLOAD) -> bytes:
        """One attachment's content. Raises ``TooMuch``, or ``Refusal`` when it cannot be had."""
        if int(attachment.get("size", 0)) > at_most:
            raise _too_large(at_most)
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DOWNLOAD_S))
        try:
            async with self._session.get(str(attachment["url"])) as response:
                response.raise_for_status()
                content = bytearray()
                async for chunk in response.content.iter_chunked(16_384):
                    content += chunk
                    if len(content) > at_most:
                        raise _too_large(at_most)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Refusal(
                "no_download", "Discord did not hand me that file. Please attach it again in a moment."
            ) from error
        return bytes(content)


def decode(content: bytes, name: str) -> str:
    """Text of a source file. Raises ``BadCode`` for anything but UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadCode(
            "binary", f"{name[:60]} is not a text file. Please hand in source code, saved as UTF-8 text."
        ) from error


def unzip(content: bytes) -> list[SourceFile]:
    """The text files in a zip, without folders that every one of them shares, hidden files and caches.

    Raises ``BadCode`` and ``TooMuch``; sizes are counted while unpacking, whatever the zip says of itself.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [
                entry for entry in archive.infolist() if not entry.is_dir() and _is_source(entry.filename)
            ]
            if len(entries) > MOST_FILES:
                raise TooMuch("too_many_files", f"That zip holds too many files; {MOST_FILES} are the most.")
            files, left = [], MOST_BYTES
            for entry in entries:
                with archive.open(entry) as opened:
                    data = opened.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise _too_large(MOST_BYTES)
                files.append(SourceFile(entry.filename, decode(data, entry.filename)))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise BadCode("bad_zip", "That zip cannot be opened. Please attach the source files.") from error
    if not files:
        raise BadCode("empty", "There is no source file in that zip.")
    return _without_shared_folder(files)


def _is_source(name: str) -> bool:
    parts = name.split("/")
    return not any(part.startswith((".", "__MACOSX", "__pycache__")) for part in parts)


def _without_shared_folder(files: list[SourceFile]) -> list[SourceFile]:
    folder = files[0].name.partition("/")[0] + "/"
    if all(file.name.startswith(folder) for file in files):
        return [SourceFile(file.name.removeprefix(folder), file.text) for file in files]
    return files


def _too_large(at_most: int) -> TooMuch:
    return TooMuch("too_large", f"That is too large; {at_most // 1024} KB are the most.")
