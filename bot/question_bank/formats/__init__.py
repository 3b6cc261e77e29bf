"""The formats a bank can arrive in. Each is one module with a ``FORMAT``; this is the list of them."""

from __future__ import annotations

from bot.question_bank.formats import exercism, gift, jsonl, markdown, opentdb, tables
from bot.question_bank.formats.base import Format
from bot.question_bank.formats.native import reading as native

FORMATS: tuple[Format, ...] = (
    markdown.FORMAT,
    tables.CSV,
    tables.XLSX,
    opentdb.FORMAT,
    gift.FORMAT,
    exercism.FORMAT,
    jsonl.FORMAT,
    native.FORMAT,
)
"""Every format, in the order in which they are asked whether a file is theirs."""
