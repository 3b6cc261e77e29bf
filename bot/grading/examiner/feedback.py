"""Words for a failing test: what was called, what was expected, what came instead, and where the member's
code raised.
"""

from __future__ import annotations

import ast
import difflib
import linecache
import re
import sys
import types
from typing import TYPE_CHECKING, Any

from ..guest.bridge.wire import Closed, Violation

if TYPE_CHECKING:
    from .bridge import Examiner
    from .watcher import Watcher

_LONGEST = 4_000
_MISSING = (
    re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'"),
    re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'"),
)
_SIMPLE = (int, float, complex, str, bytes, bool, type(None), list, tuple, dict, set, frozenset)
_EQUALITIES = frozenset(
    """assertEqual assertListEqual assertDictEqual assertTupleEqual assertSetEqual assertMultiLineEqual
    assertSequenceEqual assertCountEqual assertAlmostEqual assertIs""".split()  # noqa: SIM905 - read as words
)


def shorten(text: str, most: int = _LONGEST) -> str:
    """Cut a long text in the middle."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n... {len(text) - 2 * half} characters ...\n{text[-half:]}"


def show(value: Any) -> str:
    """A value's ``repr``, bounded, whatever it does."""
    try:
        return shorten(repr(value))
    except (Violation, Closed):
        raise
    except BaseException as error:  # noqa: BLE001 - a member's __repr__ may raise anything
        return f"<{type(value).__name__} whose repr raised {type(error).__name__}>"


def failure(peer: Examiner | None, error: BaseException, message: str = "") -> dict[str, Any]:
    """An exception as the fields of a ``CodeError``, with ``message`` as the headline."""
    trace = peer.traces.get(id(error), {}) if peer is not None else {}
    try:
        text = shorten(str(error))
    except (Violation, Closed):
        raise
    except BaseException:  # noqa: BLE001 - a member's __str__ may raise anything
        text = ""
    if isinstance(error, SyntaxError):
        text = str(error.msg if isinstance(error.msg, str) else text)
    fields = {key: trace.get(key) for key in ("file", "line", "caret", "trace")}
    return {
        "message": message or f"{type(error).__name__}: {text}",
        "syntax": bool(trace.get("syntax")),
        "error": {"type": type(error).__name__, "message": text, **_checked(fields)},
    }


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    line = fields.pop("line")
    texts = {k: shorten(v, 8_000) if type(v) is str else "" for k, v in fields.items()}
    return {**texts, "line": line if type(line) is int else None}


def missing(module: str, name: str, names: Any) -> str:
    """What to say of a name that the member's module lacks."""
    known = [n for n in names if type(n) is str] if type(names) is list else []
    folded = {n.lower().replace("_", ""): n for n in known}
    close = folded.get(name.lower().replace("_", "")) or next(
        iter(difflib.get_close_matches(name, known, 1)), None
    )
    return f"{module} has no `{name}`" + (f"; did you mean `{close}`?" if close else "")


def import_failure(peer: Examiner, error: BaseException, text: str) -> dict[str, Any]:
    """Why a test file could not be imported."""
    told = _named_better(peer, error)
    if told:
        return told
    return failure(peer, error) if id(error) in peer.traces else {"message": shorten(text)}


def misses(error: BaseException, module: str, name: str, names: Any) -> dict[str, Any]:
    """The fields for a name that the member's module lacks, with the name that may have been meant."""
    text = missing(module, name, names)
    facts = failure(None, error, text)
    facts["error"]["message"] = text
    return facts


def _named_better(peer: Examiner, error: BaseException) -> dict[str, Any] | None:
    """The same for an exception that says so, if it concerns one of the member's modules."""
    if not isinstance(error, ImportError | AttributeError) or peer.broken is not None:
        return None
    found = next((match for match in (each.search(str(error)) for each in _MISSING) if match), None)
    module = found.group("module") if found else ""
    if found is None or type(sys.modules.get(module)).__name__ != "StandIn":
        return None
    try:
        names = peer.ask("exports", peer.ask("import", module))
    except Exception:  # noqa: BLE001 - it is only a hint
        names = []
    return misses(error, module, found.group("name"), names)


def explain(
    watcher: Watcher, item: Any, error: BaseException, compared: tuple[str, Any, Any] | None
) -> dict[str, Any]:
    """The fields of a ``TestRun`` for a test that failed."""
    peer, suite = watcher.peer, watcher.suite
    assert suite is not None
    told: dict[str, Any] = {"call": "", "expected": "", "got": "", "error": None}
    frame, line = _own_frame(error.__traceback__, suite.paths)
    better = _named_better(peer, error) if peer is not None else None
    if better is not None:
        told |= {"message": better["message"], "error": better["error"]}
    elif peer is not None and id(error) in peer.traces and not isinstance(error, AssertionError):
        facts = failure(peer, error)
        told |= {"message": facts["message"], "error": facts["error"]}
    else:
        told["message"] = shorten(_headline(error))
        if isinstance(error, AttributeError) and (module := getattr(error, "obj", None)) is not None:
            told["message"] = (
                shorten(str(error)) if not isinstance(module, types.ModuleType) else told["message"]
            )
    if frame is None:
        return told
    told["at"] = line
    statement = _statement(frame.f_code.co_filename, line)
    if isinstance(statement, ast.Assert):
        _explain_assert(told, statement.test, frame, compared)
    elif statement is not None:
        _explain_call(told, statement, frame, error)
    return told


