"""What decoys are made of: values almost like another one, and values that nothing holds by accident."""

from __future__ import annotations

import random
import string
from typing import Any

_DECOYS = 5
_LIKES = 3
"""Objects made beside one that is compared."""


def near(value: Any, chance: random.Random) -> list[Any]:
    """Values of the same kind, none equal to ``value``, each a small step from it or from another one."""
    found = [value]
    for _ in range(_DECOYS * 4):
        last = chance.random() < 0.5  # a chain in both directions, so that the value is not in its middle
        step = _step(found[-1 if last else 0], chance)
        try:
            if all(type(step) is not type(old) or step != old for old in found):
                found.insert(len(found) if last else 0, step)
        except RecursionError:
            break
        if len(found) > _DECOYS:
            break
    return [step for step in found if step is not value]


def far(value: Any, chance: random.Random) -> list[Any]:
    """Values of the same kind that nothing would contain by accident."""
    found: list[Any] = []
    for _ in range(3):
        if type(value) in (int, float, bool):
            found.append(
                type(value)(chance.randrange(10**9, 10**12)) if type(value) is not bool else chance.random()
            )
        elif type(value) is str:
            found.append("".join(chance.choices(string.ascii_letters, k=12)))
        elif type(value) is tuple:
            found.append(tuple(chance.randrange(10**9, 10**12) for _ in value))
    return found


def _step(value: Any, chance: random.Random) -> Any:
    cls = type(value)
    if cls is bool:
        return not value
    if cls is int:
        return value + chance.choice((-1, 1)) * chance.choice((1, 1, 2, 3, 10, 1 + abs(value) // 2))
    if cls is float:
        return value + chance.choice((-1.0, 1.0)) * chance.choice((0.5, 1.0, 2.0, 1 + abs(value) / 2))
    if cls is complex:
        return value + chance.choice((1, -1, 1j, -1j))
    if cls is str or cls is bytes:
        return _reword(value, chance)
    if cls is list or cls is tuple:
        items = list(value)
        if not items or chance.random() < 0.3:
            items.append(_step(items[-1], chance) if items else chance.randrange(10))
        elif chance.random() < 0.3:
            items.pop(chance.randrange(len(items)))
        else:
            at = chance.randrange(len(items))
            items[at] = _step(items[at], chance)
        return cls(items)
    if cls is dict:
        changed = dict(value)
        if changed and chance.random() < 0.7:
            key = chance.choice(list(changed))
            changed[key] = _step(changed[key], chance)
        else:
            changed[chance.choice(string.ascii_lowercase)] = chance.randrange(10)
        return changed
    if cls is set or cls is frozenset:
        members = list(value)
        return cls([*members[: chance.randrange(len(members) + 1)], chance.randrange(1000)])
    return chance.choice((0, "", False, 1))


def _reword(value: Any, chance: random.Random) -> Any:
    """A text made of the words or letters of another."""
    empty: Any = value[:0]
    space: Any = " " if type(value) is str else b" "
    words = value.split(space)
    if len(words) > 1 and chance.random() < 0.6:
        at = chance.randrange(len(words))
        words.insert(chance.randrange(len(words)), words[at] if chance.random() < 0.3 else words.pop(at))
        return space.join(words)
    letter: Any = chance.choice(string.ascii_lowercase)
    piece = letter if type(value) is str else letter.encode()
    at = chance.randrange(len(value) + 1)
    if len(value) > 1 and chance.random() < 0.5:
        piece = value[at - 1 : at] or value[:1]
        other = chance.randrange(len(value))
        value = value[:other] + value[other + 1 :]
    elif len(value) > 1 and chance.random() < 0.3:
        piece = empty
    return value[:at] + piece + value[at + chance.randrange(2) :]


def near_arguments(
    args: tuple[Any, ...], kw: dict[str, Any], chance: random.Random
) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Arguments like these, with one of them changed a little."""
    places: list[Any] = [*range(len(args)), *kw]
    steps = [
        (place, new)
        for place in places
        for new in near(kw[place] if isinstance(place, str) else args[place], chance)[:_LIKES]
    ]
    found: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    for place, new in chance.sample(steps, min(len(steps), _LIKES)):
        if isinstance(place, str):
            found.append((args, {**kw, place: new}))
        else:
            found.append(((*args[:place], new, *args[place + 1 :]), kw))
    return found
