"""The publish gate as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bot.question_bank.checks.running import PARALLEL, Runner, check_running
from bot.question_bank.checks.static import check_static
from bot.question_bank.problems import Found, Problem


async def check_bank(
    items: Sequence[Found],
    runner: Runner | None = None,
    *,
    parallel: int = PARALLEL,
    progress: Callable[[], None] = lambda: None,
) -> list[Problem]:
    """Everything that is wrong with ``items``; without a runner, what can be told by reading.

    Only questions without an error so far are run. ``progress`` is called once for each of those.
    """
    problems = check_static(items)
    if runner is None:
        return problems
    failed = {(each.question, each.file, each.line) for each in problems if each.is_error}
    sound = [
        found for found in items if (found.item.meta.key, found.place.file, found.place.line) not in failed
    ]
    return problems + await check_running(sound, runner, parallel=parallel, progress=progress)


def is_ok(problems: Iterable[Problem]) -> bool:
    """Whether a bank with these problems may be posted: warnings do not stand in its way."""
    return not any(each.is_error for each in problems)
