"""Whether printed output is what was asked for. Everything here takes bounded time, whatever was printed."""

from __future__ import annotations

import difflib
import math
import operator
import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import zip_longest

from bot.domain.content import Match

LONGEST_PATTERN_LINE = 4_000
"""Characters; a longer line never matches a line with placeholders (matching is quadratic)."""
DIFF_LINES = 200
DIFF_WIDTH = 300
QUOTED_WIDTH = 80
NEAR_LINES = 3
"""How far a line may have moved and still be told from a different one in a diff."""
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
    if match is Match.CHECKER:
        raise ValueError("a checker decides about this output")
    wanted, given = lines_of(expected), lines_of(got)
    if match is Match.UNORDERED:
        return Counter(wanted) == Counter(given)
    same = _same_line(match, tolerance)
    return len(wanted) == len(given) and all(map(same, wanted, given))


def _same_line(match: Match, tolerance: float) -> Callable[[str, str], bool]:
    """Whether a line satisfies the expected one, which comes first."""
    if match is Match.TOLERANCE:
        return partial(same_numbers, tolerance=tolerance)
    return fits if match is Match.PATTERN else operator.eq


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


def difference(expected: str, got: str, match: Match = Match.EXACT, tolerance: float = 0.0) -> str:
    """A unified diff of the lines that differ under the rule, bounded; empty when there is nothing to
    compare line by line.
    """
    wanted, given = ([line[:DIFF_WIDTH] for line in lines_of(text)[:DIFF_LINES]] for text in (expected, got))
    if max(len(wanted), len(given)) < 2:
        return ""
    if match is Match.UNORDERED:
        shared = list((Counter(wanted) & Counter(given)).elements())
        left = Counter(wanted) - Counter(shared)
        extra = Counter(given) - Counter(shared)
        wanted, given = [*shared, *left.elements()], [*shared, *extra.elements()]
    else:
        wanted = _as_given(wanted, given, _same_line(match, tolerance))
    lines = difflib.unified_diff(wanted, given, "expected", "got", lineterm="", n=2)
    return "\n".join(lines)


def _as_given(wanted: list[str], given: list[str], same: Callable[[str, str], bool]) -> list[str]:
    """The expected lines, those that a line near their place satisfies replaced by that line."""
    met = list(wanted)
    taken: set[int] = set()
    for index, line in enumerate(wanted):
        near = sorted(range(index - NEAR_LINES, index + NEAR_LINES + 1), key=lambda at: abs(at - index))
        for at in near:
            if 0 <= at < len(given) and at not in taken and same(line, given[at]):
                met[index] = given[at]
                taken.add(at)
                break
    return met


def where_different(expected: str, got: str, match: Match = Match.EXACT, tolerance: float = 0.0) -> str:
    """The first line that differs under the rule, in a sentence; empty when no line does."""
    wanted, given = lines_of(expected), lines_of(got)
    if match is Match.UNORDERED:
        missing, extra = Counter(wanted) - Counter(given), Counter(given) - Counter(wanted)
        if missing:
            return f"A line is missing: {_quoted(next(iter(missing)))}."
        return f"A line is one too many: {_quoted(next(iter(extra)))}." if extra else ""
    same = _same_line(match, tolerance)
    for number, (one, other) in enumerate(zip_longest(wanted, given), 1):
        if other is None:
            return f"Line {number} is missing: it should be {_quoted(one)}."
        if one is None:
            return f"Line {number} is one too many: {_quoted(other)}."
        if not same(one, other):
            return f"Line {number} is {_quoted(other)}; it should be {_quoted(one)}."
    return ""


def _quoted(line: str) -> str:
    return repr(line if len(line) <= QUOTED_WIDTH else line[:QUOTED_WIDTH] + "...")
