"""How any object is written for the other side, and how what arrives is rebuilt.

Plain data crosses by value, mutable containers by value and under a number that both sides know, everything
else as a numbered object. The sign of the number says whose object it is, so a reference is just the number.
"""

from __future__ import annotations

import contextlib
import inspect
import itertools
import sys
import types
from collections.abc import Callable
from typing import Any, ClassVar

from . import containers, values
from .containers import KINDS, Tracker
from .mirrors import Mirrors, Remote, own_names
from .values import BIG, LEAVES, SHARED, SHARED_NAMES, SINGLETON_NAMES, UNLEAVES, Node
from .wire import Violation

_EMPTY: dict[Any, Any] = {}
_KEYS, _VALUES, _ITEMS = type(_EMPTY.keys()), type(_EMPTY.values()), type(_EMPTY.items())
_BASE_VALUE: dict[type, Callable[[Any], Any]] = {
    int: int.__pos__,
    float: float.__pos__,
    complex: complex.__pos__,
    str: str.__str__,
    bytes: lambda v: bytes(memoryview(v)),
    tuple: lambda v: tuple(tuple.__iter__(v)),
    frozenset: lambda v: frozenset(frozenset.__iter__(v)),
}
_ERROR_FIELDS = {
    AttributeError: ("name",),
    NameError: ("name",),
    ImportError: ("name", "path"),
    OSError: ("filename", "filename2"),
}
_DEEPEST_CAUSE = 6


