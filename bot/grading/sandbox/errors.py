"""What can go wrong with the sandbox itself."""

from __future__ import annotations


class SandboxError(Exception):
    """The sandbox could not do its work; never the fault of the code that was to run."""


class SandboxUnavailable(SandboxError):
    """This machine cannot isolate safely, so nothing is run.

    The message names what is missing and how to mend it.
    """


class PreparationFailed(SandboxError):
    """``Prepared.entry`` raised, died or took too long; the message carries its traceback."""
