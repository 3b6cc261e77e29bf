"""What the member's code prints, logs and warns of, for the side that has the tests."""

from __future__ import annotations

import io
import logging
import warnings
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

    def watch_levels(self) -> None:
        """Keep the levels that loggers are set to as well."""
        set_level, guest = logging.Logger.setLevel, self.guest

        def tell(self: logging.Logger, level: int | str) -> None:
            set_level(self, level)
            guest.levels[self.name] = self.level

        logging.Logger.setLevel = tell  # type: ignore[method-assign]

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the facts of a record for the next message."""
        facts = [record.name, record.levelno, record.getMessage(), *self.guest.origin(record)]
        self.guest.logged.append(facts)


def hand_over_warnings(guest: Guest) -> None:
    """Have each warning decided where the tests are: their filters may ignore it, record it or raise it.

    What the code itself ignores or records never gets so far.
    """

    def show(warning: warnings.WarningMessage) -> None:
        guest.warned(warning)

    warnings.simplefilter("always")
    warnings._showwarnmsg_impl = show  # type: ignore[attr-defined]
