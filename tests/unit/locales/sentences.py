"""Every sentence that the program marks as one, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

BOT = Path(__file__).resolve().parents[3] / "bot"
MARKS = {"tr", "say", "msgid"}
REFUSALS = {"Refusal", "NotFound", "Closed", "NotAllowed", "BadCode", "TooMuch", "BadSetting"}


def marked() -> set[str]:
    """What stands in ``tr``, ``say``, ``msgid`` and ``amount`` (as its singular pattern)."""
    sources = [path.read_text() for path in BOT.rglob("*.py")]
    return {sentence for source in sources if "bot.locales" in source for sentence in _in(ast.parse(source))}


def plain() -> set[str]:
    """What refusals and notices say in words that never change."""
    found = set()
    for path in BOT.rglob("*.py"):
        for call in _calls(ast.parse(path.read_text())):
            position = 1 if _name(call) in REFUSALS else 0 if _name(call) == "Notice" else None
            if position is not None and len(call.args) > position:
                found |= set(_constants(call.args[position]))
    return found


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _in(tree: ast.AST) -> Iterator[str]:
    for call in _calls(tree):
        if _name(call) in MARKS and call.args:
            yield from _constants(call.args[0])
        elif _name(call) == "amount" and len(call.args) == 2:
            yield from (f"{{n}} {unit}" for unit in _constants(call.args[1]))
        elif _name(call) == "map" and isinstance(call.args[0], ast.Name) and call.args[0].id == "msgid":
            yield from _constants(*call.args[1:])


def _constants(*nodes: ast.expr) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from _constants(node.body, node.orelse)
        elif isinstance(node, ast.Tuple):
            yield from _constants(*node.elts)
        elif isinstance(node, ast.Call) and _name(node) == "msgid":
            yield from _constants(*node.args)
