"""Keeps objects that call everything equal from being believed.

When the tests compare one of the member's objects, its own methods decide. So that an object which says yes
to
everything gains nothing, it is asked about other values as well, in random order and in the same way: values
near the one the test names, and objects that were compared elsewhere in the run. It has to say no to those to
which the reference solution said no in the same place.
"""

from __future__ import annotations

import ast
import contextlib
import random
import string
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

from ..guest.bridge.wire import Closed, Violation

if TYPE_CHECKING:
    from .bridge import Examiner

Matrix = dict[str, dict[str, Any]]
"""By place: what the reference answered to each decoy, by the decoy's name (True, False or None for
neither).
"""
Question = tuple[str, Any]
"""A comparison method's name, and the value to ask it about."""

_CONTRARY = "contrary"
_DECOYS = 5
_NEIGHBOURS = 4
_LITERALS = 6
_ALWAYS = 40
_SAMPLE = 8
_OPPOSITE = {"__lt__": "__gt__", "__le__": "__gt__", "__gt__": "__lt__", "__ge__": "__lt__"}
"""What cannot hold of the same two values as well."""
_APPROX = type(pytest.approx(0.0)).__module__
_SCALARS = (int, float, complex, str, bytes, bool, type(None))


class Decoys:
    """One run's comparisons. ``recording``: the guest is the reference, whose answers become the matrix."""

    def __init__(self, matrix: Matrix, seed: str, recording: bool = False) -> None:
        self.matrix = matrix
        self.recording = recording
        self.seed = seed
        self.peer: Examiner | None = None
        self.files: frozenset[str] = frozenset()
        self.literals: list[Any] = []
        """What ``literals`` found in the tests."""
        self.test = ""
        self.muted = False
        self._counts: dict[str, int] = {}
        self._pool: list[dict[str, Any]] = []
        self._chance = random.SystemRandom()

    def compare(self, owner: type | None, name: str, left: Any, right: Any) -> Any:
        """What ``left`` says about ``right``, or that they differ when it says so of decoys too."""
        if type(right).__module__ == _APPROX:
            return _approximate(name, left, right)
        plain, foreign = is_plain(right), self.peer is not None and id(right) in self.peer.ids
        if not (plain or foreign) or (foreign and name not in ("__eq__", "__ne__")):
            return self._ask(owner, name, left, right)
        place = self._place(name)
        known = self.matrix.get(place)
        decoys = self._decoys(place, name, right, plain)
        if self.recording or known == {} or self._skips(place):
            result = self._ask(owner, name, left, right)
            if self.recording:
                agreed = type(result) is bool and result is (name != "__ne__")
                answers = {key: self._claims(owner, way, left, d) for key, (way, d) in decoys.items()}
                self.matrix[place] = answers if agreed else {}
            self._remember(place, left, right, plain)
            return result
        asked = [d for key, d in decoys.items() if self._applies(known, key, name, plain)]
        result = self._ask_all(owner, name, left, right, asked)
        self._remember(place, left, right, plain)
        return result

    def _ask_all(self, owner: type | None, name: str, left: Any, right: Any, decoys: list[Question]) -> Any:
        questions = [(True, name, right), *((False, way, value) for way, value in decoys)]
        self._chance.shuffle(questions)
        result: Any = None
        failure: BaseException | None = None
        fooled = False
        for real, way, value in questions:
            if not real:
                fooled = self._claims(owner, way, left, value) is True or fooled
                continue
            try:
                result = self._ask(owner, name, left, value)
            except (Violation, Closed):
                raise
            except BaseException as error:  # noqa: BLE001 - raised again below, after the other questions
                failure = error
        if failure is not None:
            raise failure
        if fooled and type(result) is bool:
            return name == "__ne__"
        return result

    def _applies(self, known: dict[str, Any] | None, key: str, name: str, plain: bool) -> bool:
        if known is not None:
            return known.get(key) is False
        return plain and (name in ("__eq__", "__ne__", "__contains__") or key == _CONTRARY)

    def _skips(self, place: str) -> bool:
        base = place.rpartition("#")[0]
        return self._counts[base] > _ALWAYS and self._chance.randrange(_SAMPLE) > 0

    def _place(self, name: str) -> str:
        frame: Any = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename not in self.files:
            frame = frame.f_back
        base = f"{self.test}:{frame.f_lineno if frame is not None else 0}:{name}"
        count = self._counts[base] = self._counts.get(base, 0) + 1
        return f"{base}#{count}"

    def _remember(self, place: str, left: Any, right: Any, plain: bool) -> None:
        pair = {f"{place}<": left} if plain else {f"{place}<": left, f"{place}>": right}
        self._pool = [*self._pool[-_NEIGHBOURS:], pair]

    def _decoys(self, place: str, name: str, right: Any, plain: bool) -> dict[str, Question]:
        if not plain:
            return {key: (name, other) for pair in self._pool for key, other in pair.items()}
        if name in _OPPOSITE:
            return {_CONTRARY: (_OPPOSITE[name], right)}
        chance = random.Random(f"{self.seed}{place}")  # noqa: S311 - the same for the reference; no secret of ours
        found = far(right, chance) if name == "__contains__" else near(right, chance)
        found += [each for each in self._literals(type(right)) if each != right]
        return {str(index): (name, value) for index, value in enumerate(found)}

    def _literals(self, cls: type) -> list[Any]:
        """Other values of the tests' own, which look as much like the right one as any."""
        same = [value for value in self.literals if type(value) is cls]
        chance = random.Random(self.seed)  # noqa: S311 - the same for the reference; no secret of ours
        return chance.sample(same, min(len(same), _LITERALS))

    def _claims(self, owner: type | None, name: str, left: Any, value: Any) -> bool | None:
        """Whether the object says yes (for ``!=``: no difference) about a decoy."""
        self.muted = True
        try:
            result = self._ask(owner, name, left, value)
        except (Violation, Closed):
            raise
        except BaseException:  # noqa: BLE001 - whatever its method raises, it did not say yes
            return False
        finally:
            self.muted = False
        if type(result) is not bool:
            return None if self.recording and result is not NotImplemented else False
        return result is (name != "__ne__")

    def _ask(self, owner: type | None, name: str, left: Any, right: Any) -> Any:
        assert self.peer is not None
        return self.peer.ask_by_value(owner, name, left, right)


