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
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pytest

from ..guest.bridge.wire import Closed, Violation
from .perturbing import far, near, near_arguments

if TYPE_CHECKING:
    from .bridge import Examiner

Matrix = dict[str, dict[str, Any]]
"""By place: what the reference answered to each decoy, by the decoy's name (True, False or None for
neither).
"""
Question = tuple[str, Any, Any]
"""A comparison method's name, the object that is asked, and the value to ask it about."""

_CONTRARY = "contrary"
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
        self.likes = False
        """Whether further objects may be made, for what may be a comparison of objects."""
        self._counts: dict[str, int] = {}
        self._pool: list[dict[str, Any]] = []
        self._chance = random.SystemRandom()
        self._origins: dict[int, tuple[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = {}
        self._likes: dict[int, dict[str, Any]] = {}
        """By ``id`` of an object: others that were made beside it, from slightly different arguments."""

    def make(self, ask: Callable[..., Any], cls: Any, args: tuple[Any, ...], kw: dict[str, Any]) -> Any:
        """Have an object of a member's class made from plain data.

        Where the reference's object from the same place was compared with another, others like it are made
        as well, in random order: so that neither the order in which objects were made nor their class tells
        which of them is meant when it comes to comparing.
        """
        place = self._place("make")
        if self.recording:
            value = ask("call", cls, *args, **kw)
            if self.peer is not None and id(value) in self.peer.ids:
                self._origins[id(value)] = (place, cls, args, kw)
            return value
        wanted = self.matrix.get(place, {})
        likes = self._near(place, args, kw)
        turns = [key for key in likes if key in wanted]
        if not turns or self._skips(place):
            return ask("call", cls, *args, **kw)
        self._chance.shuffle(turns)
        turns.insert(self._chance.randrange(len(turns) + 1), "")
        made: dict[str, Any] = {}
        value = failure = None
        for key in turns:
            if key:
                self._make_like(made, key, cls, *likes[key])
                continue
            try:
                value = ask("call", cls, *args, **kw)
            except (Violation, Closed):
                raise
            except BaseException as error:  # noqa: BLE001 - raised again below, once the others are made
                failure = error
        if failure is not None:
            raise failure
        self._likes[id(value)] = made
        return value

    def _near(self, place: str, args: tuple[Any, ...], kw: dict[str, Any]) -> dict[str, Any]:
        chance = random.Random(f"{self.seed}{place}")  # noqa: S311 - the same for the reference; no secret of ours
        return {str(index): changed for index, changed in enumerate(near_arguments(args, kw, chance))}

    def _make_like(
        self, made: dict[str, Any], key: str, cls: Any, args: tuple[Any, ...], kw: dict[str, Any]
    ) -> None:
        assert self.peer is not None
        self.muted = True
        try:
            value = self.peer.ask_directly("call", cls, *args, **kw)
            if id(value) in self.peer.ids:
                made[key] = value
        except (Violation, Closed):
            raise
        except BaseException:  # noqa: BLE001, S110 - whatever the class raises, there is no such object
            pass
        finally:
            self.muted = False

    def _beside(self, left: Any, right: Any, name: str) -> dict[str, Question]:
        """Questions about the objects that were made beside the two that are compared."""
        for value in (left, right) if self.recording else ():
            if id(value) in self._origins and id(value) not in self._likes:
                place, cls, args, kw = self._origins[id(value)]
                made = self._likes[id(value)] = {}
                for key, changed in self._near(place, args, kw).items():
                    self._make_like(made, key, cls, *changed)
        found = {f"+{key}": (name, left, like) for key, like in self._likes.get(id(right), {}).items()}
        return found | {f"-{key}": (name, like, right) for key, like in self._likes.get(id(left), {}).items()}

    def _want_likes(self, answers: dict[str, Any], left: Any, right: Any) -> None:
        """Take down at which places the others have to be made."""
        for sign, value in (("+", right), ("-", left)):
            for key in self._likes.get(id(value), {}):
                if answers.get(sign + key) is False:
                    self.matrix.setdefault(self._origins[id(value)][0], {})[key] = True

    def compare(self, owner: type | None, name: str, left: Any, right: Any) -> Any:
        """What ``left`` says about ``right``, or that they differ when it says so of decoys too."""
        if type(right).__module__ == _APPROX:
            return _approximate(name, left, right)
        plain, foreign = is_plain(right), self.peer is not None and id(right) in self.peer.ids
        if not (plain or foreign) or (foreign and name not in ("__eq__", "__ne__")):
            return self._ask(owner, name, left, right)
        place = self._place(name)
        known = self.matrix.get(place)
        decoys = self._decoys(place, name, left, right, plain)
        if self.recording or known == {} or self._skips(place):
            result = self._ask(owner, name, left, right)
            if self.recording:
                agreed = type(result) is bool and result is (name != "__ne__")
                answers = {key: self._claims(owner, *question) for key, question in decoys.items()}
                self.matrix[place] = answers if agreed else {}
                self._want_likes(self.matrix[place], left, right)
            self._remember(place, left, right, plain)
            return result
        asked = [d for key, d in decoys.items() if self._applies(known, key, name, plain)]
        result = self._ask_all(owner, name, left, right, asked)
        self._remember(place, left, right, plain)
        return result

    def _ask_all(self, owner: type | None, name: str, left: Any, right: Any, decoys: list[Question]) -> Any:
        questions = [(True, name, left, right), *((False, *question) for question in decoys)]
        self._chance.shuffle(questions)
        result: Any = None
        failure: BaseException | None = None
        fooled = False
        for real, way, asked, value in questions:
            if not real:
                fooled = self._claims(owner, way, asked, value) is True or fooled
                continue
            try:
                result = self._ask(owner, name, left, right)
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

    def _decoys(self, place: str, name: str, left: Any, right: Any, plain: bool) -> dict[str, Question]:
        if not plain:
            found = {key: (name, left, other) for pair in self._pool for key, other in pair.items()}
            return found | self._beside(left, right, name)
        if name in _OPPOSITE:
            return {_CONTRARY: (_OPPOSITE[name], left, right)}
        chance = random.Random(f"{self.seed}{place}")  # noqa: S311 - the same for the reference; no secret of ours
        values = far(right, chance) if name == "__contains__" else near(right, chance)
        values += [each for each in self._literals(type(right)) if each != right]
        return {str(index): (name, left, value) for index, value in enumerate(values)}

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