class Packer:
    """The numbered objects of one end of the bridge, and the two translations."""

    trusted = False
    """Whether this end is the one whose judgement counts."""

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.objects: dict[int, Any] = {}
        self.ids: dict[int, int] = {}
        self._numbers = itertools.count(1)
        self._new: list[int] = []
        self._theirs = 0
        self.by_value = False
        """Set while containers are to cross as copies (comparisons)."""
        self.tracker = Tracker(self._forget)
        self.mirrors = Mirrors(self)  # type: ignore[arg-type]
        self.raw: dict[int, Any] = {}
        self.traces: dict[int, Any] = {}
        """What the other side said about where an exception came up, by ``id`` of the exception."""

    # ---- numbers

    def number(self, value: Any) -> int:
        """Give one of our own objects its number."""
        oid = next(self._numbers) * self.sign
        self.objects[oid] = value
        self.ids[id(value)] = oid
        self._new.append(oid)
        return oid

    def adopt(self, oid: Any, value: Any) -> Any:
        """Take down an object of the other side under the number it came with."""
        if type(oid) is not int or oid * self.sign >= 0 or oid in self.objects:
            raise Violation("an object has a wrong number")
        self.objects[oid] = value
        self.ids[id(value)] = oid
        return value

    def _forget(self, oid: int) -> None:
        value = self.objects.pop(oid, None)
        self.ids.pop(id(value), None)

    def undo_new(self) -> None:
        """Forget the objects numbered since the last message: it could not be sent."""
        for oid in self._new:
            self.tracker.drop(oid)
            self._forget(oid)
        self._new.clear()

    def known(self, oid: Any) -> Any:
        """The object of that number; raises ``Violation`` if there is none."""
        try:
            return self.objects[oid]
        except (KeyError, TypeError):
            raise Violation("a reference to an unknown object") from None

    # ---- writing

    def pack(self, value: Any) -> Node:
        """Write any value as JSON."""
        cls = type(value)
        if cls is str or cls is bool or value is None or cls is float:
            return value
        if cls is int:
            return value if -BIG < value < BIG else ["i", hex(value)]
        if cls is tuple:
            return ["t", *map(self.pack, value)]
        oid = self.ids.get(id(value))
        if oid is not None:
            return ["r", oid]
        leaf = LEAVES.get(cls)
        if leaf is not None:
            try:
                return leaf(value)
            except LookupError:
                return self._pack_object(value, cls)
        kind = KINDS.get(cls)
        if kind is not None:
            return self._pack_container(kind, value)
        if id(value) in SINGLETON_NAMES:
            return ["1", SINGLETON_NAMES[id(value)]]
        if cls is frozenset:
            return ["f", *map(self.pack, value)]
        if cls is slice:
            return ["sl", self.pack(value.start), self.pack(value.stop), self.pack(value.step)]
        if cls is _KEYS or cls is _VALUES:
            return ["dk" if cls is _KEYS else "dv", *map(self.pack, value)]
        if cls is _ITEMS:
            return ["di", *(self.pack(part) for pair in value for part in pair)]
        return self._pack_object(value, cls)

    def _pack_container(self, kind: str, value: Any) -> Node:
        items = containers.items_of(kind, value)
        extra = containers.extra_of(kind, value)
        if self.by_value:
            return ["u", kind, self.pack(extra), self.pack_items(kind, items)]
        oid = self.number(value)
        self.tracker.add(oid, kind, value, items, whole=True)
        return ["L", oid, kind, self.pack(extra), self.pack_items(kind, items)]

    def pack_items(self, kind: str, items: list[Any]) -> Node:
        """Write a container's items."""
        return items if kind == "bytearray" else [*map(self.pack, items)]

    def _pack_object(self, value: Any, cls: type) -> Node:
        if issubclass(cls, type):
            return self.pack_class(value)
        if issubclass(cls, BaseException):
            return self._pack_exception(value)
        name = self.name_of(value)
        if name is not None:
            return ["N", name]
        if cls is types.FunctionType:
            return self._pack_function(value)
        if cls is types.CoroutineType:
            return ["K", self.number(value), value.__name__, value.__qualname__]
        if cls is types.TracebackType:  # frames stay where they are
            return None
        if cls is Remote:  # what a patch took out of a stand-in class and puts back
            return ["raw", self.pack_class(value.owner), value.name]
        if cls is inspect.Signature:
            return ["sig", self._parameters(value), self.pack(value.return_annotation)]
        node = ["o", 0, self.pack_class(cls), None]
        node[1] = self.number(value)
        for base in cls.__mro__:
            if base in _BASE_VALUE:
                node[3] = self.pack(_BASE_VALUE[base](value))
                break
            if base in KINDS:
                kind = KINDS[base]
                items = containers.items_of(kind, value)
                self.tracker.add(node[1], kind, value, items, whole=False)
                extra = self.pack(containers.extra_of(kind, value))
                node[3] = [kind, extra, self.pack_items(kind, items)]
                break
        return node

    def name_of(self, value: Any) -> str | None:
        """The name under which the other side has the very same thing, if it may be told so."""
        if not self.trusted:
            return None
        if type(value) is types.ModuleType:
            name = value.__name__
            known = name.partition(".")[0] in sys.stdlib_module_names
            return f"{name}:" if known and sys.modules.get(name) is value else None
        owner = getattr(value, "__objclass__", value)
        module, qualname = getattr(owner, "__module__", None), getattr(value, "__qualname__", None)
        if type(module) is not str or type(qualname) is not str:
            return None
        if module.partition(".")[0] not in sys.stdlib_module_names or module == "unittest.mock":
            return None
        return f"{module}:{qualname}" if resolve(module, qualname) is value else None

    def pack_class(self, cls: type) -> Node:
        """Write a class: by name if both sides have it, else with its description."""
        name = SHARED_NAMES.get(cls)
        if name is not None:
            return ["T", name]
        oid = self.ids.get(id(cls))
        if oid is not None:
            return ["r", oid]
        if issubclass(cls, BaseException) and _is_standard(cls):
            return ["T", f"{cls.__module__}:{cls.__qualname__}"]
        name = self.name_of(cls)
        if name is not None:
            return ["N", name]
        oid = self.number(cls)
        return ["C", oid, self.describe(cls)]

    def describe(self, cls: type) -> dict[str, Node]:
        """What the other side needs to build a stand-in for ``cls``."""
        special, others = own_names(cls)
        self.raw[id(cls)] = {name: cls.__dict__.get(name) for name in others}
        meta = type(cls)
        return {
            "n": cls.__name__,
            "q": cls.__qualname__,
            "m": str(cls.__module__),
            "d": cls.__doc__ if type(cls.__doc__) is str else None,
            "M": None if meta is type else self.pack_class(meta),
            "b": [self.pack_class(base) for base in cls.__bases__],
            "s": special,
            "a": others,
            "w": f"{cls.__module__}:{cls.__qualname__}" if _is_standard(cls) else None,
        }

    def _pack_function(self, value: types.FunctionType) -> Node:
        try:
            signature = self.pack(inspect.signature(value, follow_wrapped=False))
        except (ValueError, TypeError):
            signature = None
        return [
            "F",
            self.number(value),
            value.__name__,
            value.__qualname__,
            str(value.__module__),
            value.__doc__ if type(value.__doc__) is str else None,
            signature,
            inspect.iscoroutinefunction(value),
        ]

    def _parameters(self, signature: inspect.Signature) -> Node:
        return [
            [p.name, int(p.kind), self.pack(p.default), self.pack(p.annotation)]
            for p in signature.parameters.values()
        ]

    def _pack_exception(self, error: BaseException, depth: int = 0) -> Node:
        oid = self.ids.get(id(error))
        if oid is not None:
            return ["r", oid]
        cls = type(error)
        class_node = self.pack_class(cls)
        oid = self.number(error)
        fields = {}
        if class_node[0] == "T":
            for base, names in _ERROR_FIELDS.items():
                if issubclass(cls, base):
                    fields.update({n: self.pack(getattr(error, n, None)) for n in names})
            fields.update({k: self.pack(v) for k, v in vars(error).items() if not k.startswith("__")})
        chain = [
            self._pack_exception(e, depth + 1) if e is not None and depth < _DEEPEST_CAUSE else None
            for e in (error.__cause__, error.__context__)
        ]
        notes = [n for n in getattr(error, "__notes__", ()) if type(n) is str]
        args = [*map(self.pack, BaseException.args.__get__(error))]  # type: ignore[attr-defined]
        return [
            "X",
            oid,
            class_node,
            args,
            fields,
            *chain,
            error.__suppress_context__,
            notes,
            self.trace(error),
        ]

    def trace(self, error: BaseException) -> Node:
        """What to say about where an exception came up; None for nothing."""
        return None

    # ---- reading

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
        module, _, qualname = name.partition(":")
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
        for base in cls.__mro__:
            if base in _BASE_VALUE:
                value = self.unpack(content)
                if type(value) is not base:
                    raise Violation("the value of an object is of the wrong type")
                return self.adopt(oid, base.__new__(cls, value))
            if base in KINDS:
                kind, extra, nodes = content
                if KINDS[base] != kind:
                    raise Violation("the contents of an object are of the wrong type")
                value = self.adopt(oid, containers.new(kind, cls, self.unpack(extra)))
                self._follow(oid, kind, value, nodes, whole=False)
                return value
        return self.adopt(oid, object.__new__(cls))

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
            c for c in cls.__mro__ if c.__module__ == "builtins" and not isinstance(c, self.mirrors.meta)
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


def resolve(module: str, qualname: str) -> Any:
    """What a dotted name in a loaded module stands for now, or None."""
    found: Any = sys.modules.get(module)
    for part in qualname.split("."):
        found = getattr(found, part, None)
    return found


def _is_standard(cls: type) -> bool:
    module = cls.__module__
    if type(module) is not str or module == "__main__":
        return False
    known = module.partition(".")[0] in sys.stdlib_module_names
    return known and resolve(module, cls.__qualname__) is cls
