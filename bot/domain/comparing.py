"""Whether printed output is what was asked for. Everything here takes bounded time, whatever was printed."""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter
from itertools import zip_longest

from bot.domain.content import Match

LONGEST_PATTERN_LINE = 4_000
"""Characters; a longer line never matches a line with placeholders (matching is quadratic)."""
DIFF_LINES = 200
DIFF_WIDTH = 300
QUOTED_WIDTH = 80
NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
PLACEHOLDER = re.compile(r"\{(float|int|word|any)\}")
INT = re.compile(r"[-+]?\d+")
FLOAT = re.compile(r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?")
WORD = re.compile(r"\w+")


def lines_of(text: str) -> list[str]:
    """The lines that count: line ends made equal, trailing space and trailing empty lines dropped."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def same_output(expected: str, got: str, match: Match, tolerance: float) -> bool:
    """Whether ``got`` satisfies ``expected`` under the rule.

    Raises ``ValueError`` for ``Match.CHECKER``, which only the author's checker can decide.
    """
    wanted, given = lines_of(expected), lines_of(got)
    match match:
        case Match.EXACT:
            return wanted == given
        case Match.UNORDERED:
            return Counter(wanted) == Counter(given)
        case Match.TOLERANCE:
            return len(wanted) == len(given) and all(
                same_numbers(one, other, tolerance) for one, other in zip(wanted, given, strict=True)
            )
        case Match.PATTERN:
            return len(wanted) == len(given) and all(
                fits(one, other) for one, other in zip(wanted, given, strict=True)
            )
        case Match.CHECKER:
            raise ValueError("a checker decides about this output")


def same_numbers(expected: str, got: str, tolerance: float) -> bool:
    """Whether two lines are equal but for numbers that differ by the tolerance at most.

    The tolerance is absolute for numbers up to 1 and relative above.
    """
    if expected == got:
        return True
    if NUMBER.split(expected) != NUMBER.split(got):
        return False
    pairs = zip(NUMBER.findall(expected), NUMBER.findall(got), strict=True)
    return all(one == other or _near(float(one), float(other), tolerance) for one, other in pairs)


def _near(expected: float, got: float, tolerance: float) -> bool:
    if not (math.isfinite(expected) and math.isfinite(got)):
        return False  # too long to be a float: only the same digits are equal
    return abs(expected - got) <= tolerance * max(1.0, abs(expected))


def fits(pattern: str, line: str) -> bool:
    """Whether a line fits a pattern with ``{float}``, ``{int}``, ``{word}`` and ``{any}`` in it."""
    parts = PLACEHOLDER.split(pattern)
    if len(parts) == 1:
        return pattern == line
    if len(line) > LONGEST_PATTERN_LINE:
        return False
    ends = {0}  # where the part of the line that is matched so far may end
    for index, part in enumerate(parts):
        if index % 2:
            ends = _after_placeholder(part, line, ends)
        else:
            ends = {end + len(part) for end in ends if line.startswith(part, end)}
        if not ends:
            return False
    return len(line) in ends


def _after_placeholder(name: str, line: str, starts: set[int]) -> set[int]:
    if name == "any":
        return set(range(min(starts), len(line) + 1))
    if name == "word":
        ends: set[int] = set()
        covered = -1  # all later starts inside a word give no further ends
        for start in sorted(starts):
            match = WORD.match(line, start) if start >= covered else None
            if match:
                ends.update(range(start + 1, match.end() + 1))
                covered = match.end()
        return ends
    number = INT if name == "int" else FLOAT
    return {match.end() for start in starts if (match := number.match(line, start))}


def difference(expected: str, got: str) -> str:
    """A unified diff of the lines, bounded; empty when there is nothing to compare line by line."""
    wanted, given = ([line[:DIFF_WIDTH] for line in lines_of(text)[:DIFF_LINES]] for text in (expected, got))
    if max(len(wanted), len(given)) < 2:
        return ""
    lines = difflib.unified_diff(wanted, given, "expected", "got", lineterm="", n=2)
    return "\n".join(lines)


def where_different(expected: str, got: str) -> str:
    """The first line that differs, in a sentence; empty when no line does."""
    wanted, given = lines_of(expected), lines_of(got)
    for number, (one, other) in enumerate(zip_longest(wanted, given), 1):
        if one == other:
            continue
        if other is None:
            return f"Line {number} is missing: it should be {_quoted(one)}."
        if one is None:
            return f"Line {number} is one too many: {_quoted(other)}."
        return f"Line {number} is {_quoted(other)}; it should be {_quoted(one)}."
    return ""


def _quoted(line: str) -> str:
    return repr(line if len(line) <= QUOTED_WIDTH else line[:QUOTED_WIDTH] + "...")
