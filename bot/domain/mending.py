"""Undoing what chat programs, phones and interactive sessions add to Python code."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings

PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.)(?: |$)")
TYPED = str.maketrans(
    {
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2007": " ",
        "\u200b": None,
        "\u2060": None,
        "\ufeff": None,
        "\u2013": "-",
        "\u2212": "-",
        "\u2026": "...",
    }
)
"""What chat programs and phones put in place of what was typed."""


def mended(text: str) -> str:
    """Python code without what was not typed: indentation of the whole, prompts, curly quotes, odd spaces.

    Code that compiles is returned as it is, and so is code that nothing here makes compile (an interactive
    session apart, which loses its prompts and its output), so that an error points at what was typed.
    """
    session = _is_session(text)
    if not session and not _needs_a_look(text):
        return text
    base = _without_prompts(text) if session else text
    typed = base.translate(TYPED)
    for candidate in (
        base,
        textwrap.dedent(base),
        textwrap.dedent(typed),
        textwrap.dedent(typed.expandtabs(8)),
    ):
        if compiles(candidate):
            return candidate
    return base


def told(before: str, after: str) -> list[str]:
    """What ``mended`` changed, in words for the receipt; nothing for indentation of the whole."""
    found = []
    if _is_session(before) and not _is_session(after):
        found.append("prompts of an interactive session")
    typed = [char for char in set(before) if ord(char) in TYPED]
    if any(before.count(char) > after.count(char) for char in typed):
        found.append("curly quotes, special spaces or dashes")
    if before.count("\t") > after.count("\t") and not compiles(textwrap.dedent(before)):
        found.append("tabs")
    return found


def compiles(text: str) -> bool:
    """Whether it is Python."""
    try:
        parse(text)
    except SyntaxError:
        return False
    return True


def parse(text: str) -> ast.Module:
    """Parse, with everything that the parser may raise made one exception: ``SyntaxError``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (ValueError, MemoryError, RecursionError, OverflowError) as error:
        raise SyntaxError(str(error)) from error


def _needs_a_look(text: str) -> bool:
    """Whether it holds anything that could be mended: most code does not, and is never parsed here."""
    return text[:1] in " \t\n" or "\t" in text or any(ord(char) in TYPED for char in text)


def _is_session(text: str) -> bool:
    first = next((line for line in text.split("\n") if line.strip()), "")
    return first.lstrip().startswith(">>>")


def _without_prompts(text: str) -> str:
    """The statements of an interactive session; what it printed is dropped."""
    kept = [PROMPT.sub("", line, count=1) for line in text.split("\n") if PROMPT.match(line)]
    return "\n".join(kept) + "\n"
