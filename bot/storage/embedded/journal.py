"""The server's log file, and what its last words mean for the person who started it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import BinaryIO

from bot.storage.embedded.errors import EmbeddedPostgresError

LIMIT = 4 * 1024 * 1024
"""Bytes after which the log starts anew."""
ADVICE = {
    "No space left on device": "the disk is full: free some space and start again",
    "Disk quota exceeded": "the disk quota is used up: free some space and start again",
    "Permission denied": "it may not read or write there: give the folder back to this user",
    "incompatible": "it was made by another version: restore a backup into a new WARMUP_DATA_DIR",
    "shared memory": "the machine gives it no shared memory: enlarge /dev/shm",
}
"""A part of the server's message, and what to do about it."""
COMPLAINT = re.compile(r"(?:PANIC|FATAL|ERROR|error|postgres|initdb): +(.*)")


class Journal:
    """The file ``log`` in the folder of the embedded server."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "log"
        self._start = 0

    def open(self) -> BinaryIO:
        """The file for appending, begun anew when it has grown too large."""
        # The folder belongs to the server's account: never follow a link that it might have put there.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        file = os.fdopen(os.open(self.path, flags, 0o600), "ab")
        if file.tell() > LIMIT:
            file.truncate(0)
        self._start = file.seek(0, os.SEEK_END)
        return file

    def failure(self) -> EmbeddedPostgresError:
        """Why the program that last wrote to the log failed."""
        with self.path.open("rb") as file:
            file.seek(self._start)
            text = file.read(LIMIT).decode(errors="replace")
        complaints = COMPLAINT.findall(text)
        words = complaints[-1].strip() if complaints else "it ended without a word"
        for part, advice in ADVICE.items():
            for complaint in complaints:
                if part in complaint:
                    return EmbeddedPostgresError(
                        f"The embedded PostgreSQL in {self.path.parent} did not start "
                        f"({complaint.strip()}): {advice}."
                    )
        return EmbeddedPostgresError(
            f"The embedded PostgreSQL did not start ({words}): {self.path} tells more; "
            "or set DATABASE_URL to a PostgreSQL server."
        )
