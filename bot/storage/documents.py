"""Values of the domain, written into JSON columns and read back the same.

The dataclasses themselves say what is allowed. A field that a later version adds with a default is read from
old documents as that default; a field that it drops is passed over.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from bot.domain.content import CODE_KINDS, Challenge, Item, Question, SourceFile
from bot.domain.grading import Judgement
from bot.services.commands import ReplyTarget
from bot.storage.tables.base import to_json

_QUESTION = TypeAdapter(Question)
_CHALLENGE = TypeAdapter(Challenge)
_JUDGEMENT = TypeAdapter(Judgement)
_FILES = TypeAdapter(tuple[SourceFile, ...])
_REPLY = TypeAdapter(ReplyTarget)


def item_document(item: Item) -> Any:
    """A question or challenge as plain JSON values."""
    adapter = _CHALLENGE if isinstance(item, Challenge) else _QUESTION
    return adapter.dump_python(item, mode="json")  # type: ignore[arg-type]


def item_json(item: Item) -> str:
    """``item_document`` as JSON text that PostgreSQL accepts, made in one step for 100,000 items."""
    adapter = _CHALLENGE if isinstance(item, Challenge) else _QUESTION
    try:
        return adapter.dump_json(item).decode()  # type: ignore[arg-type]
    except PydanticSerializationError:  # half of a surrogate pair, which is no UTF-8
        return to_json(item_document(item))


def read_item(document: Any) -> Item:
    """The question or challenge in a document; its ``kind`` says which."""
    if document["kind"] in CODE_KINDS:
        return _CHALLENGE.validate_python(document)
    return _QUESTION.validate_python(document)


def judgement_document(judgement: Judgement) -> Any:
    """A judgement as plain JSON values."""
    return _JUDGEMENT.dump_python(judgement, mode="json")


def read_judgement(document: Any) -> Judgement | None:
    """The judgement in a document, None for none."""
    return None if document is None else _JUDGEMENT.validate_python(document)


def files_document(files: tuple[SourceFile, ...]) -> Any:
    """Files as plain JSON values, in their order."""
    return _FILES.dump_python(files, mode="json")


def read_files(document: Any) -> tuple[SourceFile, ...]:
    """The files in a document."""
    return _FILES.validate_python(document)


def reply_document(reply: ReplyTarget | None) -> Any:
    """Where a verdict goes, as plain JSON values; None for none."""
    return None if reply is None else _REPLY.dump_python(reply, mode="json")


def read_reply(document: Any) -> ReplyTarget | None:
    """The reply target in a document, None for none."""
    return None if document is None else _REPLY.validate_python(document)
