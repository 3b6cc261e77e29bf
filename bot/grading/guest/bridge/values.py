"""Plain values that cross as themselves: reduced by the base type's own slots, rebuilt by trusted types.

Only exact types are taken here; a subclass crosses as an object of its own (see ``packing``).
A value is written as JSON: numbers, strings, booleans and null stand for themselves, everything else is an
array whose first item is a tag.
"""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime
import decimal
import fractions
import inspect
import pathlib
import re
import types
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

from .wire import Violation

BIG = 1 << 62
Node = Any
"""A value as JSON."""

SINGLETONS: dict[str, Any] = {
    "Ellipsis": Ellipsis,
    "NotImplemented": NotImplemented,
    "empty": inspect.Parameter.empty,
    "MISSING": dataclasses.MISSING,
    "KW_ONLY": dataclasses.KW_ONLY,
    "FIELD": dataclasses._FIELD,  # type: ignore[attr-defined]
    "FIELD_CLASSVAR": dataclasses._FIELD_CLASSVAR,  # type: ignore[attr-defined]
    "FIELD_INITVAR": dataclasses._FIELD_INITVAR,  # type: ignore[attr-defined]
    "utc": datetime.UTC,
}
SINGLETON_NAMES = {id(value): name for name, value in SINGLETONS.items()}

IMMUTABLE = (int, float, complex, str, bytes, tuple, frozenset)
"""Bases whose value a subclass's stand-in carries."""
CONTAINERS = (collections.OrderedDict, collections.defaultdict, collections.Counter, collections.deque)
CONTAINERS += (list, dict, set, bytearray)  # type: ignore[assignment]
"""Mutable bases whose contents are kept the same on both sides."""


def _zone(value: datetime.tzinfo | None) -> Node:
    """A time zone that both sides know by name or offset; raises ``LookupError`` for others."""
    if value is None:
        return None
    if type(value) is zoneinfo.ZoneInfo and value.key:
        return value.key
    if type(value) is datetime.timezone:
        return [_delta(value.utcoffset(None)), value.tzname(None)]
    raise LookupError


def _delta(value: datetime.timedelta) -> Node:
    return [value.days, value.seconds, value.microseconds]


def _unzone(node: Node) -> datetime.tzinfo | None:
    if node is None:
        return None
    if type(node) is str:
        return zoneinfo.ZoneInfo(node)
    offset = datetime.timedelta(*node[0])
    return datetime.UTC if not offset else datetime.timezone(offset, node[1])


def _datetime(v: datetime.datetime) -> Node:
    return [
        "dt",
        v.year,
        v.month,
        v.day,
        v.hour,
        v.minute,
        v.second,
        v.microsecond,
        v.fold,
        _zone(v.tzinfo),
    ]


LEAVES: dict[type, Callable[[Any], Node]] = {
    bytes: lambda v: ["b", v.decode("latin-1")],
    complex: lambda v: ["c", v.real, v.imag],
    range: lambda v: ["range", _integer(v.start), _integer(v.stop), _integer(v.step)],
    decimal.Decimal: lambda v: ["dec", str(v)],
    fractions.Fraction: lambda v: ["frac", _integer(v.numerator), _integer(v.denominator)],
    datetime.datetime: _datetime,
    datetime.date: lambda v: ["date", v.year, v.month, v.day],
    datetime.time: lambda v: [
        "time",
        v.hour,
        v.minute,
        v.second,
        v.microsecond,
        v.fold,
        _zone(v.tzinfo),
    ],
    datetime.timedelta: lambda v: ["delta", *_delta(v)],
    datetime.timezone: lambda v: ["zone", _zone(v)],
    zoneinfo.ZoneInfo: lambda v: ["zone", _zone(v)],
    uuid.UUID: lambda v: ["uuid", v.hex],
    pathlib.PosixPath: lambda v: ["path", str(v)],
    pathlib.PurePosixPath: lambda v: ["purepath", str(v)],
    re.Pattern: lambda v: ["re", _text(v.pattern), v.flags],
    array.array: lambda v: ["array", v.typecode, v.tolist()],
    memoryview: lambda v: ["mv", v.tobytes().decode("latin-1")],
}
"""Exact types without parts of their own: how each is written. ``LookupError``: it cannot be."""


