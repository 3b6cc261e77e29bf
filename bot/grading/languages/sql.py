"""SQL on SQLite: a submission is a script, judged by the rows it prints."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bot.domain.content import Challenge, Limits, SourceFile
from bot.grading.languages.language import checked
from bot.grading.sandbox.task import Task


class Sql:
    """Given files ending in ``.sql`` make the schema and its rows, in the order of the challenge.

    A case's standard input, if there is any, is one more script to run before the member's.
    """

    entry = "main.sql"

    def task(self, challenge: Challenge, files: Iterable[SourceFile], stdin: str) -> Task:
        """See ``Language.task``."""
        scripts = [(f.name, f.text) for f in challenge.given if f.name.endswith(".sql")]
        if stdin:
            scripts.append(("case.sql", stdin))
        own = checked(files)
        return self._task(scripts, challenge.entry, own.get(challenge.entry, ""), challenge.limits)

    def program(self, text: str, limits: Limits, packages: tuple[str, ...] = ()) -> Task:
        """See ``Language.program``; SQL has no packages."""
        return self._task([], self.entry, text, limits)

    def _task(self, scripts: list[tuple[str, str]], main: str, text: str, limits: Limits) -> Task:
        payload = json.dumps({"before": scripts, "main": [main, text]}).encode()
        return Task(entry="guest.sql:run", payload=payload, limits=limits)
