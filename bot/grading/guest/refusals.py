"""What a job is told when it asks for something that the wall refuses anyway.

Nothing is enforced here: system-call filters do that. These only replace "Operation not
permitted" by a sentence.
"""

from __future__ import annotations

import errno
import os
import socket
import subprocess
from typing import Any, NoReturn

NO_PROCESSES = "this sandbox does not start other processes"
NO_NETWORK = "this sandbox has no network"

_STARTERS = (
    "fork",
    "forkpty",
    "system",
    "posix_spawn",
    "posix_spawnp",
    "execv",
    "execve",
)


def _refuse_process(*_: Any, **__: Any) -> NoReturn:
    raise PermissionError(errno.EPERM, NO_PROCESSES)


def install() -> None:
    """Say so, wherever Python would start a process or open a socket."""
    for name in _STARTERS:
        setattr(os, name, _refuse_process)
    setattr(subprocess, "_fork_exec", _refuse_process)  # noqa: B010 - private, and final to the type checker
    setattr(subprocess, "_USE_POSIX_SPAWN", False)  # noqa: B010 - as above
    make_socket = socket.socket.__init__

    def only_existing(self: socket.socket, *arguments: Any, **named: Any) -> None:
        if (arguments[3] if len(arguments) > 3 else named.get("fileno")) is None:
            raise PermissionError(errno.EPERM, NO_NETWORK)
        make_socket(self, *arguments, **named)

    socket.socket.__init__ = only_existing  # type: ignore[method-assign]
