"""Reads the native format: a file with one or many questions, a question's folder, a whole bank."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain.content import Bank
from bot.question_bank import limits, text_files
from bot.question_bank.formats.base import SAMPLE_BYTES, Format, Reading, ReadOptions, Sample
from bot.question_bank.formats.native import folders
from bot.question_bank.formats.native.convert import to_blueprint
from bot.question_bank.formats.native.validate import Source, question, validate
from bot.question_bank.problems import Found, Place, Problem, Severity, Unreadable, problem
from bot.question_bank.schema.bank import BankPage
from bot.question_bank.yaml_tree import load_documents

NAME = "native"
BANK_PAGES = ("bank.yaml", "bank.yml")
SUFFIXES = (".yaml", ".yml", ".json")
_NOT_QUESTIONS = {*BANK_PAGES, "schema.json"}
_LOOKED_INTO = 5
"""How many of a folder's files are looked into when none has a name that tells."""
_PARENTS = 4
"""How many folders up a single question's bank page is looked for."""
_OURS = re.compile(r"^[ \t{\[-]*\"?(kind|prompt|front|questions)\"?\s*:", re.MULTILINE)
"""Every native question starts a line with one of these fields."""
_MEANT = re.compile(
    r"^[ \t{\[-]*[\"']?(key|kind|prompt|front|back|options|answers?|explanation|questions|solution|starter"
    r"|tests|cases)[\"']?\s*:",
    re.MULTILINE,
)
"""A file with one of these was meant as a question, even if others are missing or misspelt."""
_MAPPING = re.compile(r"^\w[\w .-]*:", re.MULTILINE)


def slug(text: str, default: str = "bank") -> str:
    """``text`` as a key: lower case, everything but letters, digits, ``.``, ``-``, ``_`` to one hyphen."""
    return re.sub(r"[^a-z0-9._]+", "-", text.lower()).strip("-._")[:62] or default


@dataclass(slots=True)
class _Bank:
    """A bank being read."""

    root: Path
    page: BankPage | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    items: list[Found] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def name_of(self, path: Path) -> str:
        """The path as problems show it: relative to the bank."""
        return path.relative_to(self.root).as_posix() if path != self.root else path.name

    def take_page(self, raw: Any, source: Source) -> None:
        """Make ``raw`` the bank's page, which holds for all questions read after it."""
        page, problems = validate(BankPage, raw, source)
        self.problems += problems
        if page:
            self.page = page
            self.defaults = dict(raw.get("defaults", {}))

    def read_page(self, path: Path) -> None:
        """Read ``bank.yaml``."""
        name = self.name_of(path) if path.is_relative_to(self.root) else path.name
        documents = load_documents(text_files.read_text(path, name), name)
        if documents:
            self.take_page(documents[0].value, Source(name, documents[0]))

    def read_file(self, path: Path) -> None:
        """Read the questions of one YAML or JSON file."""
        name = self.name_of(path)
        documents = load_documents(text_files.read_text(path, name), name)
        if not documents:
            message = "The file is empty. Write a question into it or remove it."
            self.problems.append(problem(Place(file=name), "empty_file", message))
        for document in documents:
            source = Source(name, document)
            raw = document.value
            if isinstance(raw, dict) and "questions" in raw:
                self._many(raw, source)
            elif isinstance(raw, list):
                self._list(raw, source)
            else:
                self._one(raw, source, slug(path.stem, "") if len(documents) == 1 else "")

    def read_folder(self, folder: Path) -> None:
        """Read a question's folder."""
        page = next(folder / name for name in folders.PAGES if (folder / name).is_file())
        name = self.name_of(page)
        documents = load_documents(text_files.read_text(page, name), name)
        if len(documents) != 1 or not isinstance(documents[0].value, dict):
            message = "The page of a folder holds exactly one question: a mapping of fields."
            self.problems.append(problem(Place(file=name, line=1), "not_a_question", message))
            return
        raw = documents[0].value
        fallback = slug(folder.resolve().name, "")
        where = Path(name).parent.as_posix() if "/" in name else folder.name
        filled = folders.FolderQuestion(folder, where, raw, str(raw.get("key") or fallback))
        fields = filled.fill()
        self.problems += filled.problems
        if not filled.problems:
            self._one(fields, Source(name, documents[0]), fallback)

    def _many(self, raw: dict[str, Any], source: Source) -> None:
        for name in raw:
            if name not in ("bank", "questions"):
                message = f"`{name[:60]}` is no field beside `questions`. Put it into `bank:` or a question."
                self.problems.append(problem(source.place(name), "unknown_field", message))
        if "bank" in raw:
            self.take_page(raw["bank"], Source(source.file, source.document, ("bank",)))
        if not isinstance(raw["questions"], list):
            message = "`questions` is a list: `- key: ...` for each question."
            self.problems.append(problem(source.place("questions"), "not_a_question", message))
            return
        self._list(raw["questions"], Source(source.file, source.document, ("questions",)))

    def _list(self, raw: list[Any], source: Source) -> None:
        for index, fields in enumerate(raw):
            self._one(fields, Source(source.file, source.document, (*source.path, index)), "")

    def _one(self, raw: Any, source: Source, fallback_key: str) -> None:
        found, problems = question(raw, source, self.page, self.defaults, fallback_key)
        self.problems += problems
        if found:
            self.items.append(found)


