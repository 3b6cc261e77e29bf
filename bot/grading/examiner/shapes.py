"""Where the reference gives plain data, an object of the submission is judged by what it holds.

An object that answers for itself could claim any result of ``abs(x - 12.5)`` or ``x.startswith("Dear")``. The
reference's run leaves the places of the tests (single instructions) at which only plain data came over the
bridge. An object that comes there instead gets a stand-in class which works on its contents, here: the
value of its built-in base, the number it converts to, the items it gives when nothing is known of what they
are compared with. It stays the same object when it is handed back.
"""

from __future__ import annotations

import operator
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..guest.bridge.attributes import BINARY, COMPARISONS, FORWARDED, lineage
from ..guest.bridge.containers import KINDS, kind_of
from ..guest.bridge.values import IMMUTABLE, LEAVES

if TYPE_CHECKING:
    from .bridge import Examiner

_SCALARS = frozenset({int, float, complex, str, bytes, bool, type(None)})
_WORDS = frozenset({str, bytes, type(None)})
_SEQUENCES = frozenset({list, tuple, set, frozenset})
_ARITHMETIC = frozenset(f"__{prefix}{name}__" for name in BINARY.split() for prefix in ("", "r", "i"))
_NOT_INHERITED = frozenset({"__init__", "__post_init__", "__set_name__"})
_OF_TEXT = frozenset(n for n in dir(str) if not n.startswith("_")) - {*dir(list), *dir(set)}
_OF_SETS = frozenset({"issubset", "issuperset", "isdisjoint"})
_MOST = 100_000
"""Items taken from an object to see what it holds."""

Places = dict[str, bool]
"""By place: whether only plain data came there in the reference's run."""


class Shapes:
    """One run's places, and the stand-in classes of objects that came where plain data was expected."""

    def __init__(self, places: Places, recording: bool) -> None:
        self.places = places
        self.recording = recording
        self.peer: Examiner | None = None
        self.files: dict[str, str] = {}
        self.variants: set[type] = set()
        self._made: dict[tuple[type, type | None], type] = {}

    def place(self, op: str, args: tuple[Any, ...]) -> str:
        """The instruction of the tests that is being executed, and what it has the other side do."""
        frame = self._frame()
        if frame is None:
            return ""
        code = frame.f_code
        name = args[1] if op in ("get", "slot") else ""
        op = "call" if op in ("batch", "invoke") else op
        return f"{self.files[code.co_filename]}:{code.co_qualname}:{frame.f_lasti}:{op}:{name}"

    def caller(self) -> tuple[str, int]:
        """File and line of the tests that are being executed."""
        frame = self._frame()
        return ("", 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno)

    def _frame(self) -> Any:
        frame: Any = sys._getframe(3)
        while frame is not None and frame.f_code.co_filename not in self.files:
            frame = frame.f_back
        return frame

    def record(self, place: str, plain: bool) -> None:
        """Take down what came at a place in the reference's run."""
        if place and self.recording:
            self.places[place] = plain and self.places.get(place, True)

    def expects_plain(self, place: str, args: tuple[Any, ...]) -> bool:
        """Whether what comes at a place has to be plain data."""
        if self.recording:
            return False
        return self.places.get(place, False) or any(type(arg) in self.variants for arg in args[:3])

    def change(self, target: Any) -> None:
        """The other side changes what a class of the tests does (a decorator may have to). Raises
        ``AttributeError`` where the reference leaves that class alone.
        """
        cls = target if isinstance(target, type) else type(target)
        key = f"class {cls.__module__.rpartition('.')[2]}:{cls.__qualname__}"
        if self.recording:
            self.places[key] = True
        elif key not in self.places:
            raise AttributeError(f"{cls.__name__!r} is the tests' own: its methods cannot be changed")

    def variant(self, cls: Any, base: type | None) -> Any:
        """The class for an object of ``cls``, which derives from the built-in ``base`` or from none."""
        key = (cls, base)
        if key not in self._made:
            assert self.peer is not None
            mirrors, body = self.peer.mirrors, _body(cls, base, self)
            building, mirrors.building = mirrors.building, True
            try:
                made = type(cls)(cls.__name__, (cls,), body)
            finally:
                mirrors.building = building
            number = self.peer.ids.get(id(cls))
            if number is not None:
                self.peer.ids[id(made)] = number
            self.variants.add(made)
            self._made[key] = made
        return self._made[key]

    def compare(self, name: str, left: Any, right: Any) -> Any:
        """A comparison decided by what ``left`` holds, as far as it can be told; else by ``left`` itself,
        beside decoys.
        """
        peer = self.peer
        assert peer is not None
        if type(right) in self.variants or not plain(right):
            return peer.compare(None, name, left, right)
        if name == "__contains__":
            return right in text(left) if type(right) is str and is_text(left) else right in items(left)
        held = contents(left, right)
        if held is NotImplemented and name in ("__eq__", "__ne__") and type(right) in _WORDS:
            return name == "__ne__"  # a text is a text
        if held is NotImplemented:
            return peer.compare(None, name, left, right)
        if name not in ("__eq__", "__ne__"):
            return getattr(operator, name.strip("_"))(held, right)
        own = peer.compare(None, "__eq__", left, right) if _has(type(left), "__eq__") else False
        return (own is True and _alike(held, right)) is (name == "__eq__")


