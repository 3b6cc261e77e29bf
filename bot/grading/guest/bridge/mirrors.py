"""Stand-in classes: for each class of the other side, one here with the same name, bases and special methods.

An instance of a stand-in class holds no state of its own (but for the value of a built-in base): whatever is
asked of it goes over the bridge. Special methods are forwarded only where the original class has them, so
Python's own rules (reflected operators, ``NotImplemented``, ``len`` as truth) hold as they are. A class
statement that derives from a stand-in makes the class on the other side, with its functions as callbacks.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import containers, values
from .attributes import COMPARISONS, FORWARDED, Doc, Remote, is_hook, lineage, own_names
from .wire import Violation

if TYPE_CHECKING:
    from .peer import Peer

_META_LOCAL = frozenset({"__call__", "__init__", "__repr__", "__hash__", "__eq__", "__str__", "__get__"})
_LOCAL_ON_ERRORS = frozenset(
    {"__traceback__", "__cause__", "__context__", "__suppress_context__", "__notes__", "__class__"}
)
_CODE = (types.FunctionType, classmethod, staticmethod, property)


_pickled: list[tuple[Peer, Any]] = []
"""What the other side made of its pickled objects, for when they are read again in this process."""


def _unpickle(number: int) -> Any:
    peer, twin = _pickled[number]
    return peer.ask("copy", twin, True)


class Mirrors:
    """Builds the stand-in classes of one peer."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.local: set[type] = set()
        """Classes made by a class statement on this side on top of a stand-in."""
        self.building = False
        self._reals: dict[type, type] = {}
        self.meta = self._make_meta()
        with_building = self.building
        self.building = True
        # CPython hands a class the dictionary offset of whatever class in its MRO has one, where its own base
        # has none, without making room for the dictionary. Since ``mro`` below puts in classes that are no
        # bases, stand-ins have the layout of every ordinary class: a dictionary, which stays empty.
        slots = ("__dict__", "__weakref__")
        self.root: Any = self.meta("object", (), {"__slots__": slots, **self._root_body(False)})
        self.error_root: Any = self.meta("object", (), {"__slots__": (), **self._root_body(True)})
        self.building = with_building

    def _make_meta(self) -> Any:
        mirrors, peer = self, self.peer

        class MirrorMeta(type):
            def __new__(meta, name: str, bases: tuple[type, ...], body: dict[str, Any], /, **kw: Any) -> Any:
                if mirrors.building:
                    return type.__new__(meta, name, bases, body)
                return mirrors.declare(meta, name, bases, body, kw)

            def __init__(cls, *args: Any, **kw: Any) -> None:
                pass

            def mro(cls) -> list[type]:
                if not mirrors.building:
                    return list(cls.__mro__)
                order = list(type.mro(cls))
                real = cls.__dict__.get("__real__")
                if real is not None:
                    order[-1:] = [c for c in lineage(real) if c not in order] + [object]
                return order

            def __call__(cls, /, *args: Any, **kw: Any) -> Any:
                if issubclass(cls, type):
                    return type.__call__(cls, *args, **kw)
                return peer.ask("call", cls, *args, **kw)

            def __getattr__(cls, name: str) -> Any:
                if name == "__abstractmethods__":
                    raise AttributeError(name)
                return peer.read(cls, name)

            def __setattr__(cls, name: str, value: Any) -> None:
                if mirrors.building or name in ("__abstractmethods__",):
                    type.__setattr__(cls, name, value)
                else:
                    peer.ask("set", cls, name, value)
                    if name in FORWARDED and name not in cls.__dict__:
                        type.__setattr__(cls, name, mirrors.forward(name, cls))

            def __delattr__(cls, name: str) -> None:
                peer.ask("del", cls, name)

            def __subclasses__(cls) -> Any:
                return peer.ask("get", cls, "__subclasses__")()

            @property
            def __annotations__(cls) -> Any:  # type: ignore[override]
                return peer.ask("get", cls, "__annotations__")

            @property
            def __mro__(cls) -> tuple[type, ...]:
                return lineage(cls) if mirrors.building else tuple(mirrors.seen(lineage(cls)))

            @property
            def __bases__(cls) -> tuple[type, ...]:  # type: ignore[override]
                bases = type.__dict__["__bases__"].__get__(cls)
                return bases if mirrors.building else tuple(mirrors.seen(bases)) or (object,)

        return MirrorMeta

    def seen(self, classes: Iterable[type]) -> Iterable[type]:
        """Each class as the tests know it: without the roots of stand-ins, real ones for their stand-ins."""
        real = (found for found in map(self._standing_for, classes) if found is not None)
        return dict.fromkeys(real)

    def _standing_for(self, cls: type) -> type | None:
        if not isinstance(cls, self.meta):
            return cls
        if cls in (self.root, self.error_root):
            return None
        found: type | None = vars(cls).get("__real__")
        return cls if found is None else found

    def _root_body(self, error: bool) -> dict[str, Any]:
        peer = self.peer

        def __getattr__(self: Any, name: str) -> Any:  # noqa: N807 - put into a class body
            return peer.read(self, name)

        def __setattr__(self: Any, name: str, value: Any) -> None:  # noqa: N807 - put into a class body
            if error and name in _LOCAL_ON_ERRORS:
                BaseException.__setattr__(self, name, value)
            else:
                peer.ask("set", self, name, value)

        def __delattr__(self: Any, name: str) -> None:  # noqa: N807 - put into a class body
            peer.ask("del", self, name)

        def __copy__(self: Any) -> Any:  # noqa: N807 - put into a class body
            return peer.ask("copy", self, False)

        def __deepcopy__(self: Any, memo: Any) -> Any:  # noqa: N807 - put into a class body
            return peer.ask("copy", self, True)

        def __reduce_ex__(self: Any, protocol: Any) -> Any:  # noqa: N807 - put into a class body
            _pickled.append((peer, peer.ask("pickle", self, protocol)))
            return _unpickle, (len(_pickled) - 1,)

        def __class_getitem__(cls: Any, item: Any) -> Any:  # noqa: N807 - put into a class body
            return peer.ask("item", cls, item)

        body = dict(locals())
        del body["self"], body["error"], body["peer"]
        body["__class_getitem__"] = classmethod(__class_getitem__)
        if not error:
            body["__dict__"] = property(lambda self: peer.ask("get", self, "__dict__"))
            body["__annotations__"] = property(lambda self: peer.ask("get", self, "__annotations__"))
        return body

    def forward(self, name: str, owner: type) -> Any:
        """The function that forwards special method ``name`` of stand-in class ``owner``."""
        peer, local = self.peer, self.local
        if name == "__call__":

            def call(self: Any, /, *args: Any, **kw: Any) -> Any:
                if type(self) in local:
                    return peer.ask("slot", owner, "__call__", self, *args, **kw)
                return peer.ask("call", self, *args, **kw)

            return call
        if name in COMPARISONS:

            def compare(self: Any, other: Any, /) -> Any:
                return peer.compare(owner if type(self) in local else None, name, self, other)

            return compare
        if name == "__await__":
            return lambda self: peer.loops.drive(self).__await__()

        def special(self: Any, /, *args: Any, **kw: Any) -> Any:
            return peer.ask("slot", owner if type(self) in local else None, name, self, *args, **kw)

        special.__name__ = name
        return special

    def build(self, node: dict[str, Any]) -> Any:
        """A stand-in class from its description (see ``Peer.describe``)."""
        try:
            name, special, others, _ = node["n"], node["s"], node["a"], node["A"]
            meta = self.metaclass(node["M"])
            bases = [self.base(self.peer.unpack(base)) for base in node["b"]]
            if not all(type(x) is str for x in (name, node["q"], node["m"], *special, *others)):
                raise Violation("a class description is malformed")
            if any(map(is_hook, others)):
                raise Violation("a class description names a hook of the interpreter's")
        except (KeyError, TypeError) as error:
            raise Violation(f"a class description is malformed: {error}") from None
        real = self._real(node.get("w"))
        body: dict[str, Any] = {"__slots__": (), "__module__": node["m"], "__qualname__": node["q"]}
        body["__doc__"] = Doc(self.peer, node["d"] if type(node["d"]) is str else None)
        if real is not None:
            named = own_names(real)
            special, others = [*special, *named[0]], [*others, *named[1]]
        made = self._assemble(meta, name, bases, body, special, others, real)
        self._leave_open(made, node["A"])
        return made

    def _leave_open(self, cls: type, names: Any) -> None:
        """Mark what an abstract class leaves to its subclasses, for whoever looks; the original refuses."""
        if names and type(names) is list and all(type(name) is str for name in names):
            type.__setattr__(cls, "__abstractmethods__", frozenset(names))

    def _assemble(
        self,
        meta: Any,
        name: str,
        bases: list[Any],
        body: dict[str, Any],
        special: list[str],
        others: list[str],
        real: type | None,
    ) -> Any:
        metaclass = any(issubclass(base, type) for base in bases)
        if not metaclass and not any(isinstance(base, self.meta) for base in bases):
            plain = not any(issubclass(base, BaseException) for base in bases)
            bases = [self.root if plain else self.error_root, *bases]
        if any(base is self.root for base in bases):  # one of its own would hide it where a base is built in
            body = {"__dict__": self.root.__dict__["__dict__"], **body}
        building, self.building = self.building, True
        try:
            for candidate in (real, None):
                if candidate is None and real is not None:
                    body["__class__"] = property(lambda self: real)
                try:
                    cls = meta(name, tuple(bases), {**body, "__real__": candidate})
                    break
                except TypeError:
                    if candidate is None:
                        raise
            for item in special:
                bare = item.lstrip("-")
                if bare not in FORWARDED or (metaclass and bare in _META_LOCAL):
                    continue
                type.__setattr__(cls, bare, None if item != bare else self.forward(bare, cls))
            for item in others:
                if item not in cls.__dict__:
                    type.__setattr__(cls, item, Remote(self.peer, cls, item))
        except (TypeError, ValueError) as error:
            raise Violation(f"a class cannot be mirrored: {error}") from None
        finally:
            self.building = building
        return cls

    def complete(self, cls: type, special: list[Any], abstract: list[Any]) -> None:
        """Give a class made here what its original got from elsewhere: special methods, what is abstract."""
        building, self.building = self.building, True
        try:
            for name in special:
                if name in FORWARDED and name not in cls.__dict__ and name != "__init__":
                    type.__setattr__(cls, name, self.forward(name, cls))
            self._leave_open(cls, abstract)
        finally:
            self.building = building

    def base(self, cls: Any) -> Any:
        """What stands for ``cls`` among the bases of a stand-in class."""
        if isinstance(cls, self.meta) or (isinstance(cls, type) and issubclass(cls, self.meta)):
            return cls
        if cls is object:
            return self.root
        if cls is type:
            return self.meta
        if not isinstance(cls, type):
            raise Violation("a base is not a class")
        if issubclass(cls, BaseException) or cls in values.IMMUTABLE or cls in containers.KINDS:
            return cls
        return self.real(cls)

    def metaclass(self, node: Any) -> Any:
        """The metaclass for a stand-in, given the node of the original's (None: ``type``)."""
        if node is None:
            return self.meta
        original = self.peer.unpack(node)
        standard = isinstance(original, type) and issubclass(original, type)
        if standard and not (isinstance(original, self.meta) or issubclass(original, self.meta)):
            return self.meta  # ABCMeta and the like: what they add is asked of the original
        found = self.base(original)
        if not (isinstance(found, type) and issubclass(found, self.meta)):
            raise Violation("a metaclass is not one")
        return found

    def real(self, cls: type) -> Any:
        """The stand-in class for instances of ``cls``, a class that both sides know."""
        found = self._reals.get(cls)
        if found is None:
            named = [own_names(base) for base in lineage(cls) if base is not object]
            special = {name for names, _ in named for name in names}
            others = {name for _, names in named for name in names}
            body = _body(cls)
            if issubclass(cls, types.FunctionType | types.MethodType | types.BuiltinFunctionType):
                body |= {name: self._delegate(name) for name in ("__doc__", "__module__")}
            found = self._assemble(
                self.meta, cls.__name__, [self.root], body, sorted(special), sorted(others), cls
            )
            self._reals[cls] = found
        return found

    def _delegate(self, name: str) -> property:
        return property(lambda value: self.peer.ask("get", value, name))

    def _real(self, name: Any) -> type | None:
        """The standard library's class of that name, if it is loaded here."""
        if type(name) is not str or ":" not in name:
            return None
        module, _, qualname = name.partition(":")
        standard = module.partition(".")[0] in sys.stdlib_module_names
        if not standard or (module.startswith("unittest") and module != "unittest.case"):
            return None
        found: Any = sys.modules.get(module)
        for part in qualname.split("."):
            found = getattr(found, "__dict__", {}).get(part)
        return found if isinstance(found, type) else None

    def declare(self, meta: Any, name: str, bases: tuple[type, ...], body: dict[str, Any], kw: Any) -> Any:
        """A class statement on this side that derives from a stand-in: make it on the other side too."""
        cell = body.get("__classcell__")
        sent = {k: v for k, v in body.items() if k not in ("__classcell__", "__static_attributes__")}
        kept: dict[str, Any] = {k: v for k, v in sent.items() if isinstance(v, _CODE)}
        kept |= {k: body[k] for k in ("__module__", "__qualname__", "__doc__") if k in body}
        if cell is not None:
            kept["__classcell__"] = cell
        building, self.building = self.building, True
        try:
            slots = sent.get("__slots__", ())
            named = (slots,) if isinstance(slots, str) else slots
            kept["__slots__"] = [n for n in named if n not in ("__dict__", "__weakref__")]  # it has those
            mirrored = any(isinstance(base, self.meta) for base in bases)
            cls = type.__new__(meta, name, bases if mirrored else (self.root, *bases), kept)
            for attribute in sent:
                if attribute not in kept and not attribute.startswith("__"):
                    type.__setattr__(cls, attribute, Remote(self.peer, cls, attribute))
        finally:
            self.building = building
        self.local.add(cls)
        self.peer.declare(cls, meta, bases, sent, kw)
        return cls


def _body(cls: type) -> dict[str, Any]:
    return {
        "__slots__": (),
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
    }
