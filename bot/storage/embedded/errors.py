"""What can go wrong with the embedded server; every text is one sentence that says what to do."""

from __future__ import annotations


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot run here; the text is meant for the person who started it."""


class AlreadyRunning(EmbeddedPostgresError):
    """Another process holds the data folder."""