def _approximate(name: str, left: Any, right: Any) -> Any:
    """Compare with ``pytest.approx`` by the number or the items, here."""
    if name not in ("__eq__", "__ne__"):
        return NotImplemented
    cls = type(left)
    if hasattr(cls, "__float__") or hasattr(cls, "__index__"):
        value: Any = float(left)
    elif hasattr(cls, "keys"):
        value = {key: left[key] for key in left.keys()}  # noqa: SIM118
    elif hasattr(cls, "__iter__"):
        value = list(left)
    else:
        return NotImplemented
    return (value == right) is (name == "__eq__")


def is_plain(value: Any) -> bool:
    """Whether a value is built-in data all the way down."""
    cls = type(value)
    if cls in _SCALARS:
        return True
    if cls in (list, tuple, set, frozenset):
        return len(value) < 1000 and all(map(is_plain, value))
    if cls is dict:
        return len(value) < 1000 and all(is_plain(k) and is_plain(v) for k, v in value.items())
    return False


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


def literals(sources: Iterable[str]) -> list[Any]:
    """The numbers, texts and other scalars that stand in test files, docstrings aside."""
    found: list[Any] = []
    for source in sources:
        with contextlib.suppress(SyntaxError):  # collecting the file says so
            tree = ast.parse(source)
            remarks = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            found += [
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and type(node.value) in _SCALARS and id(node) not in remarks
            ]
    return found
