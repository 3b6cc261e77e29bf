"""How what arrives from the other side is rebuilt. Everything in it may be a lie."""

from __future__ import annotations

import contextlib
import inspect
import types
from collections.abc import Callable
from typing import Any, ClassVar

from . import containers, values
from .attributes import lineage
from .containers import KINDS
from .handles import BASE_VALUE, resolve
from .packing import Packer
from .values import SHARED, UNLEAVES, Node
from .wire import Violation

_PLACED = (UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError)


class Unpacker(Packer):
    """Reads what the other side's ``Packer`` wrote. Raises ``Violation`` for anything else."""

    def unpack(self, node: Node) -> Any:
        """Rebuild a value; raises ``Violation`` when it is not one."""
        cls = type(node)
        if cls is not list:
            if cls is dict:
                raise Violation("a value is malformed")
            return node
        try:
            tag = node[0]
            if tag == "t":
                return tuple([self.unpack(n) for n in node[1:]])
            if tag == "r":
                return self.known(node[1])
            reader = self._READERS.get(tag)
            if reader is not None:
                return reader(self, *node[1:])
        except (IndexError, TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
            raise Violation(f"a value is malformed: {error}") from None
        if tag in UNLEAVES:
            return values.unpack_leaf(node)
        raise Violation("a value has an unknown tag")

    def _all(self, nodes: list[Node]) -> list[Any]:
        return [self.unpack(n) for n in nodes]

    def _container(self, oid: int, kind: str, extra: Node, nodes: list[Node]) -> Any:
        value = self.adopt(oid, containers.new(kind, containers.TYPES[kind], self.unpack(extra)))
        self._follow(oid, kind, value, nodes, whole=True)
        return value

    def _follow(self, oid: int, kind: str, value: Any, nodes: list[Node], whole: bool) -> None:
        self.tracker.add(oid, kind, value, [], whole)
        self.tracker.apply(oid, self.unpack_items(kind, nodes))

    def unpack_items(self, kind: str, nodes: list[Node]) -> list[Any]:
        """Rebuild a container's items."""
        if type(nodes) is not list or kind not in containers.TYPES:
            raise Violation("a container is malformed")
        return nodes if kind == "bytearray" else self._all(nodes)

    def _copy(self, kind: str, extra: Node, nodes: list[Node]) -> Any:
        value = containers.new(kind, containers.TYPES[kind], self.unpack(extra))
        containers.refill(kind, value, self.unpack_items(kind, nodes))
        return value

    def _pairs(self, *nodes: Node) -> Any:
        flat = iter(self._all([*nodes]))
        return dict(zip(flat, flat, strict=True)).items()

    def _shared(self, name: str) -> Any:
        found = SHARED.get(name)
        if found is None:
            if name.partition(":")[0] in values.ERROR_MODULES:
                __import__(name.partition(":")[0])
            found = self.mirrors._real(name)
            if found is None or not issubclass(found, BaseException):
                raise Violation("a class is not shared")
        return found

    def _named(self, name: str) -> Any:
        if self.trusted:
            raise Violation("a name where an object must be")
        return self.named(*name.split(":"))

    def named(self, module: str, qualname: str) -> Any:
        """What the other side means in the standard library; a module if ``qualname`` is empty."""
        return resolve(module, qualname) if qualname else __import__(module, fromlist=["*"])

    def _class(self, oid: int, description: Any) -> Any:
        if type(description) is not dict:
            raise Violation("a class description is malformed")
        if oid in self.objects:
            raise Violation("an object has a wrong number")
        return self.adopt(oid, self.mirrors.build(description))

    def _object(self, oid: int, class_node: Node, content: Node) -> Any:
        cls = self.unpack(class_node)
        if not isinstance(cls, type):
            raise Violation("a class is not a class")
        if not isinstance(cls, self.mirrors.meta):
            if issubclass(cls, (*values.IMMUTABLE, *KINDS, BaseException, type(None))):
                raise Violation("a plain value has to cross as one")
            cls = self.mirrors.real(cls)
        if issubclass(cls, type):
            raise Violation("a class has no description")
        for base in lineage(cls):
            if base in BASE_VALUE:
                value = self.unpack(content)
                if type(value) is not base:
                    raise Violation("the value of an object is of the wrong type")
                return self.adopt(oid, base.__new__(self.arriving(cls, base), value))
            if base in KINDS:
                kind, extra, nodes = content
                if KINDS[base] != kind:
                    raise Violation("the contents of an object are of the wrong type")
                made = containers.new(kind, self.arriving(cls, base), self.unpack(extra))
                value = self.adopt(oid, made)
                self._follow(oid, kind, value, nodes, whole=False)
                return value
        return self.adopt(oid, object.__new__(self.arriving(cls, None)))

    def arriving(self, cls: Any, base: type | None) -> Any:
        """The class for an object of the other side that comes for the first time; ``base`` is the built-in
        class that it derives from.
        """
        return cls

    def _function(self, oid: int, *facts: Node) -> Any:
        return self.adopt(oid, self.make_function(*facts))

    def make_function(
        self, name: str, qualname: str, module: str, doc: Any, signature: Node, run: bool
    ) -> Any:
        """What stands here for a function of the other side."""
        self.unpack(signature)
        if run:
            return self.loops.coroutine_function(name, qualname)  # type: ignore[attr-defined]
        cls = self.mirrors.real(types.FunctionType)
        return object.__new__(cls)

    def _coroutine(self, oid: int, name: str, qualname: str) -> Any:
        return self.adopt(oid, self.loops.stand_in(oid, name, qualname))  # type: ignore[attr-defined]

    def _signature(self, parameters: list[Any], returned: Node) -> inspect.Signature:
        made = [
            inspect.Parameter(n, inspect._ParameterKind(k), default=self.unpack(d), annotation=self.unpack(a))
            for n, k, d, a in parameters
        ]
        return inspect.Signature(made, return_annotation=self.unpack(returned))

    def _exception(
        self,
        oid: int,
        class_node: Node,
        args: list[Node],
        fields: dict[str, Node],
        cause: Node,
        context: Node,
        suppress: bool,
        notes: list[str],
        trace: Node,
    ) -> Any:
        cls = self.unpack(class_node)
        if not (isinstance(cls, type) and issubclass(cls, BaseException)):
            raise Violation("an exception is not one")
        base: Any = next(
            c for c in lineage(cls) if c.__module__ == "builtins" and not isinstance(c, self.mirrors.meta)
        )
        given = self._all(args)
        try:
            error = base.__new__(cls, *given)
        except TypeError:
            error = base.__new__(cls)
        if issubclass(cls, OSError | UnicodeError | SyntaxError | ImportError | StopIteration | SystemExit):
            with contextlib.suppress(TypeError):
                base.__init__(error, *given)
        BaseException.args.__set__(error, tuple(given))  # type: ignore[attr-defined]
        self.adopt(oid, error)
        for name, node in fields.items():
            if not name.startswith("__"):
                BaseException.__setattr__(error, name, self.unpack(node))
        for name, node in (("__cause__", cause), ("__context__", context)):
            if node is not None:
                BaseException.__setattr__(error, name, self.unpack(node))
        BaseException.__setattr__(error, "__suppress_context__", bool(suppress))
        if isinstance(error, _PLACED) and vars(base)["start"].__get__(error) < 0:
            raise Violation("a decoding error starts nowhere")  # the interpreter would read there to show it
        for note in notes:
            BaseException.add_note(error, note)
        if trace is not None:
            self.traces[id(error)] = trace
        return error

    def _original(self, class_node: Node, name: str) -> Any:
        return self.raw[id(self.unpack(class_node))][name]

    _READERS: ClassVar[dict[str, Callable[..., Any]]] = {
        "L": _container,
        "u": _copy,
        "f": lambda self, *nodes: frozenset(self._all([*nodes])),
        "sl": lambda self, *nodes: slice(*self._all([*nodes])),
        "dk": lambda self, *nodes: dict.fromkeys(self._all([*nodes])).keys(),
        "dv": lambda self, *nodes: dict(enumerate(self._all([*nodes]))).values(),
        "di": _pairs,
        "T": _shared,
        "N": _named,
        "C": _class,
        "o": _object,
        "F": _function,
        "K": _coroutine,
        "X": _exception,
        "sig": _signature,
        "raw": _original,
    }
