"""Which tests call the member's code with arguments, and in an order, that no answer of it decides.

Only of such a test may calls be sent ahead (see ``pipeline``): in any other, ``decode(encode(x))`` for one,
the next call's arguments would tell the submission what it has to answer now. So would arguments that the
author wrote down, as in ``encode("a") == "b"`` and then ``decode("b")``; only those that are counted out in a
loop hold nothing that the submission could not count out by itself. The source alone decides, and whatever is
not understood counts as dependent.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

_PURE = frozenset(
    """
    abs all any ascii bin bool bytes chr complex dict divmod enumerate float format frozenset hex int len
    list max min oct ord pow range repr reversed round set slice sorted str sum tuple zip
    """.split()  # noqa: SIM905 - read as words
)
_PURE_MODULES = frozenset({"math", "string", "itertools", "decimal", "fractions", "datetime", "operator"})
_FRESH = (ast.Constant, ast.BinOp, ast.UnaryOp, ast.JoinedStr, ast.Call, ast.Compare)
_DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp)
_STATEMENTS = (
    *(ast.Assign, ast.AugAssign, ast.AnnAssign, ast.For, ast.While, ast.If, ast.Assert, ast.Expr),
    *(ast.Pass, ast.Break, ast.Continue),
)
_LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_COUNTING = frozenset({"str", "int", "float", "abs", "bytes", "chr"})
_COUNTED = (
    *(ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.expr_context),
    *(ast.JoinedStr, ast.FormattedValue, ast.List, ast.Tuple, ast.Set, ast.Dict),
)
_Function = ast.FunctionDef


@dataclass(frozen=True, slots=True)
class Independence:
    """What is known of an independent test.

    ``fresh``: every argument is a new object, so that lists may be handed over as well; one that the test
    keeps could be changed by the member's code and come back in a later call. ``counted``: every argument is
    made of constants and the counters of loops. ``loops``: first and last lines of the outermost loops.
    """

    fresh: bool
    counted: bool
    loops: tuple[tuple[int, int], ...]

    def loop(self, line: int) -> int | None:
        """Which loop a line is in."""
        return next((i for i, (first, last) in enumerate(self.loops) if first <= line <= last), None)


def independent_tests(source: str, modules: Iterable[str]) -> dict[str, Independence]:
    """The independent tests of a file by ``name`` or ``Class::name``; ``modules`` are the member's."""
    tree = ast.parse(source)
    names = _Names(tree, frozenset(modules))
    found: dict[str, Independence] = {}
    if any(_prepares(node) for node in ast.walk(tree)):
        return found
    for node in tree.body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        for function in members:
            if isinstance(function, _Function):
                test = _Test(function, names)
                if test.independent():
                    found[prefix + function.name] = test.facts()
    return found


