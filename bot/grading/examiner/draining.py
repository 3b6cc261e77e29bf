"""Iterators of the submission that a test uses up at once, in a few messages instead of one for each item.

``sum(highest(scores, 3))`` takes every item before the test goes on, so nothing of the test can happen
between two of them, as long as the items are plain: then the guest may run ahead. Only the calls of built-in
functions that the source shows are taken for that; a loop, ``next`` or ``islice`` gets its items one by one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .bridge import Examiner

_USE_UP = frozenset({"list", "tuple", "sorted", "set", "frozenset", "sum", "min", "max"})
_FIRST, _MOST = 128, 4_096
"""Items in one message: at first, and at most."""


def using_up(tree: ast.Module) -> Iterator[ast.expr]:
    """Calls of built-in functions with one argument that they use up, unless the file binds their names."""
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add(node.asname or node.name)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
            continue
        if isinstance(node.func, ast.Name) and node.func.id in _USE_UP - bound:
            yield node


def drained(peer: Examiner, iterator: Any) -> Iterator[Any]:
    """The items of an iterator of the guest's. Raises what it raises; ``Violation`` if the answer is none."""
    most = _FIRST
    while True:
        answer = peer.ask("drain", iterator, most)
        if type(answer) is not tuple or len(answer) != 2 or type(answer[0]) is not tuple:
            raise peer.fail("items were expected")
        yield from answer[0]
        if answer[1] is True:
            return
        most = min(_MOST, most * 2)
