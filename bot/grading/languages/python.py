"""Python, run as ``python main.py`` would."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bot.domain.content import Challenge, Limits, SourceFile
from bot.grading.languages.language import checked
from bot.grading.sandbox.task import Flavour, Task


class Python:
    """The ``Language`` of most challenges."""

    entry = "main.py"

    def task(self, challenge: Challenge, files: Iterable[SourceFile], stdin: str) -> Task:
        """See ``Language.task``: given files replace a member's of the same name."""
        return self._task(
            challenge.entry,
            checked((*files, *challenge.given)),
            stdin,
            challenge.limits,
            challenge.packages,
        )

    def program(self, text: str, limits: Limits, packages: tuple[str, ...] = ()) -> Task:
        """See ``Language.program``."""
        return self._task(self.entry, {self.entry: text}, "", limits, packages)

    def _task(
        self, main: str, files: dict[str, str], stdin: str, limits: Limits, packages: tuple[str, ...]
    ) -> Task:
        return Task(
            entry="guest.program:run",
            flavour=Flavour(packages=tuple(sorted(packages))),
            payload=json.dumps({"main": main, "files": files}).encode(),
            limits=limits,
            stdin=stdin.encode(),
        )
