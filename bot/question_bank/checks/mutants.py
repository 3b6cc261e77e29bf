"""Small changes to a correct solution, each of which good tests should notice."""

from __future__ import annotations

import ast
import copy
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.content import SourceFile
from bot.question_bank.python_source import parse_python

MOST = 24
"""Mutants tried for one challenge."""

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
}
_NAMES = {
    "ilike": "like",
    "commit": "flush",
    "flush": "expunge_all",
    "outerjoin": "join",
    "union_all": "union",
    "asc": "desc",
    "desc": "asc",
    "and_": "or_",
    "or_": "and_",
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "startswith": "endswith",
    "endswith": "startswith",
    "lower": "upper",
    "upper": "lower",
}
"""Names that are easily taken for one another, and what a slip would make of them."""
_CHAINED = frozenset(
    {
        "distinct", "filter", "filter_by", "group_by", "having", "join", "limit", "offset", "options",
        "order_by", "strip", "where", "with_for_update",
    }
)  # fmt: skip
"""Methods that return a changed copy of their object: left out, the program still runs."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed solution: all its files, and what was changed where (line from 1 of ``file``)."""

    files: tuple[SourceFile, ...]
    file: str
    line: int
    change: str


@dataclass(frozen=True, slots=True)
class _Change:
    """One possible change: the node's place in ``ast.walk`` order, and how the changed node is made."""

    sort: str
    index: int
    line: int
    said: str


def mutants(files: tuple[SourceFile, ...], most: int = MOST) -> list[Mutant]:
    """Up to ``most`` mutants of a Python solution, of as many sorts as there are, in a fixed order."""
    by_sort: defaultdict[str, list[tuple[int, _Change]]] = defaultdict(list)
    trees: dict[int, ast.Module] = {}
    for number, file in enumerate(files):
        if not file.name.endswith(".py"):
            continue
        try:
            trees[number] = parse_python(file.text)
        except SyntaxError:
            return []
        for change in _changes(trees[number]):
            by_sort[change.sort].append((number, change))
    found: list[Mutant] = []
    while by_sort and len(found) < most:
        for sort in list(by_sort):
            number, change = by_sort[sort].pop(0)
            if not by_sort[sort]:
                del by_sort[sort]
            changed = SourceFile(files[number].name, _apply(trees[number], change))
            others = (*files[:number], changed, *files[number + 1 :])
            found.append(Mutant(others, changed.name, change.line, change.said))
            if len(found) == most:
                break
    return found


def _left_alone(tree: ast.Module) -> set[int]:
    """Nodes whose change cannot matter: docstrings, annotations, ``if __name__ == ...``."""
    alone: set[int] = set()
    for node in ast.walk(tree):
        skipped: list[ast.AST] = []
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                skipped.append(first)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
            skipped.append(node.returns)
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            skipped.append(node.annotation)
        if isinstance(node, ast.If) and "__name__" in ast.dump(node.test):
            skipped.append(node)
        for each in skipped:
            alone |= {id(inner) for inner in ast.walk(each)}
    return alone


def _changes(tree: ast.Module) -> Iterator[_Change]:
    alone = _left_alone(tree)
    for index, node in enumerate(ast.walk(tree)):
        if id(node) not in alone:
            for sort, said in _possible(node):
                yield _Change(sort, index, getattr(node, "lineno", 1), said)


def _possible(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The sorts of change that fit the node, and how each is told."""
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield "return", f"`return {_brief(node.value)}` became `return None`"
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
        yield (
            "comparison",
            _became(node, ast.Compare(node.left, [_flipped(node), *node.ops[1:]], node.comparators)),
        )
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        yield "arithmetic", _became(node, ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right))
    elif isinstance(node, ast.BoolOp):
        yield "logic", f"`and` and `or` were exchanged in `{_brief(node)}`"
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield "constant", _became(node, _other_constant(node))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHAINED:
        yield "chain", f"`.{node.func.attr}(...)` was left out"
    elif isinstance(node, ast.Attribute | ast.Name):
        name = node.attr if isinstance(node, ast.Attribute) else node.id
        if isinstance(node.ctx, ast.Load) and name in _NAMES:
            yield "name", f"`{name}` became `{_NAMES[name]}`"
    elif isinstance(node, ast.Expr | ast.AugAssign) and not _is_constant(node):
        yield "statement", f"`{_brief(node)}` was left out"


def _became(old: ast.AST, new: ast.AST) -> str:
    return f"`{_brief(old)}` became `{_brief(new)}`"


def _flipped(node: ast.Compare) -> ast.cmpop:
    return _COMPARISONS[type(node.ops[0])]()


def _other_constant(node: ast.Constant) -> ast.Constant:
    """The other truth value, or the next number."""
    value = node.value
    return ast.Constant(not value if isinstance(value, bool) else value + 1)  # type: ignore[operator]


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_constant(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _brief(node: ast.AST) -> str:
    text = ast.unparse(node).replace("\n", " ")
    return text if len(text) <= 60 else text[:59] + "…"


class _Replace(ast.NodeTransformer):
    """Puts ``new`` where ``old`` is."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old = old
        self.new = new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _apply(tree: ast.Module, change: _Change) -> str:
    changed = copy.deepcopy(tree)
    node = next(node for index, node in enumerate(ast.walk(changed)) if index == change.index)
    new: ast.AST = node
    if isinstance(node, ast.Return):
        node.value = ast.Constant(None)
    elif isinstance(node, ast.Compare):
        node.ops[0] = _flipped(node)
    elif isinstance(node, ast.BinOp):
        node.op = _ARITHMETIC[type(node.op)]()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.Constant):
        new = _other_constant(node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        new = node.func.value
    elif isinstance(node, ast.Attribute):
        node.attr = _NAMES[node.attr]
    elif isinstance(node, ast.Name):
        node.id = _NAMES[node.id]
    else:
        new = ast.Pass()
    replaced = _Replace(node, new).visit(changed) if new is not node else changed
    return ast.unparse(ast.fix_missing_locations(replaced)) + "\n"
