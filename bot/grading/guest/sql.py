"""Runs SQL on an in-memory SQLite database and prints the rows of every query as a table.

The payload is JSON: ``before`` (pairs of name and script: schema and rows) and ``main`` (name and
text of the member's script). A row is printed as its values joined by " | ", under the column
names; NULL as NULL, floats as Python shows them, bytes in hexadecimal; so the output of a query
is the same everywhere, and its order is the query's own.
"""

from __future__ import annotations

import json
import os
import sqlite3
from typing import Any


def run(payload: bytes, descriptors: list[int], report: int) -> None:
    """Entry point: see the module."""
    order = json.loads(payload)
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("PRAGMA foreign_keys = ON")
    for _, script in order["before"]:
        database.executescript(script)
    name, text = order["main"]
    for line, statement in statements(text):
        try:
            _show(database.execute(statement))
        except sqlite3.Error as error:
            told = {
                "type": type(error).__name__,
                "message": str(error),
                "file": name,
                "line": line,
                "caret": statement.strip().splitlines()[0][:500],
            }
            os.write(report, json.dumps({"error": told}).encode())
            raise SystemExit(f"{name}, line {line}: {error}") from None


def statements(text: str) -> list[tuple[int, str]]:
    """The single statements of a script, each with the line it begins on, counted from 1."""
    found: list[tuple[int, str]] = []
    pending, first = "", 1
    pieces = [piece + ";" for piece in text.split(";")]
    pieces[-1] = pieces[-1][:-1]
    line = 1
    for piece in pieces:
        if not pending.strip():
            pending, first = "", line
        pending += piece
        line += piece.count("\n")
        if sqlite3.complete_statement(pending):
            found.append((first + _leading_lines(pending), pending))
            pending = ""
    if pending.strip():
        found.append((first + _leading_lines(pending), pending))
    return [(number, statement) for number, statement in found if statement.strip(" \t\r\n;")]


def _leading_lines(text: str) -> int:
    return text[: len(text) - len(text.lstrip())].count("\n")


def _show(cursor: sqlite3.Cursor) -> None:
    if cursor.description is None:
        return
    print(" | ".join(column[0] for column in cursor.description))  # noqa: T201 - the program's output
    for row in cursor:
        print(" | ".join(_cell(value) for value in row))  # noqa: T201 - as above


def _cell(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
