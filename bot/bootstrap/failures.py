"""What a command may fail with in one clear sentence: everything else is a bug and shows its trace."""

from __future__ import annotations

from bot.grading.sandbox.errors import SandboxError
from bot.services.errors import ServiceError
from bot.storage.embedded.errors import EmbeddedPostgresError
from bot.storage.sealing import BadKey
from bot.web.server import CannotListen


class CannotStart(Exception):
    """A role cannot start; the text says why, and what to do."""


EXPECTED = (BadKey, CannotListen, CannotStart, EmbeddedPostgresError, SandboxError, ServiceError)
"""Exceptions whose text is for the person at the terminal."""
