"""Fingerprints: has this question changed, has this code been graded before?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from bot.domain.content import Item, SourceFile

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def item_digest(item: Item) -> str:
    """SHA-256 of an item's content. Fields at their default are left out, so that a field added in a later
    release leaves the digests of old items as they are.
    """
    return _sha256(_encode({"type": type(item).__name__, **_fields(item)}))


def files_digest(files: Iterable[SourceFile]) -> str:
    """SHA-256 of a submission's files, whatever order they came in."""
    plain = sorted((file.name, file.text) for file in files)
    return _sha256(json.dumps(plain, ensure_ascii=False))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _fields(value: Any) -> dict[str, Any]:
    said = {}
    for name, default in _defaults(type(value)):  # type: ignore[arg-type]
        held = getattr(value, name)
        if held != default:
            said[name] = held if type(held) is str else _plain(held)
    return said


@lru_cache(maxsize=64)
def _defaults(kind: type) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass with their defaults, looked up once: imports ask for 100,000 questions."""
    return tuple((field.name, _default(field)) for field in fields(kind))


def _default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return _fields(value) if is_dataclass(value) else value
