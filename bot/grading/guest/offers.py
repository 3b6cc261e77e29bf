"""Which packages a job may import, and what it is told about the others."""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType

_STANDARD = frozenset(sys.stdlib_module_names)


class Offers:
    """A finder that comes last: it finds the packages on offer and explains why others are missing.

    ``declared`` are the packages the challenge names, ``importable`` those with all they need
    themselves, ``site`` the folder they are installed in.
    """

    def __init__(self, declared: Sequence[str], importable: Sequence[str], site: str) -> None:
        self.declared = tuple(declared)
        self.importable = frozenset(importable)
        self.site = site

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """As for every finder on ``sys.meta_path``.

        Raises:
            ModuleNotFoundError: a top-level module that is nowhere, saying what the challenge offers.
        """
        if path is not None:
            return None
        if name in self.importable:
            return importlib.machinery.PathFinder.find_spec(name, [self.site], target)
        if name in _STANDARD:
            return None
        offer = "the standard library"
        if self.declared:
            offer += " and " + ", ".join(self.declared)
        raise ModuleNotFoundError(f"No module named {name!r}: this challenge offers {offer}", name=name)
