"""What the sandbox is asked to run."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.content import Limits


@dataclass(frozen=True, slots=True)
class Flavour:
    """Which modules are loaded before a job is forked, and which packages it may import.

    ``packages`` are import names of the sandbox's own environment (``sqlalchemy``); with what
    they need themselves they are the only third-party modules a job can see. An ``examiner``
    runs an author's tests: it sees the whole environment, pytest included, and
    ``bot/grading/examiner`` beside ``bot/grading/guest``.
    """

    packages: tuple[str, ...] = ()
    examiner: bool = False


GUEST = Flavour()
"""The standard library alone."""
EXAMINER = Flavour(examiner=True)
"""pytest loaded and ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Work done once and shared by later jobs: the examiner that has collected a challenge's tests.

    ``entry`` is called as ``entry(payload)`` in a sub-zygote inside the sandbox; jobs that name
    the same ``key`` are forked from it, with everything it loaded in place. Only examiners can
    be prepared: jobs of one sub-zygote share its folder. A sub-zygote is thrown away when it was not used
    for long or memory is short, so preparing has to be repeatable.
    """

    key: str
    entry: str
    payload: bytes = b""
    wall_ms: int = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One program to run in isolation.

    ``entry`` is ``"guest.module:function"`` or ``"examiner.module:function"``, counted from
    ``bot/grading``; it is called as ``function(payload, fds, report_fd)`` in a process of its
    own, with standard input, output and error in place and ``fds`` as the numbers under which
    the descriptors of ``Task.fds`` arrived. The current folder is an empty, writable one that
    no other job sees. Returning is exit status 0; ``SystemExit`` is honoured; any other exception
    is printed on standard error and is exit status 1. ``report_fd`` is a pipe whose bytes end up in
    ``Cell.report``, at most ``report_kb`` of them.

    ``fds`` stay the caller's, who closes them once ``Sandbox.run`` has returned.
    """

    entry: str
    flavour: Flavour = GUEST
    payload: bytes = b""
    limits: Limits = field(default_factory=Limits)
    stdin: bytes = b""
    fds: tuple[int, ...] = ()
    prepared: Prepared | None = None
    report_kb: int = 1_024
