"""The formats a bank can arrive in. Each is one module with a ``FORMAT``; this is the list of them."""

from __future__ import annotations

from bot.question_bank.formats import (
    aiken,
    anki,
    exercism,
    gift,
    jsonl,
    markdown,
    moodle,
    opentdb,
    red,
    tables,
    text2qti,
)
from bot.question_bank.formats.base import Format
from bot.question_bank.formats.native import reading as native

FORMATS: tuple[Format, ...] = (
    markdown.FORMAT,
    anki.TSV,
    anki.APKG,
    tables.CSV,
    tables.XLSX,
    opentdb.FORMAT,
    aiken.FORMAT,
    text2qti.FORMAT,
    gift.FORMAT,
    exercism.FORMAT,
    jsonl.FORMAT,
    moodle.FORMAT,
    red.FORMAT,
    native.FORMAT,
)
"""Every format, in the order in which they are asked whether a file is theirs."""