def _walk(folder: Path, depth: int = 0) -> Iterator[Path]:
    """The question files and question folders below ``folder``, in order."""
    if depth > limits.FOLDER_DEPTH:
        return
    for entry in sorted(folder.iterdir()):
        if folders.is_ignored(entry) or entry.name in _NOT_QUESTIONS:
            continue
        if entry.is_dir() and not entry.is_symlink():
            if folders.is_question(entry):
                yield entry
            else:
                yield from _walk(entry, depth + 1)
        elif entry.suffix.lower() in SUFFIXES:
            yield entry


def _page_for(path: Path) -> Path | None:
    """The bank page that holds for ``path``: its own, or the nearest above it."""
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    for candidate in [folder, *folder.parents][: _PARENTS + 1]:
        for name in BANK_PAGES:
            if (candidate / name).is_file():
                return candidate / name
    return None


def read(path: Path, options: ReadOptions) -> Reading:
    """Read a bank, a question's folder, or a file, in the native format.

    Bank-wide values come from the nearest ``bank.yaml`` at ``path`` or up to four folders above.
    """
    if path.name in folders.PAGES:
        path = path.absolute().parent
    whole = path.is_dir() and not folders.is_question(path)
    bank = _Bank(root=path if whole else path.parent)
    page = _page_for(path)
    entries = _walk(path) if whole else iter([path])
    total = 0
    if page:
        _attempt(bank, bank.read_page, page)
    for number, entry in enumerate(entries, start=1):
        total += entry.stat().st_size if entry.is_file() else 0
        if number > limits.BANK_FILES or total > limits.BANK_BYTES:
            message = f"More than {limits.BANK_FILES} files or {limits.BANK_BYTES >> 20} MB. Split the bank."
            bank.problems.append(problem(Place(file=bank.name_of(entry)), "too_large", message))
            break
        if whole and entry.is_file() and is_foreign(entry):
            bank.problems.append(passed_over(bank.name_of(entry)))
            continue
        _attempt(bank, bank.read_folder if entry.is_dir() else bank.read_file, entry)
    return Reading(
        format=NAME,
        bank=_bank_value(bank.page, options.name, slug(path.resolve().stem)),
        items=tuple(bank.items),
        problems=tuple(bank.problems),
    )


def _attempt(bank: _Bank, step: Any, path: Path) -> None:
    try:
        step(path)
    except Unreadable as error:
        bank.problems.append(error.problem)


def _bank_value(page: BankPage | None, wanted: str, fallback: str) -> Bank:
    if page is None:
        return Bank(name=wanted or fallback)
    return Bank(
        name=wanted or page.name,
        description=page.description,
        licence=page.licence,
        author=page.author,
        packages=tuple(page.packages),
        exams=tuple(to_blueprint(exam) for exam in page.exams),
    )


def _is_ours(path: Path) -> bool:
    try:
        head = text_files.read_head(path, path.name, SAMPLE_BYTES)
    except Unreadable:
        return False
    return bool(_OURS.search(head.decode("utf-8", errors="replace")))


def is_foreign(path: Path) -> bool:
    """Whether a YAML file of a folder is another program's: fields, and none that a question has."""
    if path.suffix.lower() not in SUFFIXES[:2]:
        return False
    try:
        text = text_files.read_head(path, path.name, SAMPLE_BYTES).decode("utf-8-sig", errors="replace")
    except Unreadable:
        return False
    return bool(_MAPPING.search(text)) and not _MEANT.search(text)


def passed_over(name: str) -> Problem:
    """The warning about a file for which ``is_foreign`` holds."""
    message = "It has no field of a question, so it was passed over. If it is one, write its `prompt`."
    return problem(Place(file=name), "passed_over", message, severity=Severity.WARNING)


def detect(sample: Sample) -> bool:
    """Whether it is a folder with native files, a YAML file, or JSON with our fields."""
    if sample.is_folder:
        pages = {*BANK_PAGES, *folders.PAGES}
        files = [name for name in sample.names if name.lower().endswith(SUFFIXES[:2])]
        return any(Path(name).name in pages for name in files) or any(
            _is_ours(sample.path / name) for name in files[:_LOOKED_INTO]
        )
    return sample.suffix in SUFFIXES[:2] or (sample.suffix == ".json" and bool(_OURS.search(sample.text)))


FORMAT = Format(name=NAME, title="Warmup's own YAML", detect=detect, read=read)
