"""Under which user id the server runs, and what that user can reach."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from bot.storage.embedded.errors import EmbeddedPostgresError

SYSTEM_ACCOUNTS = ("postgres", "daemon", "bin", "nobody")
"""Unprivileged accounts that root may run the server as, in order of preference.

PostgreSQL refuses to run as root, and ``initdb`` needs an account that has a name.
"""


@dataclass(frozen=True, slots=True)
class Account:
    """The user and group id of the server. ``changes`` is true when we are root and drop to it."""

    uid: int
    gid: int
    changes: bool

    def reaches(self, path: Path) -> bool:
        """Whether every folder on the way to ``path`` may be entered, by its mode bits."""
        return all(self._may_enter(folder.stat()) for folder in (path, *path.parents) if folder.is_dir())

    def _may_enter(self, status: os.stat_result) -> bool:
        if not self.changes:
            return True  # the kernel will say so itself
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def choose(folder: Path) -> Account:
    """The account for the server whose files are in ``folder``: whoever owns it, never root.

    Raises ``EmbeddedPostgresError`` when the folder is somebody else's or no account is to be had.
    """
    owner = folder.stat().st_uid if folder.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise EmbeddedPostgresError(
                f"The database folder {folder} belongs to another user (id {owner}): "
                "start Warmup as that user, or set WARMUP_DATA_DIR to a folder of your own."
            )
        _require_name(os.geteuid())
        return Account(os.geteuid(), os.getegid(), changes=False)
    if owner:
        _require_name(owner)
        return Account(owner, pwd.getpwuid(owner).pw_gid, changes=True)
    for name in SYSTEM_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, changes=True)
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root and no system account to run it as was found: "
        "start Warmup as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
    )


def _require_name(uid: int) -> None:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedPostgresError(
            f"PostgreSQL needs a user that has a name, and user id {uid} has no entry in /etc/passwd: "
            "add one, start Warmup as another user, or set DATABASE_URL to a PostgreSQL server."
        ) from None
