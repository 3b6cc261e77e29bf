"""Folders that exist on both sides (a test's ``tmp_path``), carried over when something in them changed.

The two processes share no file system. Plain files and folders cross, nothing else: no links, no devices.
"""

from __future__ import annotations

import os
from typing import Any

MOST_FILES = 512
MOST_BYTES = 8 << 20
"""Of all shared folders together. Examiners of a challenge share a file system eight times as large."""

State = dict[str, tuple[int, int] | None]
"""By path: modification time and size of a file, None for a folder."""


class Files:
    """One side's view of the folders that both have."""

    def __init__(self) -> None:
        self.roots: list[str] = []
        self._known: State = {}

    def watch(self, roots: list[str]) -> None:
        """Follow these folders from now on, which the other side has as well."""
        for root in roots:
            if root not in self.roots:
                os.makedirs(root, exist_ok=True)
                self.roots.append(root)
                self._known[root] = None

    def _look(self) -> State:
        found: State = {}
        waiting = list(self.roots)
        while waiting and len(found) < MOST_FILES:
            folder = waiting.pop()
            found[folder] = None
            try:
                entries = list(os.scandir(folder))
            except OSError:
                continue
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    facts = entry.stat(follow_symlinks=False)
                    found[entry.path] = (facts.st_mtime_ns, facts.st_size)
        return found

    def changes(self) -> list[list[Any]]:
        """What became different since the last time: [path, contents or None for a folder or False for
        gone].
        """
        now = self._look()
        before, self._known = self._known, now
        if now == before:
            return []
        told: list[list[Any]] = [[p, False] for p in before if p not in now]
        room = MOST_BYTES
        for path, facts in now.items():
            if path in before and before[path] == facts:
                continue
            if facts is None:
                told.append([path, None])
                continue
            room -= facts[1]
            if room < 0:
                raise ValueError("too much data in files to hand over")
            try:
                with open(path, "rb") as file:
                    told.append([path, file.read(facts[1]).decode("latin-1")])
            except OSError:
                continue
        return told

    def allowed(self, path: Any) -> bool:
        """Whether a path lies in one of the folders, and is a plain one."""
        if type(path) is not str or os.path.normpath(path) != path:
            return False
        return any(path == root or path.startswith(root + "/") for root in self.roots)

    def apply(self, told: list[list[Any]]) -> None:
        """Make the other side's changes here.

        Raises:
            ValueError: a path outside the folders, or more than there is room for; nothing has been changed.
        """
        self._check(told)
        for path, content in told:
            if content is None:
                os.makedirs(path, exist_ok=True)
            elif content is False:
                _remove(path)
            else:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(content.encode("latin-1"))
        self._known = self._look()

    def _check(self, told: list[list[Any]]) -> None:
        if len(told) > 4 * MOST_FILES:
            raise ValueError("too many changes of files at once")
        sizes = {path: facts[1] if facts else 0 for path, facts in self._known.items()}
        for path, content in told:
            if not self.allowed(path):
                raise ValueError("a file outside the shared folders")
            if content is False:
                sizes = {p: n for p, n in sizes.items() if p != path and not p.startswith(f"{path}/")}
                continue
            sizes[path] = len(content or "")
            folder = os.path.dirname(path)
            while folder not in sizes and self.allowed(folder):
                sizes[folder] = 0
                folder = os.path.dirname(folder)
            if len(sizes) > MOST_FILES or sum(sizes.values()) > MOST_BYTES:
                raise ValueError("too many files, or too much in them, to hand over")


def _remove(path: str) -> None:
    if not os.path.isdir(path):
        if os.path.lexists(path):
            os.remove(path)
        return
    for folder, folders, files in os.walk(path, topdown=False):
        for name in files:
            os.remove(os.path.join(folder, name))
        for name in folders:
            os.rmdir(os.path.join(folder, name))
    os.rmdir(path)
