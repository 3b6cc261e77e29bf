"""Code exercises as folders, in the layout of an Exercism track.

An exercise is a folder with ``.meta/config.json`` (which files are the solution, the tests, the
example), instructions in ``.docs/``, and an example solution in ``.meta/``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.domain.content import Challenge, Difficulty, Kind, SourceFile, TestFile, Variant
from bot.question_bank import limits
from bot.question_bank.formats.base import Format, Reading, ReadOptions, Sample
from bot.question_bank.formats.collector import Collector
from bot.question_bank.formats.native.folders import is_ignored
from bot.question_bank.formats.native.reading import slug
from bot.question_bank.formats.opentdb import load_json
from bot.question_bank.problems import Unreadable
from bot.question_bank.text_files import read_text

NAME = "exercism"
_CONFIG = Path(".meta", "config.json")
_PAGES = ("introduction.md", "instructions.md", "instructions.append.md")
_EASY, _MEDIUM = 3, 7
"""The track's difficulty from 1 to 10: easy up to 3, medium up to 7, as its site shows it."""


class _Incomplete(Exception):
    """An exercise that cannot be imported: a code and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Exercise:
    """One exercise's folder."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder
        self.name = folder.relative_to(root).as_posix() if folder != root else folder.name
        self.config = self._json(_CONFIG)
        files = self.config.get("files")
        self.files: dict[str, Any] = files if isinstance(files, dict) else {}

    def _json(self, path: Path) -> dict[str, Any]:
        name = f"{self.name}/{path.as_posix()}"
        value = load_json(read_text(self.folder / path, name), name)
        return value if isinstance(value, dict) else {}

    def names(self, role: str) -> list[str]:
        """The files that the config names for ``role``; each must lie inside the folder."""
        names = [name for name in self.files.get(role, []) if isinstance(name, str)]
        for name in names:
            if Path(name).is_absolute() or ".." in Path(name).parts:
                raise _Incomplete(
                    "archive", f"The file `{name[:80]}` lies outside the exercise. Correct the config."
                )
        return names

    def text(self, name: str) -> str:
        return read_text(self.folder / name, f"{self.name}/{name}")

    def sources(self, names: list[str]) -> tuple[SourceFile, ...]:
        return tuple(SourceFile(name, self.text(name)) for name in names if (self.folder / name).is_file())

    def prompt(self) -> str:
        pages = [self.folder / ".docs" / page for page in _PAGES]
        return "\n\n".join(self.text(f".docs/{page.name}").strip() for page in pages if page.is_file())

    def others(self, known: set[str]) -> list[str]:
        """Helper files that the config does not name."""
        found: list[str] = []
        for path in sorted(self.folder.rglob("*")):
            relative = path.relative_to(self.folder)
            if any(is_ignored(Path(part)) for part in relative.parts) or not path.is_file():
                continue
            if (
                relative.as_posix() not in known
                and path.suffix != ".md"
                and len(found) < limits.FILES_PER_QUESTION
            ):
                found.append(relative.as_posix())
        return found

    def references(self, solution: list[str]) -> tuple[Variant, ...]:
        """The example, under the names that a submission has."""
        examples = self.names("example") + self.names("exemplar")
        by_name = {Path(name).name: name for name in solution}
        files: list[SourceFile] = []
        for example in examples:
            if not (self.folder / example).is_file():
                continue
            one_for_one = len(examples) == 1 and len(solution) == 1
            name = solution[0] if one_for_one else by_name.get(Path(example).name, Path(example).name)
            files.append(SourceFile(name, self.text(example)))
        return (Variant("solution", tuple(files)),) if files else ()

    def challenge(self, found: Collector, track: dict[str, dict[str, Any]]) -> Challenge:
        solution, tests = self.names("solution"), self.names("test")
        if not solution or not tests:
            raise _Incomplete(
                "missing_field", "Its config names no solution or no test file. Add them to `files`."
            )
        if any(not name.endswith(".py") for name in tests):
            raise _Incomplete(
                "unknown_language", "Its tests are not Python. Only Python exercises are imported."
            )
        missing = next((name for name in tests if not (self.folder / name).is_file()), None)
        if missing:
            raise _Incomplete("missing_tests", f"The test file `{missing[:80]}` is not there. Add it.")
        prompt = self.prompt()
        if not prompt:
            raise _Incomplete("empty_prompt", "It has no `.docs/instructions.md`. Add it.")
        said = track.get(self.folder.name, {})
        rank = said.get("difficulty")
        difficulty = None
        if isinstance(rank, int) and rank > 0:
            steps = (Difficulty.EASY, Difficulty.MEDIUM, Difficulty.HARD)
            difficulty = steps[(rank > _EASY) + (rank > _MEDIUM)]
        given = self.names("editor") + self.others({*solution, *tests, *self.names("editor")})
        topics = said.get("topics") or said.get("practices") or []
        meta = found.meta(
            prompt,
            key=slug(self.folder.name, "exercise"),
            title=str(said.get("name") or self.folder.name.replace("-", " ").capitalize()),
            difficulty=difficulty,
            tags=[str(topic) for topic in topics if isinstance(topic, str)],
        )
        return Challenge(
            meta=meta,
            kind=Kind.CODE_TESTS if len(solution) == 1 else Kind.CODE_PROJECT,
            prompt=prompt,
            entry=solution[0],
            starter=self.sources(solution),
            given=self.sources(given),
            tests=tuple(TestFile(file) for file in self.sources(tests)),
            references=self.references(solution),
        )


