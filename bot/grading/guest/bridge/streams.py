"""What the member's code prints and logs, kept until the next message."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .serve import Guest

FLUSH_BYTES = 32_768


class Stream(io.RawIOBase):
    """What is printed, kept until the next message and also written to the real descriptor."""

    def __init__(self, guest: Guest, number: int) -> None:
        self.guest, self.number = guest, number

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any) -> int:
        """Keep the bytes for the next message; gives their number."""
        taken = bytes(data)
        self.guest.printed(self.number, taken)
        return len(taken)

    def fileno(self) -> int:
        """The descriptor that the bytes are for."""
        return self.number


class Records(logging.Handler):
    """Log records, which leave like prints."""

    def __init__(self, guest: Guest) -> None:
        super().__init__()
        self.guest = guest

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the facts of a record for the next message."""
        facts = [record.name, record.levelno, record.getMessage(), record.funcName, record.lineno]
        self.guest.logged.append(facts)
