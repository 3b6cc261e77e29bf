"""Fingerprints: has this question changed, has this code been graded before?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Any

from bot.domain.content import Item, SourceFile


def item_digest(item: Item) -> str:
    """SHA-256 of an item's content. Fields at their default are left out, so that a field added in a later
    release leaves the digests of old items as they are.
    """
    plain = {"type": type(item).__name__, **_fields(item)}
    return _sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True))


def files_digest(files: Iterable[SourceFile]) -> str:
    """SHA-256 of a submission's files, whatever order they came in."""
    plain = sorted((file.name, file.text) for file in files)
    return _sha256(json.dumps(plain, ensure_ascii=False))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _fields(value: Any) -> dict[str, Any]:
    return {
        field.name: _plain(getattr(value, field.name))
        for field in fields(value)
        if getattr(value, field.name) != _default(field)
    }


def _default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return _fields(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value
