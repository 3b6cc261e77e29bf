"""Questions that are in a bank twice, to the letter or nearly."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from bot.domain.content import Challenge, Item, Question
from bot.question_bank.problems import Found, Problem, Severity, problem

ALIKE = 0.8
"""From which share of common three-word runs (Jaccard) two questions are reported as nearly the same."""
_FEWEST_RUNS = 5
"""Shorter texts differ in everything by one word, and are compared to the letter only."""
_MOST_HOLDERS = 200
"""A run of words that more questions share says nothing about any two of them."""
_WORD = re.compile(r"\w+|[^\w\s]")


def _text(item: Item) -> str:
    """What makes the question the question it is, for comparing."""
    if isinstance(item, Question):
        options = sorted(option.text for option in item.options)
        return "\n".join([item.prompt, item.program, *options])
    files = (*item.starter, *item.given, *(test.file for test in item.tests))
    return "\n".join([item.prompt, *(file.text for file in files)])


def _shown(found: Found) -> str:
    return f"`{found.item.meta.key}` ({found.place.file}:{found.place.line})"


def duplicates(items: Sequence[Found]) -> list[Problem]:
    """An error for each exact repetition (case and spaces aside), a warning for each near one."""
    problems: list[Problem] = []
    first: dict[tuple[str, ...], Found] = {}
    single: list[tuple[Found, list[str]]] = []
    for found in items:
        words = _WORD.findall(_text(found.item).lower())
        signature = (found.item.kind.value, *_signature(found.item, words))
        if signature in first:
            message = f"The same question as {_shown(first[signature])}. Remove one of the two."
            problems.append(_problem(found, "duplicate_question", message, Severity.ERROR))
            continue
        first[signature] = found
        single.append((found, words))
    for one, other, share in _near(single):
        message = f"{share:.0%} the same as {_shown(other)}. Check that both are wanted."
        problems.append(_problem(one, "near_duplicate", message, Severity.WARNING))
    return problems


def _signature(item: Item, words: list[str]) -> tuple[str, ...]:
    """Code is compared as it is, since there spaces and case matter."""
    if isinstance(item, Challenge):
        return (" ".join(words), repr(item.references), repr(item.cases), repr(item.right))
    return (" ".join(words), item.program, item.answer.strip(), repr(item.rubric))


def _problem(found: Found, code: str, message: str, severity: Severity) -> Problem:
    return problem(found.place, code, message, question=found.item.meta.key, severity=severity)


def _near(texts: Iterable[tuple[Found, list[str]]]) -> list[tuple[Found, Found, float]]:
    """Pairs that are alike, each later question with the earlier one it is most like.

    Two sets can only be alike by ``ALIKE`` when they share one of each other's rarest ``1 - ALIKE``
    members, so only those are indexed (prefix filtering).
    """
    runs = [
        (found, {hash(run) for run in zip(words, words[1:], words[2:], strict=False)})
        for found, words in texts
    ]
    runs = [(found, members) for found, members in runs if len(members) >= _FEWEST_RUNS]
    frequency = Counter(member for _, members in runs for member in members)
    holders: defaultdict[int, list[int]] = defaultdict(list)
    pairs: list[tuple[Found, Found, float]] = []
    for index, (found, members) in enumerate(runs):
        rare = sorted(members, key=lambda member: (frequency[member], member))
        prefix = rare[: int((1 - ALIKE) * len(rare)) + 1]
        candidates = {other for member in prefix for other in holders[member]}
        best = max(((_alike(members, runs[other][1]), -other) for other in candidates), default=(0.0, 0))
        if best[0] >= ALIKE:
            pairs.append((found, runs[-best[1]][0], best[0]))
        for member in prefix:
            if len(holders[member]) < _MOST_HOLDERS:
                holders[member].append(index)
    return pairs


def _alike(one: set[int], other: set[int]) -> float:
    return len(one & other) / len(one | other)