def _headline(error: BaseException) -> str:
    text = str(error)
    return text if isinstance(error, AssertionError) and text else f"{type(error).__name__}: {text}"


def _own_frame(traceback: Any, paths: Any) -> tuple[Any, int]:
    found: tuple[Any, int] = (None, 0)
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename in paths:
            found = traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next
    return found


def _statement(path: str, line: int) -> ast.stmt | None:
    """The innermost statement of a file that covers a line."""
    try:
        tree = ast.parse("".join(linecache.getlines(path)))
    except SyntaxError:
        return None
    best: ast.stmt | None = None
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or not node.lineno <= line <= (node.end_lineno or node.lineno):
            continue
        if best is None or (node.end_lineno or 0) - node.lineno <= (best.end_lineno or 0) - best.lineno:
            best = node
    return best


class _Fill(ast.NodeTransformer):
    """Puts the values of simple local variables in place of their names."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value = self.frame.f_locals.get(node.id, self)
        if type(value) in _SIMPLE:
            text = repr(value)
            if len(text) <= 200:
                try:
                    return ast.parse(text, mode="eval").body
                except SyntaxError:
                    return node
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        node.args = [self.visit(arg) for arg in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        return node


def _source(node: ast.expr, frame: Any) -> str:
    copy = ast.parse(ast.unparse(node), mode="eval").body
    calls = any(isinstance(part, ast.Call) for part in ast.walk(copy))
    return shorten(ast.unparse(_Fill(frame).visit(copy) if calls else copy), 500)


def _explain_assert(
    told: dict[str, Any], test: ast.expr, frame: Any, compared: tuple[str, Any, Any] | None
) -> None:
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, right = test.left, test.comparators[0]
        swapped = _is_value(left) and not _is_value(right)
        subject = right if swapped else left
        told["call"] = _source(subject, frame)
        if compared is not None:
            op, a, b = compared
            got, expected = (b, a) if swapped else (a, b)
            told["got"] = show(got)
            told["expected"] = show(expected) if op == "==" else f"{op} {show(expected)}"
    else:
        told["call"] = _source(test, frame)
        told["expected"], told["got"] = "a true value", "a false one"


def _is_value(node: ast.expr) -> bool:
    return not any(isinstance(part, ast.Call | ast.Await | ast.Name) for part in ast.walk(node))


def _explain_call(told: dict[str, Any], statement: ast.stmt, frame: Any, error: BaseException) -> None:
    if isinstance(statement, ast.With | ast.AsyncWith):
        context = statement.items[0].context_expr
        if isinstance(context, ast.Call) and "raises" in ast.unparse(context.func).lower() and statement.body:
            told["call"] = _source_of(statement.body[-1], frame)
            told["expected"] = ", ".join(ast.unparse(arg) for arg in context.args)
            told["got"] = (
                "no exception" if "DID NOT RAISE" in str(error) or "not raised" in str(error) else ""
            )
        return
    call = getattr(statement, "value", None)
    if not isinstance(call, ast.Call):
        told["call"] = _source_of(statement, frame)
        return
    if isinstance(call.func, ast.Attribute) and call.func.attr.startswith("assert") and call.args:
        told["call"] = _source(call.args[0], frame)
        if call.func.attr in _EQUALITIES:
            inner = _frame_with(error.__traceback__, ("first", "second")) or {}
            if inner:
                swapped = _is_value(call.args[0]) and len(call.args) > 1 and not _is_value(call.args[1])
                got, expected = ("second", "first") if swapped else ("first", "second")
                told["call"] = _source(call.args[1 if swapped else 0], frame)
                told["got"], told["expected"] = show(inner[got]), show(inner[expected])
        return
    told["call"] = _source(call, frame)


def _source_of(statement: ast.stmt, frame: Any) -> str:
    value = getattr(statement, "value", None)
    return _source(value, frame) if isinstance(value, ast.expr) else shorten(ast.unparse(statement), 500)


def _frame_with(traceback: Any, names: tuple[str, ...]) -> dict[str, Any] | None:
    while traceback is not None:
        values = traceback.tb_frame.f_locals
        if all(name in values for name in names):
            return dict(values)
        traceback = traceback.tb_next
    return None