def plain(value: Any, depth: int = 0) -> bool:
    """Whether a value is built-in data all the way down."""
    cls = type(value)
    if cls in _SCALARS or cls in LEAVES:
        return True
    if depth > 50:
        return False
    if cls in _SEQUENCES:
        return all(plain(item, depth + 1) for item in value)
    if cls in KINDS:
        parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value
        return all(plain(item, depth + 1) for item in parts)
    return cls in (range, slice)


def _alike(held: Any, right: Any) -> bool:
    if type(held) in (float, complex) and type(right) in (int, float, complex):
        return bool(abs(held - right) <= 1e-12 * max(abs(held), abs(right)))
    return bool(held == right)


def number(value: Any) -> Any:
    """The number that an object converts to; ``NotImplemented`` if it does not."""
    for method, convert in (("__index__", operator.index), ("__float__", float), ("__complex__", complex)):
        if _has(type(value), method):
            return convert(value)
    return NotImplemented


def is_text(value: Any) -> bool:
    """Whether an object stands for a text: it has a length, items and words for itself."""
    cls = type(value)
    return all(_has(cls, name) for name in ("__len__", "__getitem__", "__contains__", "upper"))


def text(value: Any) -> str:
    """What such an object says."""
    return str.__str__(str(value))


def items(value: Any) -> list[Any]:
    """The items of an iterable object. Raises ``TypeError`` for others."""
    return list(islice(iter(value), _MOST))


def contents(value: Any, like: Any) -> Any:
    """What an object holds, as a value of the kind of ``like``; ``NotImplemented`` if that cannot be told."""
    cls, kind = type(value), type(like)
    if isinstance(like, int | float | complex):
        return number(value)
    if kind is str:
        return text(value) if is_text(value) else NotImplemented
    if not _has(cls, "__iter__"):
        return NotImplemented
    if isinstance(like, dict):
        return {key: value[key] for key in items(value)} if _has(cls, "__getitem__") else NotImplemented
    if kind in _SEQUENCES or kind_of(kind) is not None:
        found = items(value) if len(like) >= _MOST else list(islice(iter(value), len(like) + 1))
        try:
            return kind(found)
        except TypeError:
            return NotImplemented
    return NotImplemented


def _body(cls: Any, base: type | None, shapes: Shapes) -> dict[str, Any]:
    body: dict[str, Any] = {"__slots__": (), "__module__": cls.__module__, "__qualname__": cls.__qualname__}
    mutable = base is not None and base not in IMMUTABLE
    decided = COMPARISONS | _ARITHMETIC
    for name in FORWARDED - _NOT_INHERITED:
        found = _inherited(base, name)
        if found is not None and (name in decided or not mutable):
            body[name] = found
        elif name in COMPARISONS and _has(cls, name):
            body[name] = _compares(shapes, name)
        elif name in _ARITHMETIC and _has(cls, name):
            body[name] = _computes(shapes, name)
    if "__eq__" in body and "__hash__" not in body:
        body["__hash__"] = next(
            (c.__dict__["__hash__"] for c in lineage(cls) if "__hash__" in c.__dict__), None
        )
    for name in {n for n in dir(base) if not n.startswith("_")} if base is not None and not mutable else ():
        body[name] = _inherited(base, name)
    for name in _OF_TEXT | _OF_SETS:
        if _inherited(base, name) is not None:
            body[name] = _inherited(base, name)
        else:
            body[name] = property(_of_text(name) if name in _OF_TEXT else _of_set(name))
    body["__getattr__"] = _read_others(cls)
    return body


def _has(cls: type, name: str) -> bool:
    """Whether a class has a method, without asking the other side."""
    return next((c for c in lineage(cls) if name in c.__dict__), object) is not object and (
        _found(cls, name) is not None
    )


def _found(cls: type, name: str) -> Any:
    return next((c.__dict__[name] for c in lineage(cls) if name in c.__dict__), None)


def _inherited(base: type | None, name: str) -> Any:
    """What a built-in class has under a name, past any descriptor; None if nothing."""
    for cls in lineage(base) if base is not None else ():
        if name in cls.__dict__ and not (cls is object and name in COMPARISONS):
            return cls.__dict__[name]
    return None


def _compares(shapes: Shapes, name: str) -> Any:
    return lambda left, right: shapes.compare(name, left, right)


def _computes(shapes: Shapes, name: str) -> Any:
    def compute(left: Any, right: Any, *rest: Any) -> Any:
        peer = shapes.peer
        assert peer is not None
        if not plain(right):
            return peer.ask("slot", None, name, left, right, *rest)
        held = contents(left, right)
        bare = f"__{name[3:]}" if name[2] in "ri" and name not in _STRAIGHT else name
        if held is NotImplemented:
            return NotImplemented
        function = divmod if bare == "__divmod__" else getattr(operator, bare)
        return function(right, held) if name[2] == "r" and name != bare else function(held, right)

    return compute


_STRAIGHT = frozenset(f"__{name}__" for name in BINARY.split())


def _of_text(name: str) -> Any:
    def read(value: Any) -> Any:
        if not is_text(value):
            raise AttributeError(f"{type(value).__name__!r} object has no attribute {name!r}")
        return getattr(text(value), name)

    return read


def _read_others(cls: Any) -> Any:
    found = next(c.__dict__["__getattr__"] for c in lineage(cls) if "__getattr__" in c.__dict__)

    def read(value: Any, name: str) -> Any:
        if name in _OF_TEXT or name in _OF_SETS:
            raise AttributeError(f"{type(value).__name__!r} object has no attribute {name!r}")
        return found(value, name)

    return read


def _of_set(name: str) -> Any:
    return lambda value: getattr(set(items(value)), name)
