"""Code tasks as JSON lines, as benchmarks publish them: HumanEval's and MBPP's fields; plain or gzipped."""

from __future__ import annotations

import ast
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.domain.content import Challenge, Kind, Meta, SourceFile, TestFile, Variant
from bot.question_bank import limits
from bot.question_bank.formats.base import Format, Reading, ReadOptions, Sample
from bot.question_bank.formats.collector import Collector
from bot.question_bank.problems import Place, Unreadable, problem
from bot.question_bank.python_source import parse_python
from bot.question_bank.text_files import decode, read_bytes

NAME = "jsonl"
_GZIP = b"\x1f\x8b"
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MOST_BYTES = limits.FOREIGN_BYTES


def _unpacked(path: Path) -> str:
    data = read_bytes(path, path.name, at_most=_MOST_BYTES)
    if data.startswith(_GZIP):
        try:
            with gzip.open(path) as stream:
                data = stream.read(_MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            message = "It is not a readable gzip file. Download it again."
            raise Unreadable(problem(Place(file=path.name), "archive", message)) from error
        if len(data) > _MOST_BYTES:
            message = f"It unpacks to more than {_MOST_BYTES >> 20} MB. Split it."
            raise Unreadable(problem(Place(file=path.name), "too_large", message))
    return decode(data, path.name)


def _records(text: str) -> Iterator[tuple[int, Any]]:
    """Each line's value, or the error that it is; a file that is one JSON list counts as its members."""
    if text.lstrip().startswith("["):
        try:
            for value in json.loads(text):
                yield 1, value
        except (ValueError, RecursionError) as error:
            yield getattr(error, "lineno", 1), error
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                yield number, error


def _code(raw: dict[str, Any], name: str) -> str:
    """A field of code, with Unix line ends."""
    value = raw.get(name)
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else ""


def _defined(code: str) -> list[str]:
    """The top-level functions and classes of some code.

    Raises:
        SyntaxError: it is not Python.
    """
    return [node.name for node in parse_python(code).body if isinstance(node, _DEFINITIONS)]


def _imports(names: list[str]) -> str:
    return f"from solution import {', '.join(names)}\n\n"


def _human_eval(raw: dict[str, Any], found: Collector) -> Challenge:
    """``prompt`` heads a function, ``canonical_solution`` is its body, ``test`` a ``check(candidate)``."""
    head, entry = _code(raw, "prompt"), str(raw["entry_point"])
    reference = head + _code(raw, "canonical_solution")
    names = _defined(reference)
    if entry not in names:
        raise KeyError(entry)
    test = f"{_imports(names)}{_code(raw, 'test').strip()}\n\n\ndef test_{entry}():\n    check({entry})\n"
    doc = _docstring(head, entry)
    prompt = f"Complete the function `{entry}`." + (f"\n\n```text\n{doc}\n```" if doc else "")
    meta = found.meta(prompt, key=str(raw.get("task_id", entry)), title=entry)
    return _challenge(meta, prompt, head.rstrip() + "\n    ...\n", reference, test)


def _docstring(head: str, name: str) -> str:
    """What the function's own docstring says, or nothing."""
    for node in parse_python(head + "\n    ...\n").body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return ast.get_docstring(node) or ""
    return ""


def _mbpp(raw: dict[str, Any], found: Collector) -> Challenge:
    """``text`` says what to do, ``code`` does it, ``test_list`` holds assertions."""
    reference = _code(raw, "code").strip() + "\n"
    checks = [str(check).strip() for check in raw["test_list"]]
    said = str(raw.get("text") or raw.get("prompt") or "").strip()
    names = [name for name in _defined(reference) if any(name in check for check in checks)]
    if not names or not checks:
        raise KeyError("test_list")
    setup = "\n".join([*map(str, raw.get("test_imports", ())), _code(raw, "test_setup_code")]).strip()
    bodies = [
        f"def test_{number}():\n" + "\n".join(f"    {line}" for line in check.split("\n"))
        for number, check in enumerate(checks, start=1)
    ]
    test = "\n\n\n".join([_imports(names).strip() + ("\n" + setup if setup else ""), *bodies]) + "\n"
    prompt = f"{said}\n\nThe tests call `{names[-1]}`:\n\n```python\n" + "\n".join(checks) + "\n```"
    meta = found.meta(
        prompt, key=f"mbpp-{raw['task_id']}" if "task_id" in raw else "", title=said.split(". ")[0]
    )
    return _challenge(meta, prompt, _starter(reference, names), reference, test)


def _starter(reference: str, names: list[str]) -> str:
    """The heads of the functions and classes that the tests use, without their bodies."""
    heads: list[str] = []
    for node in parse_python(reference).body:
        if isinstance(node, _DEFINITIONS) and node.name in names:
            node.body, node.decorator_list = [ast.Expr(ast.Constant(...))], []
            heads.append(ast.unparse(node))
    return "\n\n\n".join(heads) + "\n"


def _challenge(meta: Meta, prompt: str, starter: str, reference: str, test: str) -> Challenge:
    parse_python(test)
    return Challenge(
        meta=meta,
        kind=Kind.CODE_TESTS,
        prompt=prompt,
        starter=(SourceFile("solution.py", starter),),
        tests=(TestFile(SourceFile("test_solution.py", test)),),
        references=(Variant("solution", (SourceFile("solution.py", reference),)),),
    )


def read(path: Path, options: ReadOptions) -> Reading:
    """Read a file of tasks; a line that is no task is reported with its number."""
    found = Collector(path.name, options)
    for line, raw in _records(_unpacked(path)):
        name = str(raw.get("task_id", "")) if isinstance(raw, dict) else ""
        if isinstance(raw, Exception):
            found.reject(line, "json_syntax", "This line is not valid JSON. Mend it.")
        elif not isinstance(raw, dict) or not ("entry_point" in raw or "test_list" in raw):
            message = "It has neither `entry_point` and `test`, nor `code` and `test_list`. Add them."
            found.reject(line, "missing_field", message, name)
        else:
            try:
                found.add(line, _human_eval(raw, found) if "entry_point" in raw else _mbpp(raw, found))
            except (SyntaxError, ValueError, RecursionError) as error:
                message = f"Its code is not valid Python ({error}). Mend it."
                found.reject(line, "reference_syntax", message, name)
            except (KeyError, TypeError) as error:
                message = f"Its solution does not define what its tests use ({error}). Mend it."
                found.reject(line, "missing_reference", message, name)
    return found.reading(NAME)


def detect(sample: Sample) -> bool:
    """Whether it is JSON lines (or a list) with HumanEval's or MBPP's fields, gzipped or not."""
    text = sample.text
    name = sample.path.name.lower()
    if name.endswith(".jsonl.gz") and sample.head.startswith(_GZIP):
        return True
    if sample.is_folder or not name.endswith((".jsonl", ".json")):
        return False
    return '"entry_point"' in text or '"test_list"' in text


FORMAT = Format(name=NAME, title="JSON lines of code tasks (HumanEval, MBPP)", detect=detect, read=read)
