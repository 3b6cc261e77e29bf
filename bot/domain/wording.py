"""Amounts and long texts as a tired person can read them."""

from __future__ import annotations

from bot.domain.content import Limits
from bot.domain.grading import CodeError, Ending, Execution

LONGEST_TEXT = 4_000
"""Characters of output, expected or got that a judgement keeps."""


def seconds(milliseconds: float) -> str:
    """``5000`` as ``5 s``, ``5012.3`` as ``5.01 s``, ``12`` as ``12 ms``."""
    if milliseconds < 1_000:
        return f"{milliseconds:.0f} ms"
    return f"{round(milliseconds / 1_000, 2):g} s"


def count(number: int, thing: str) -> str:
    """``1 test``, ``3 tests``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def cut_middle(text: str, limit: int = LONGEST_TEXT) -> str:
    """The text, or its beginning and end with a line between that says how much was left out."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n... {len(text) - 2 * half:,} characters left out ...\n{text[-half:]}"


def limit_sentence(run: Execution, limits: Limits) -> str:
    """Which limit ended the run, what was used and what is allowed. Empty when none did."""
    used = run.usage
    match run.ending:
        case Ending.CPU_LIMIT:
            allowed = seconds(limits.cpu_ms)
            return (
                f"Your program used {seconds(used.cpu_ms)} of CPU time; the limit is {allowed}. "
                "Does a loop never end, or is there a faster way?"
            )
        case Ending.WALL_LIMIT:
            idle = " Does it sleep, or wait for input?" if used.cpu_ms * 10 < used.wall_ms else ""
            return (
                f"Your program ran for {seconds(used.wall_ms)}, {seconds(used.cpu_ms)} of that on the CPU; "
                f"the limit is {seconds(limits.wall_ms)} in all.{idle}"
            )
        case Ending.MEMORY_LIMIT:
            used_some = used.memory_mb * 2 >= limits.memory_mb  # else one huge request failed at once
            asked = f"used {used.memory_mb:.0f} MB and asked for more" if used_some else "asked for too much"
            return f"Your program {asked}; the limit is {limits.memory_mb} MB of memory."
        case Ending.OUTPUT_LIMIT:
            return (
                f"Your program printed more than the limit of {limits.output_kb} KB. "
                "Does a loop print without end?"
            )
        case Ending.DISK_LIMIT:
            return (
                "Your program wrote more to disk than it may; "
                f"the limit is {limits.disk_mb} MB in {limits.files} files."
            )
        case Ending.PROCESS_LIMIT:
            return "Your program started more threads or processes than it may."
        case _:
            return ""


def error_sentence(error: CodeError) -> str:
    """``ZeroDivisionError: division by zero (solution.py, line 3)``."""
    place = ", ".join(part for part in (error.file, f"line {error.line}" if error.line else "") if part)
    text = f"{error.type}: {error.message}" if error.message else error.type
    return f"{text} ({place})" if place else text
