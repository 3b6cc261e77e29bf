"""Calls of methods in one round trip instead of two.

``stack.push(1)`` asks for an attribute and then calls what came. Where the tests' source says that an
attribute is called at once, nothing is asked until the call, which then does both. Should anything else be
asked of the guest in between (an argument that is made there), the attribute is asked for first, so that the
guest sees everything in the order in which the tests do it.
"""

from __future__ import annotations

import ast
import contextlib
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .bridge import Examiner

Span = tuple[int | None, int | None, int | None, int | None]
"""First and last line, first and last column of an expression."""


class Instructions:
    """Instructions of the tests that ``choose`` finds by their place in the source; ``sources`` by path."""

    def __init__(
        self, sources: Mapping[str, str], choose: Callable[[ast.Module], Iterable[ast.expr]]
    ) -> None:
        self._spans = {path: _spans(source, choose) for path, source in sources.items()}
        self._known: dict[tuple[int, int], bool] = {}

    def at(self, frame: types.FrameType) -> bool:
        """Whether ``frame`` is a test's, at such an instruction."""
        code, instruction = frame.f_code, frame.f_lasti
        spans = self._spans.get(code.co_filename)
        if not spans:
            return False
        key = (id(code), instruction)  # the suite keeps its code
        known = self._known.get(key)
        if known is None:
            lines = [*code.co_positions()]
            known = self._known[key] = lines[instruction // 2] in spans
        return known


def _spans(source: str, choose: Callable[[ast.Module], Iterable[ast.expr]]) -> frozenset[Span]:
    with contextlib.suppress(SyntaxError):  # collecting the file says so
        found = choose(ast.parse(source))
        return frozenset((n.lineno, n.end_lineno, n.col_offset, n.end_col_offset) for n in found)
    return frozenset()


def called_attributes(tree: ast.Module) -> Iterator[ast.expr]:
    """Attributes that are called at once."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func


class Method:
    """An attribute that is about to be called."""

    __slots__ = ("_found", "_name", "_peer", "_target")

    def __init__(self, peer: Examiner, target: Any, name: str) -> None:
        self._peer, self._target, self._name = peer, target, name
        self._found: list[Any] = []

    def __call__(self, /, *args: Any, **kw: Any) -> Any:
        """Read and call, unless it has had to be read before."""
        if not self._found:
            self._peer.about_to_call = None
            return self._peer.ask("invoke", self._target, self._name, *args, **kw)
        return self._found[0](*args, **kw)

    def __repr__(self) -> str:
        return repr(self.find())

    def find(self) -> Any:
        """The attribute itself; raises what reading it raises."""
        if not self._found:
            self._found.append(self._peer.ask("get", self._target, self._name))
        return self._found[0]