def _exercises(root: Path) -> Iterator[Path]:
    for folder, subfolders, _ in os.walk(root):
        subfolders[:] = sorted(
            name for name in subfolders if not name.startswith(".") and name != "node_modules"
        )
        if "exercises" in subfolders and "concepts" in subfolders:
            subfolders.remove("concepts")  # a track's pages to read, which have a config.json too
        if (Path(folder) / _CONFIG).is_file():
            subfolders.clear()
            yield Path(folder)


def _track(root: Path) -> dict[str, dict[str, Any]]:
    """What the track's own ``config.json`` says of each exercise, by its slug."""
    for folder in [root, *root.resolve().parents][:4]:
        path = folder / "config.json"
        if path.is_file() and folder.joinpath("exercises").is_dir():
            config = load_json(read_text(path, path.name), path.name)
            lists = config.get("exercises", {}) if isinstance(config, dict) else {}
            entries = [entry for entries in lists.values() if isinstance(entries, list) for entry in entries]
            return {str(entry.get("slug")): entry for entry in entries if isinstance(entry, dict)}
    return {}


def read(path: Path, options: ReadOptions) -> Reading:
    """Read a track, a folder of exercises, or one exercise."""
    found = Collector(path.name, options)
    track = _track(path)
    for count, folder in enumerate(_exercises(path)):
        if count >= limits.BANK_FILES:
            found.reject(0, "too_large", f"More than {limits.BANK_FILES} exercises. Split the folder.")
            break
        found.file = (
            (folder.relative_to(path) if folder != path else Path(folder.name)).joinpath(_CONFIG).as_posix()
        )
        try:
            found.add(1, _Exercise(folder, path).challenge(found, track))
        except _Incomplete as error:
            found.reject(1, error.code, str(error), folder.name)
        except Unreadable as error:
            found.problems.append(error.problem)
    return found.reading(NAME, bank=path.resolve().name)


def detect(sample: Sample) -> bool:
    """Whether a folder is an exercise, or holds some within three levels."""
    if not sample.is_folder:
        return False
    patterns = (
        ".meta/config.json",
        "*/.meta/config.json",
        "*/*/.meta/config.json",
        "*/*/*/.meta/config.json",
    )
    return any(next(sample.path.glob(pattern), None) is not None for pattern in patterns)


FORMAT = Format(name=NAME, title="Exercism track", detect=detect, read=read)
