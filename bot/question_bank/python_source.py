"""Python of strangers, parsed: every way in which that can fail is a ``SyntaxError``."""

from __future__ import annotations

import ast


def parse_python(code: str) -> ast.Module:
    """The module ``code`` is.

    Raises:
        SyntaxError: it is no Python, holds a NUL, or nests deeper than Python's parser goes (which then says
            ``MemoryError`` or ``RecursionError``).
    """
    try:
        return ast.parse(code)
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error) or "it nests too deep") from error