class _Names:
    """What the names of a test file stand for."""

    def __init__(self, tree: ast.Module, modules: frozenset[str]) -> None:
        self.member: set[str] = set()
        self.pure: set[str] = set()
        self.bound: dict[str, list[ast.expr | None]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._imported(node, modules)
        for statement in tree.body:
            self._bind(statement)
        self.constants = {
            name
            for name, values in self.bound.items()
            if len(values) == 1 and isinstance(values[0], ast.Constant)
        }

    def _imported(self, node: ast.Import | ast.ImportFrom, modules: frozenset[str]) -> None:
        for alias in node.names:
            origin = node.module or "" if isinstance(node, ast.ImportFrom) else alias.name
            bound = alias.asname or (
                alias.name if isinstance(node, ast.ImportFrom) else origin.partition(".")[0]
            )
            if origin in modules or origin.partition(".")[0] in modules or bool(getattr(node, "level", 0)):
                self.member.add(bound)
            elif origin in _PURE_MODULES and origin in sys.stdlib_module_names:
                self.pure.add(bound)
            else:
                self.bound.setdefault(bound, []).append(None)

    def _bind(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            stored = [
                statement.name,
                *(n for g in ast.walk(statement) if isinstance(g, ast.Global) for n in g.names),
            ]
        else:
            stored = [
                n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            ]
        plain = isinstance(statement, ast.Assign) and len(statement.targets) == 1 == len(stored)
        for name in stored:
            value = statement.value if plain and isinstance(statement, ast.Assign) else None
            self.bound.setdefault(name, []).append(value)


class _Test:
    """One test function."""

    def __init__(self, function: _Function, names: _Names) -> None:
        self.function = function
        self.names = names
        self.fresh = True
        self.calls: list[list[ast.expr]] = []
        """The arguments of each call of the member's code."""
        self.locals = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
        self.locals |= {
            n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        self.tainted: set[str] = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
        self.bindings = self._bindings()
        self.objects: set[str] = set()
        self.objects = {
            name
            for name, values in self.bindings.items()
            if len(values) == 1 and isinstance(values[0], ast.Call) and self.member(values[0])
        }
        """Objects of the member's, each made once."""

    def _bindings(self) -> dict[str, list[ast.expr | None]]:
        """By local name: what is assigned to it; None for anything but a plain assignment."""
        found: dict[str, list[ast.expr | None]] = {name: [None] for name in self.tainted}
        plain: set[int] = set()
        for node in ast.walk(self.function):
            if (
                isinstance(node, ast.Assign)
                and len(node.targets) == 1
                and isinstance(node.targets[0], ast.Name)
            ):
                plain.add(id(node.targets[0]))
                found.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(self.function):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and id(node) not in plain:
                found.setdefault(node.id, []).append(None)
        return found

    def facts(self) -> Independence:
        """What is known once the test has been found to be independent."""
        loops = [n for n in ast.walk(self.function) if isinstance(n, _LOOPS)]
        spans = sorted((n.lineno, n.end_lineno or n.lineno) for n in loops)
        outermost = [s for s in spans if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans)]
        uncounted = self._uncounted()
        counted = all(_is_counted(value, uncounted) for values in self.calls for value in values)
        return Independence(self.fresh, counted, tuple(dict.fromkeys(outermost)))

    def _uncounted(self) -> set[str]:
        """Names that may stand for something else than constants and counters."""
        known = self.locals | set(self.names.bound) | self.names.member | self.names.pure
        uncounted = known - self.names.constants - self._parameters()
        outside = uncounted - self.locals
        made: list[tuple[ast.expr, Callable[[set[str]], bool]]] = []
        for node in ast.walk(self.function):
            if isinstance(node, ast.Assign | ast.AugAssign):
                value = node.value
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                made += [(target, partial(_is_counted, value)) for target in targets]
            elif isinstance(node, ast.For | ast.comprehension):
                made.append((node.target, partial(_counts, node.iter)))
        bad: set[str] = set()
        while True:
            before = len(bad)
            for target, good in made:
                if not good(bad | outside):
                    bad |= _names_in(target)
            if len(bad) == before:
                return (uncounted - set().union(*(_names_in(target) for target, _ in made))) | bad

    def independent(self) -> bool:
        """Whether its calls of the member's code hang on no answer."""
        self.tainted -= self._parameters()
        if self.tainted - {"self"}:
            return False  # a fixture, which may call the member's code too
        statements = [
            n for n in ast.walk(self.function) if isinstance(n, ast.stmt) and n is not self.function
        ]
        if not all(isinstance(s, _STATEMENTS) for s in statements):
            return False
        while True:
            known = len(self.tainted)
            for statement in statements:
                self._taint(statement)
            if len(self.tainted) == known:
                break
        return all(self._allowed(node) for statement in self.function.body for node in ast.walk(statement))

    def _parameters(self) -> set[str]:
        """The arguments that ``parametrize`` fills with constants."""
        found: set[str] = set()
        for mark in self.function.decorator_list:
            if not (isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.parametrize"):
                continue
            if len(mark.args) == 2 and not mark.keywords and isinstance(mark.args[0], ast.Constant):
                names = str(mark.args[0].value).replace(" ", "").split(",")
                if all(
                    isinstance(n, ast.Constant | ast.List | ast.Tuple | ast.Load | ast.UnaryOp | ast.USub)
                    for n in ast.walk(mark.args[1])
                ):
                    found |= set(names)
        return found

    def _taint(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if statement.value is not None and not self.clean(statement.value):
                self._spoil(targets)
        elif isinstance(statement, ast.For) and not self.clean(statement.iter):
            self._spoil([statement.target])
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not self.member(node):
                values = [*node.args, *(k.value for k in node.keywords)]
                if not all(self.clean(value) for value in values):
                    self._spoil([node.func.value])

    def _spoil(self, targets: Iterable[ast.expr]) -> None:
        for target in targets:
            self.tainted |= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}

    def _allowed(self, node: ast.AST) -> bool:
        if isinstance(node, ast.For | ast.comprehension):
            conditions = getattr(node, "ifs", [])
            return self.clean(node.iter) and all(map(self.clean, conditions))
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            return self.clean(node.test)
        if isinstance(node, ast.BoolOp) or (isinstance(node, ast.Compare) and len(node.ops) > 1):
            return sum(isinstance(n, ast.Call) and self.member(n) for n in ast.walk(node)) <= isinstance(
                node, ast.Compare
            )
        if isinstance(node, ast.Call):
            return self._call_allowed(node)
        return not isinstance(node, ast.Lambda | ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr)

    def _call_allowed(self, node: ast.Call) -> bool:
        values = [*node.args, *(k.value for k in node.keywords)]
        if self.member(node):
            self.fresh = self.fresh and all(map(_is_fresh, values))
            self.calls.append(values)
            return all(map(self.clean, values))
        if isinstance(node.func, ast.Name):
            return self._builtin(node.func)
        # A method: of a clean value, of something made of answers, or an assertion of unittest's.
        return isinstance(node.func, ast.Attribute) and self._inert(node.func.value, node.func.attr)

    def _inert(self, owner: ast.expr, name: str) -> bool:
        if isinstance(owner, ast.Name) and owner.id == "self":
            return name.startswith("assert")
        return self.clean(owner) or (
            isinstance(owner, ast.Name)
            and name == "append"
            and all(isinstance(value, ast.List) for value in self.bindings.get(owner.id, [None]))
        )

    def _builtin(self, name: ast.Name) -> bool:
        bound = name.id in self.locals or name.id in self.names.bound or name.id in self.names.member
        return name.id in _PURE and not bound

    def member(self, call: ast.Call) -> bool:
        """Whether a call is one of the member's code: by a name the file imports, or of a method of an object
        that the test made of the member's once.
        """
        root = call.func
        owner = root.value if isinstance(root, ast.Attribute) else None
        if isinstance(owner, ast.Name) and owner.id in self.objects:
            return True
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name) or root.id in self.locals or root.id in self.names.bound:
            return False
        return root.id in self.names.member

    def clean(self, node: ast.AST) -> bool:
        """Whether a value hangs on no answer of the member's code."""
        return self._clean(node, frozenset())

    def _clean(self, node: ast.AST, inner: frozenset[str]) -> bool:
        if isinstance(node, ast.Name):
            return node.id in inner or self._clean_name(node.id)
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            for part in node.generators:
                if not self._clean(part.iter, inner):
                    return False
                inner |= {n.id for n in ast.walk(part.target) if isinstance(n, ast.Name)}
            rest = [c for part in node.generators for c in part.ifs]
            rest += [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            return all(self._clean(n, inner) for n in rest)
        if isinstance(node, ast.Call):
            known = isinstance(node.func, ast.Name) and (
                self._builtin(node.func) or node.func.id in self.names.pure
            )
            if not known and not (isinstance(node.func, ast.Attribute) and self._clean(node.func, inner)):
                return False
            return all(self._clean(n, inner) for n in [*node.args, *(k.value for k in node.keywords)])
        if isinstance(node, ast.Lambda | ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
        return all(self._clean(child, inner) for child in ast.iter_child_nodes(node))

    def _clean_name(self, name: str) -> bool:
        if name in self.locals:
            return name not in self.tainted
        return name in self.names.constants or name in self.names.pure


def _prepares(node: ast.AST) -> bool:
    """Whether a function runs around tests that do not name it."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    marks = any("autouse" in ast.unparse(mark) for mark in node.decorator_list)
    return marks or node.name.lower().startswith(("setup", "teardown", "pytest_", "asyncset", "asynctear"))


def _is_fresh(node: ast.expr) -> bool:
    """Whether an expression makes a new object, or one that cannot change."""
    return isinstance(node, (*_FRESH, *_DISPLAYS))


def _is_counted(node: ast.expr, uncounted: set[str]) -> bool:
    """Whether an expression is made of constants and counters alone."""
    functions = {
        id(n.func)
        for n in ast.walk(node)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in _COUNTING
    }
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            if id(part.func) not in functions or part.keywords:
                return False
        elif isinstance(part, ast.Name):
            if part.id in uncounted or (part.id in _PURE and id(part) not in functions):
                return False
        elif not isinstance(part, _COUNTED):
            return False
    return True


def _names_in(node: ast.expr) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _counts(call: ast.expr, uncounted: set[str]) -> bool:
    """Whether an expression gives counters: ``range``, or ``enumerate`` or ``zip`` of it."""
    if (
        not isinstance(call, ast.Call)
        or not isinstance(call.func, ast.Name)
        or call.func.id in uncounted
        or call.keywords
    ):
        return False
    if call.func.id == "range":
        return all(_is_counted(argument, uncounted) for argument in call.args)
    inner = call.func.id in ("enumerate", "zip", "reversed")
    return inner and all(_counts(argument, uncounted) for argument in call.args)
