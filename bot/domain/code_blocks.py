"""Handed-in code, however it was typed: the one parser for messages, dialogs and files of every platform.

``read_message`` takes a chat message, ``read_files`` takes uploads or a dialog. Both give the files to
grade, or raise ``CodeRefused`` with a sentence that says what to do. Code is changed only where a chat
program is known to have changed it, and then only when it does not compile as it came: strings may hold
such characters honestly.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath

from bot.domain.content import Challenge, SourceFile
from bot.domain.fences import FENCE, fenced_blocks
from bot.domain.mending import mended, parse, told

MOST_BYTES = 64 * 1024
"""How much code one submission may hold."""
MOST_FILES = 40
LONGEST_NAME = 120
DEEPEST_FOLDER = 8
INLINE = re.compile(r"(?<!`)(`{1,2})(?!`)(?P<code>[^\n]+?)(?<!`)\1(?!`)")
HEADER = re.compile(r"^[ \t]*(?:#|//|--)[ \t]*file:[ \t]*(?P<name>\S[^\n]*?)[ \t]*$", re.IGNORECASE)
SAFE_NAME = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")
STATEMENT = re.compile(
    r"^[ \t]*(?:def |class |import |from \w+ import|for .+:|while .+:|if .+:|return\b|print\(|@\w+"
    r"|\w+ ?= ?\S)",
    re.MULTILINE,
)
QUERY = re.compile(r"[;=()*]|\b(?:select|insert|update|create|with)\b", re.IGNORECASE)
SPECIAL_NAMES = frozenset(
    {"conftest.py", "pytest.py", "sitecustomize.py", "usercustomize.py", "pytest.ini", "tox.ini", "setup.cfg"}
)
"""Files that pytest or the interpreter would load by themselves."""


class CodeRefused(Exception):
    """No code to grade in it. ``code`` is stable, ``text`` tells the member what to do."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Handed:
    """The files to grade, and a sentence for the receipt when something had to be chosen or undone."""

    files: tuple[SourceFile, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a challenge expects: the file that unnamed code becomes, the other files that a member writes,
    and the names that are kept for the challenge's own files.
    """

    entry: str
    names: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()


def wanted(challenge: Challenge) -> Wanted:
    """What the challenge expects."""
    starter = frozenset(file.name for file in challenge.starter)
    own = {file.name for file in challenge.given} | {test.file.name for test in challenge.tests}
    own |= {file.name for file in challenge.right}
    return Wanted(challenge.entry, starter, frozenset(own) - starter - {challenge.entry})


def read_message(text: str, want: Wanted, *, most_bytes: int = MOST_BYTES) -> Handed:
    """The code in a chat message.

    Fenced blocks with ``# file: name.py`` headers are the files of a project. Of several blocks without
    headers the longest is taken, and the note says so. A message without any block is taken as bare code when
    it reads as code, and refused when it is prose. Raises ``CodeRefused``.
    """
    _refuse_size(text, most_bytes)
    _refuse_binary(text)
    text = _line_ends(text)
    if not text.strip():
        raise _empty()
    blocks = [block for block in fenced_blocks(text) if block.text.strip()]
    if not blocks:
        return _without_fences(text, want)
    named = [block for block in blocks if _headers(block.text)]
    if named:
        files = [file for block in named for file in _split(block.text)]
        skipped = len(blocks) - len(named)
        note = f"{skipped} block(s) without a `# file:` line were left out." if skipped else ""
        return _checked(files, want, note)
    longest = max(blocks, key=lambda block: len(block.text.strip()))
    note = ""
    if len(blocks) > 1:
        note = (
            f"Of {len(blocks)} code blocks the longest is graded. "
            "To hand in several files, begin each block with a line such as `# file: name.py`."
        )
    return _checked([SourceFile(want.entry, longest.text)], want, note)


def read_files(files: Sequence[SourceFile], want: Wanted, *, most_bytes: int = MOST_BYTES) -> Handed:
    """Uploads or a dialog's text. Raises ``CodeRefused``.

    A single file takes the entry's name unless the challenge knows its own; its text may be fenced or have
    ``# file:`` headers, as in a message.
    """
    if not files:
        raise _empty()
    total = sum(len(file.text) for file in files)
    if total > most_bytes:
        raise _too_large(total, most_bytes)
    for file in files:
        _refuse_size(file.text, most_bytes)
        _refuse_binary(file.text)
    if len(files) > 1:
        return _checked([SourceFile(file.name, _line_ends(file.text)) for file in files], want)
    text = _line_ends(files[0].text)
    if not text.strip():
        raise _empty()
    if _headers(text):
        return _checked(_split(text), want)
    if _is_fenced(text):
        return read_message(text, want, most_bytes=most_bytes)
    name = files[0].name if files[0].name in want.names else want.entry
    return _checked([SourceFile(name, text)], want)


def _without_fences(text: str, want: Wanted) -> Handed:
    """Bare code, or code in inline backticks."""
    if _headers(text):
        return _checked(_split(text), want)
    inline = [match["code"].strip() for match in INLINE.finditer(text)]
    if inline and not _reads_as_code(text, want.entry):
        longest = max(inline, key=len)
        if _reads_as_code(longest, want.entry):
            return _checked([SourceFile(want.entry, longest)], want)
    if not _reads_as_code(text, want.entry):
        raise CodeRefused(
            "no_code",
            "I could not find any code in that. Put it between two lines of three backticks (```), "
            "or attach it as a file.",
        )
    return _checked([SourceFile(want.entry, text)], want)


def _reads_as_code(text: str, entry: str) -> bool:
    """Whether text without a fence is meant as code; wrong code is still code, a sentence is not."""
    if not entry.endswith(".py"):
        return bool(QUERY.search(text))
    text = mended(text)
    try:
        tree = parse(textwrap.dedent(text))
    except SyntaxError:
        return bool(STATEMENT.search(text))
    # A single word or a comparison of words parses too: it does nothing that could be graded.
    plain = (ast.Expr, ast.Pass)
    idle = (ast.Name, ast.Attribute, ast.Constant, ast.Tuple, ast.Compare, ast.BoolOp, ast.UnaryOp)
    return any(
        not isinstance(node, plain) or (isinstance(node, ast.Expr) and not isinstance(node.value, idle))
        for node in tree.body
    )


def _headers(text: str) -> list[int]:
    """The line numbers of ``# file: name`` headers; only when the first line that is not empty is one."""
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if not HEADER.match(first):
        return []
    return [number for number, line in enumerate(lines) if HEADER.match(line)]


def _split(text: str) -> list[SourceFile]:
    """The files under their ``# file:`` headers."""
    lines = text.split("\n")
    marks = [*_headers(text), len(lines)]
    files = []
    for start, end in pairwise(marks):
        match = HEADER.match(lines[start])
        assert match is not None
        body = "\n".join(lines[start + 1 : end]).strip("\n")
        files.append(SourceFile(match["name"].strip("`'\""), body + "\n" if body else ""))
    return files


def _is_fenced(text: str) -> bool:
    return FENCE.match(text.strip().split("\n", 1)[0]) is not None


def _checked(files: Iterable[SourceFile], want: Wanted, note: str = "") -> Handed:
    """Mend each file, and refuse names that could reach beyond the submission."""
    files = tuple(files)
    mended_files = tuple(
        SourceFile(safe_name(file.name), mended(file.text) if file.name.endswith(".py") else file.text)
        for file in files
    )
    names = [file.name for file in mended_files]
    if len(set(names)) != len(names):
        raise CodeRefused("double_name", "Two files have the same name. Give each file a name of its own.")
    folders = {str(folder) for name in names for folder in PurePosixPath(name).parents}
    if folders & set(names):
        raise CodeRefused("double_name", "A file and a folder have the same name. Please rename one of them.")
    if len(names) > MOST_FILES:
        raise CodeRefused("too_many_files", f"That is {len(names)} files; {MOST_FILES} are the most.")
    for file in mended_files:
        _refuse_kept_name(file.name, want)
    if not any(file.text.strip() for file in mended_files):
        raise _empty()
    changes = {
        change: None
        for before, after in zip(files, mended_files, strict=True)
        if before.text != after.text
        for change in told(before.text, after.text)
    }
    if changes:
        note = f"{note} Put right before grading: {', '.join(changes)}.".strip()
    return Handed(mended_files, note)


def safe_name(name: str) -> str:
    """A relative POSIX path inside the submission. Raises ``CodeRefused``."""
    path = PurePosixPath(name)
    parts = path.parts
    if (
        not name
        or len(name) > LONGEST_NAME
        or "\\" in name
        or path.is_absolute()
        or not all(SAFE_NAME.match(part) for part in parts)
        or not 0 < len(parts) <= DEEPEST_FOLDER
    ):
        shown = name[:40].encode("ascii", "replace").decode()
        raise CodeRefused(
            "bad_file_name",
            f"The file name {shown!r} can't be used. "
            "Use letters, digits, _, - and dots, with / between folders.",
        )
    return str(path)


def _refuse_kept_name(name: str, want: Wanted) -> None:
    """Refuse files that would stand in for the challenge's own, or be loaded beside them."""
    if name == want.entry or name in want.names:
        return
    last = PurePosixPath(name).name.lower()
    if last.startswith("test_") or last.endswith("_test.py") or last in SPECIAL_NAMES or name in want.kept:
        raise CodeRefused(
            "reserved_file_name",
            f"The name {name} is kept for the challenge's own files. Please choose another file name.",
        )


def _line_ends(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _refuse_size(text: str, most_bytes: int) -> None:
    # Counting characters first: a huge text is refused before anything else looks at it.
    if len(text) > most_bytes or len(text.encode("utf-8", "surrogatepass")) > most_bytes:
        raise _too_large(len(text), most_bytes)


def _refuse_binary(text: str) -> None:
    bad = sum(1 for char in text if (char < " " and char not in "\n\r\t\f") or char in "\ufffd\x7f")
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text) or bad * 20 > max(len(text), 20):
        raise CodeRefused(
            "binary", "That is not a text file. Please hand in the source code itself, saved as UTF-8 text."
        )


def _too_large(size: int, most_bytes: int) -> CodeRefused:
    return CodeRefused(
        "too_large",
        f"That is {size / 1024:,.0f} KB of code; {most_bytes // 1024} KB are the most. "
        "Please hand in the source only, without data or generated code.",
    )


def _empty() -> CodeRefused:
    return CodeRefused(
        "empty",
        "There is no code in that. "
        "Put it between two lines of three backticks (```), or attach it as a file.",
    )
