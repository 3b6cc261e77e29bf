"""A question as a folder: ``question.yaml`` beside files and folders that fill in its fields."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.question_bank import limits, text_files
from bot.question_bank.problems import Place, Problem, Unreadable, problem
from bot.question_bank.schema.fields import MAIN_FILE

PAGES = ("question.yaml", "question.yml")
"""The file that makes a folder a question."""
TEXTS = {
    "prompt.md": "prompt",
    "explanation.md": "explanation",
    "program.py": "program",
    "output.txt": "output",
}
"""File -> the field whose text it is."""
FILES = {"starter": "starter", "solution": "solution", "given": "given", "right": "right"}
"""Folder -> the field whose files it holds."""
TESTS = {"tests": "tests", "hidden": "hidden_tests"}
"""Folder -> the field whose pytest files it holds."""
VARIANTS = {"wrong": "wrong", "broken": "broken", "solutions": "solutions"}
"""Folder of folders (or single files) -> the field: name -> files."""
_LOOKS = ", ".join([*TEXTS, *(f"{name}/" for name in [*FILES, *TESTS, *VARIANTS])])


def is_ignored(path: Path) -> bool:
    """Whether a path is no part of a bank: hidden, a cache, compiled code."""
    return path.name.startswith((".", "__pycache__")) or path.suffix == ".pyc"


def is_question(folder: Path) -> bool:
    """Whether the folder is one question."""
    return any((folder / page).is_file() for page in PAGES)


class FolderQuestion:
    """Fills a question's raw fields from the files in its folder; collects what is wrong with them."""

    def __init__(self, folder: Path, name: str, raw: dict[str, Any], key: str) -> None:
        self.folder = folder
        self.name = name
        self.raw = dict(raw)
        self.key = key
        self.problems: list[Problem] = []

    def fill(self) -> dict[str, Any]:
        """The fields of the page together with those that the folder's files hold."""
        for entry in sorted(self.folder.iterdir()):
            if is_ignored(entry) or entry.name in PAGES or entry.name.lower() == "readme.md":
                continue
            if entry.is_file() and entry.name in TEXTS:
                self._put(TEXTS[entry.name], self._read(entry), entry)
            elif entry.is_dir() and entry.name in FILES:
                self._put(FILES[entry.name], self._files(entry), entry)
            elif entry.is_dir() and entry.name in TESTS:
                self._tests(TESTS[entry.name], self._files(entry), entry)
            elif entry.is_dir() and entry.name in VARIANTS:
                self._put(VARIANTS[entry.name], self._variants(entry), entry)
            else:
                message = (
                    f"It belongs to no field. Known here: {_LOOKS}. Files for the member go into given/."
                )
                self._problem(entry, "unknown_file", message)
        return self.raw

    def _problem(self, path: Path, code: str, message: str) -> None:
        place = Place(file=f"{self.name}/{path.relative_to(self.folder).as_posix()}")
        self.problems.append(problem(place, code, message, question=self.key))

    def _put(self, field: str, value: Any, path: Path) -> None:
        if field in self.raw:
            self._problem(
                path, "given_twice", f"`{field}` is also written in {PAGES[0]}. Keep one of the two."
            )
        else:
            self.raw[field] = value

    def _read(self, path: Path) -> str:
        try:
            return text_files.read_text(path, f"{self.name}/{path.relative_to(self.folder).as_posix()}")
        except Unreadable as error:
            self.problems.append(error.problem)
            return ""

    def _files(self, folder: Path) -> dict[str, str]:
        found: dict[str, str] = {}
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if any(is_ignored(Path(part)) for part in relative.parts) or (
                path.is_dir() and not path.is_symlink()
            ):
                continue
            if len(found) >= limits.FILES_PER_QUESTION:
                self._problem(folder, "too_large", f"More than {limits.FILES_PER_QUESTION} files. Use fewer.")
                break
            found[relative.as_posix()] = self._read(path)
        return found

    def _tests(self, field: str, files: dict[str, str], path: Path) -> None:
        """Code from files, policy (``show``, ``stage``, ``each``) from the page."""
        written = self.raw.get(field, {})
        if not isinstance(written, dict):
            self._problem(
                path, "given_twice", f"`{field}` is also written in {PAGES[0]}. Keep one of the two."
            )
            return
        merged = dict(written)
        for name, code in files.items():
            page = merged.get(name, {})
            if not isinstance(page, dict) or "code" in page:
                self._problem(
                    path / name, "given_twice", f"Its code is also written in {PAGES[0]}. Keep one."
                )
            else:
                merged[name] = {**page, "code": code}
        self.raw[field] = merged

    def _variants(self, folder: Path) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for entry in sorted(folder.iterdir()):
            if is_ignored(entry):
                continue
            if entry.is_dir() and not entry.is_symlink():
                found[entry.name] = self._files(entry)
            else:
                found[entry.stem] = {MAIN_FILE: self._read(entry)}
        return found