def _moment(parts: list[int], fold: int, zone: datetime.tzinfo | None) -> datetime.datetime:
    year, month, day, hour, minute, second, microsecond = parts
    return datetime.datetime(year, month, day, hour, minute, second, microsecond, zone, fold=fold)


def _text(value: str | bytes) -> Node:
    return value if type(value) is str else ["b", value.decode("latin-1")]  # type: ignore[union-attr]


def _untext(node: Node) -> str | bytes:
    return node if type(node) is str else node[1].encode("latin-1")


def _integer(value: int) -> Node:
    return int(value) if -BIG < value < BIG else hex(value)


def _uninteger(node: Node) -> int:
    return node if type(node) is int else int(node, 16)


def pack_integer(value: int) -> Node:
    """An integer of any size (JSON's are bounded by the interpreter's digit limit)."""
    return value if -BIG < value < BIG else ["i", hex(value)]


UNLEAVES: dict[str, Callable[[Any], Any]] = {
    "i": lambda n: int(n[1], 16),
    "b": lambda n: n[1].encode("latin-1"),
    "c": lambda n: complex(n[1], n[2]),
    "range": lambda n: range(_uninteger(n[1]), _uninteger(n[2]), _uninteger(n[3])),
    "dec": lambda n: decimal.Decimal(n[1]),
    "frac": lambda n: fractions.Fraction(_uninteger(n[1]), _uninteger(n[2])),
    "dt": lambda n: _moment(n[1:8], n[8], _unzone(n[9])),
    "date": lambda n: datetime.date(n[1], n[2], n[3]),
    "time": lambda n: datetime.time(n[1], n[2], n[3], n[4], _unzone(n[6]), fold=n[5]),
    "delta": lambda n: datetime.timedelta(n[1], n[2], n[3]),
    "zone": lambda n: _unzone(n[1]),
    "uuid": lambda n: uuid.UUID(hex=n[1]),
    "path": lambda n: pathlib.PosixPath(n[1]),
    "purepath": lambda n: pathlib.PurePosixPath(n[1]),
    "re": lambda n: re.compile(_untext(n[1]), n[2]),
    "array": lambda n: array.array(n[1], n[2]),
    "mv": lambda n: memoryview(n[1].encode("latin-1")),
    "1": lambda n: SINGLETONS[n[1]],
}
"""By tag: how each leaf is rebuilt. Any exception out of these means a malformed value."""


def unpack_leaf(node: Node) -> Any:
    """Rebuild a leaf; raises ``Violation`` when the node is malformed."""
    try:
        return UNLEAVES[node[0]](node)
    except Exception:  # noqa: BLE001 - whatever a hostile node makes of a constructor
        raise Violation("a value is malformed") from None


SHARED: dict[str, type] = {
    f"{cls.__module__}:{cls.__qualname__}": cls
    for cls in (
        *(c for c in vars(__import__("builtins")).values() if isinstance(c, type)),
        *LEAVES,
        *CONTAINERS,
        *(c for c in vars(types).values() if isinstance(c, type) and c is not types.ModuleType),
        pathlib.Path,
        pathlib.PurePath,
        datetime.tzinfo,
        dataclasses.Field,
        inspect.Signature,
        inspect.Parameter,
    )
}
"""Classes that are the same thing on both sides and cross by name."""
SHARED_NAMES = {cls: name for name, cls in SHARED.items()}

ERROR_MODULES = frozenset(
    """
    sqlite3 csv _csv json.decoder decimal queue _queue struct zlib binascii configparser shutil
    zipfile tarfile urllib.error http.client concurrent.futures._base asyncio.exceptions
    asyncio.queues dataclasses statistics zoneinfo._common xml.etree.ElementTree socket ssl
    subprocess locale pickle _pickle copy re string multiprocessing.context threading email.errors
    argparse getopt optparse ipaddress
    """.split()  # noqa: SIM905 - read as words
)
"""Standard modules whose exceptions may have to be loaded to be known here."""
