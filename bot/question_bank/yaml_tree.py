"""YAML as authors mean it: every scalar stays the text that was typed, and every value knows its line.

YAML's own rules turn ``yes`` into true, ``1.0`` into a number and ``1:30`` into ninety. Here only
structure is taken from YAML; what a text means is for the schema to say. Tags are refused,
a key written twice is an error, depth and size are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.question_bank import limits
from bot.question_bank.problems import Place, Unreadable, problem

Path = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Null(str):
    """The unquoted words ``null`` and ``~``: text where a text is wanted, "not written" elsewhere."""

    __slots__ = ()


@dataclass(slots=True)
class Document:
    """One YAML document: its value (mappings, lists, texts) and the line of every path in it."""

    value: Any
    line: int
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """The line (from 1) of the value at ``path``, or of the nearest thing around it."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return self.line


@dataclass(slots=True)
class _Open:
    """A mapping or list being read."""

    value: dict[str, Any] | list[Any]
    path: Path
    anchor: str | None
    nodes_before: int
    line: int
    key: str | None = None
    key_line: int = 0


class _Reader:
    """Builds documents from parser events, without recursion."""

    def __init__(self, name: str, repeated: list[tuple[str, int]] | None) -> None:
        self.name = name
        self.repeated = repeated
        self.nodes = 0
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.document = Document("", 1)

    def fail(self, code: str, message: str, line: int) -> Unreadable:
        return Unreadable(problem(Place(file=self.name, line=line), code, message))

    def documents(self, text: str) -> Iterator[Document]:
        for event in yaml.parse(text, Loader=_LOADER):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.DocumentStartEvent):
                self.document, self.anchors = Document("", line), {}
            elif isinstance(event, yaml.DocumentEndEvent):
                yield self.document
            elif isinstance(event, yaml.AliasEvent):
                self.alias(event.anchor or "", line)
            elif isinstance(event, yaml.ScalarEvent):
                self.check_tag(event.tag, line)
                self.scalar(event, line)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self.check_tag(event.tag, line)
                self.open({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor, line)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self.close()

    def check_tag(self, tag: str | None, line: int) -> None:
        if tag is not None:
            raise self.fail("yaml_tag", f"YAML tags such as {tag[:60]!r} are not used here. Remove it.", line)

    def count(self, nodes: int, line: int) -> None:
        self.nodes += nodes
        if self.nodes > limits.YAML_NODES:
            message = f"More than {limits.YAML_NODES} values (aliases count each time). Split the file."
            raise self.fail("too_large", message, line)

    def scalar(self, event: Any, line: int) -> None:
        self.count(1, line)
        top = self.stack[-1] if self.stack else None
        if top and isinstance(top.value, dict) and top.key is None:
            if event.value in top.value and self.repeated is not None and len(self.stack) == 1:
                self.repeated.append((event.value, line))
            elif event.value in top.value:
                message = f"`{event.value[:60]}` is written twice in the same place. Keep one of them."
                raise self.fail("duplicate_field", message, line)
            top.key, top.key_line = event.value, line
            return
        plain = not event.style
        is_null = plain and event.value in ("null", "Null", "NULL", "~")
        value = Null(event.value) if is_null else event.value
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
        self.put(value, line, written=not (plain and event.value == ""))

    def alias(self, anchor: str, line: int) -> None:
        if anchor not in self.anchors:
            raise self.fail("yaml_syntax", f"`*{anchor}` has no finished `&{anchor}` before it.", line)
        value, nodes = self.anchors[anchor]
        self.count(nodes, line)
        top = self.stack[-1] if self.stack else None
        if top and isinstance(top.value, dict) and top.key is None:
            raise self.fail("yaml_syntax", "An alias cannot be the name of a field.", line)
        self.put(value, line)

    def put(self, value: Any, line: int, *, written: bool = True) -> None:
        """Place a finished value in what is open; an empty field counts as not written."""
        if not self.stack:
            self.document.value, self.document.line = value, line
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            self.document.lines[(*top.path, len(top.value))] = line
            top.value.append(value)
            return
        if top.key is not None:
            self.document.lines.setdefault((*top.path, top.key), top.key_line)
            if written and top.key not in top.value:
                top.value[top.key] = value
            top.key = None

    def open(self, value: dict[str, Any] | list[Any], anchor: str | None, line: int) -> None:
        self.count(1, line)
        if len(self.stack) >= limits.YAML_DEPTH:
            raise self.fail("too_deep", f"Nested more than {limits.YAML_DEPTH} deep. Flatten it.", line)
        path: Path = ()
        if self.stack:
            top = self.stack[-1]
            if isinstance(top.value, dict) and top.key is None:
                raise self.fail("yaml_syntax", "The name of a field must be a text.", line)
            path = (*top.path, len(top.value) if isinstance(top.value, list) else str(top.key))
        self.stack.append(_Open(value, path, anchor, self.nodes, line))

    def close(self) -> None:
        done = self.stack.pop()
        if done.anchor:
            self.anchors[done.anchor] = (done.value, self.nodes - done.nodes_before + 1)
        self.put(done.value, done.line)


def load_documents(text: str, name: str, repeated: list[tuple[str, int]] | None = None) -> list[Document]:
    """The YAML documents in ``text``; empty ones are left out. JSON, being YAML, is read as well.

    A repeated key is an error, unless a list ``repeated`` is given: then repetitions at the top
    level are put there, with their lines, and the first one holds.

    Raises:
        Unreadable: a syntax error, a tag, a repeated key, or a bound exceeded; with file and line.
    """
    reader = _Reader(name, repeated)
    try:
        return [document for document in reader.documents(text) if document.value not in ("", None)]
    except yaml.MarkedYAMLError as error:
        unfinished = error.context_mark and "end of stream" in str(error.problem)
        mark = error.context_mark if unfinished else error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        said = " ".join(part for part in (error.context, error.problem) if part)
        message = f"Not valid YAML here: {said}. Check indentation, and quote texts that hold `: ` or ` #`."
        raise reader.fail("yaml_syntax", message, line) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise reader.fail("encoding", "A control character stands here. Remove it.", line) from error
