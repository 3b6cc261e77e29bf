"""Run as a script: become another program that cannot outlive its parent.

``launch.py PARENT UID GID PROGRAM [ARGUMENT...]`` drops to ``UID``/``GID`` (-1: stays as it is), asks the
kernel for a SIGQUIT when the parent's thread ends (PostgreSQL's "stop at once"), and executes ``PROGRAM``.
The order matters: a change of user id clears the request. It is a script rather than a ``preexec_fn``
because no Python may run safely between fork and exec in a process that has threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""From ``linux/prctl.h``."""


def main(arguments: list[str]) -> None:
    """Drop privileges, tie this process to its parent and execute the program."""
    parent, uid, gid = (int(value) for value in arguments[:3])
    command = arguments[3:]
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)
    os.setsid()  # a Ctrl-C in the terminal is the application's to handle
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        sys.exit("the application ended while PostgreSQL was being started")
    os.execv(command[0], command)  # noqa: S606  (an absolute path, no shell)


if __name__ == "__main__":
    main(sys.argv[1:])
