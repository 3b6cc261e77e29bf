"""Questions that are in a bank twice, to the letter or nearly."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, islice

from bot.domain.content import Challenge, Item, Question
from bot.question_bank.problems import Found, Problem, Severity, problem

ALIKE = 0.8
"""From which share of common three-word runs (Jaccard) two questions are reported as nearly the same."""
_FEWEST_RUNS = 5
"""Shorter texts differ in everything by one word, and are compared to the letter only."""
_MOST_HOLDERS = 200
"""A run of words that more questions share says nothing about any two of them."""
_RUN_BITS = 0xFFFFFFFF
"""A run of words is known by 32 bits of its hash."""
_COUNTS = 1 << 20
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
    """An error for each exact repetition (case and spaces aside), a warning for each near one.

    Of 100,000 questions it holds a fingerprint and some forty 32-bit numbers each, not their words.
    """
    problems: list[Problem] = []
    first: dict[bytes, int] = {}
    texts: list[tuple[int, array[int]]] = []
    for index, found in enumerate(items):
        words = _WORD.findall(_text(found.item).lower())
        mark = _signature(found.item, words)
        if mark in first:
            message = f"The same question as {_shown(items[first[mark]])}. Remove one of the two."
            problems.append(_problem(found, "duplicate_question", message, Severity.ERROR))
            continue
        first[mark] = index
        runs = {hash(run) & _RUN_BITS for run in zip(words, words[1:], words[2:], strict=False)}
        if len(runs) >= _FEWEST_RUNS:
            texts.append((index, array("I", runs)))
    for later, earlier, share in _near(texts):
        message = f"{share:.0%} the same as {_shown(items[earlier])}. Check that both are wanted."
        problems.append(_problem(items[later], "near_duplicate", message, Severity.WARNING))
    return problems


def _signature(item: Item, words: list[str]) -> bytes:
    """A fingerprint of what makes two questions the same; code counts as it is, with its spaces and case."""
    parts = [item.kind.value, " ".join(words)]
    if isinstance(item, Challenge):
        parts += [repr(item.references), repr(item.cases), repr(item.right)]
    else:
        parts += [item.program, item.answer.strip(), repr(item.rubric)]
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _problem(found: Found, code: str, message: str, severity: Severity) -> Problem:
    return problem(found.place, code, message, question=found.item.meta.key, severity=severity)


def _near(texts: Sequence[tuple[int, array[int]]]) -> Iterator[tuple[int, int, float]]:
    """Pairs that are alike, each later question with the earlier one it is most like, and how much.

    Two sets can only be alike by ``ALIKE`` when they share one of each other's rarest ``1 - ALIKE``
    members, so only those are looked at (prefix filtering). How rare a run is, a table of counts tells that
    runs share: what they add to each other changes the order, and with it only the time that it takes.
    """
    counts = array("I", bytes(4 * _COUNTS))
    for _, runs in texts:
        for run in runs:
            counts[run % _COUNTS] += 1
    rare: list[int] = []
    for position, (_, runs) in enumerate(texts):
        order = sorted([(counts[run % _COUNTS] << 32) | run for run in runs])
        rare += [
            ((one & _RUN_BITS) << 32) | position
            for one in order[: int((1 - ALIKE) * len(order)) + 1]
            if one >> 32 > 1
        ]
    rare.sort()
    candidates: defaultdict[int, set[int]] = defaultdict(set)
    for _, holders in groupby(rare, key=lambda one: one >> 32):
        shared = [one & _RUN_BITS for one in islice(holders, _MOST_HOLDERS)]
        for count, position in enumerate(shared[1:], start=1):
            candidates[position].update(shared[:count])
    for position in sorted(candidates):
        later = set(texts[position][1])
        best = max((_alike(later, set(texts[other][1])), -other) for other in candidates[position])
        if best[0] >= ALIKE:
            yield texts[position][0], texts[-best[1]][0], best[0]


def _alike(one: set[int], other: set[int]) -> float:
    return len(one & other) / len(one | other)
