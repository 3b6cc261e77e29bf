"""A guest that sends whatever could be thought of to the examiner: see ``test_hostile_frames``.

Run as a program (seed, number of runs), because what it looks for is the end of the interpreter. The frames
are made by a seeded generator from the tags of the format, valid often enough to get far and wrong often
enough to get everywhere.
"""

from __future__ import annotations

import copy
import faulthandler
import gc
import io
import random
import re
import socket
import sys
import traceback
import types
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from bot.grading.examiner.bridge import Examiner
from bot.grading.examiner.decoys import Decoys
from bot.grading.guest.bridge.attributes import FORWARDED
from bot.grading.guest.bridge.peer import EVENT, REPLY, REQUEST
from bot.grading.guest.bridge.unpacking import Unpacker
from bot.grading.guest.bridge.values import SHARED, SINGLETONS, UNLEAVES
from bot.grading.guest.bridge.wire import Channel, Closed, Violation, _encode

_STANDARD = """
builtins:object builtins:type builtins:super builtins:property builtins:ValueError builtins:KeyError
builtins:str builtins:ExceptionGroup builtins:UnicodeDecodeError builtins:OSError
builtins:StopIteration builtins:int builtins:bool enum:Enum enum:IntFlag enum:EnumType abc:ABC
abc:ABCMeta collections.abc:Mapping collections:UserDict types:FunctionType collections:OrderedDict
typing:Generic typing:NamedTuple decimal:Decimal datetime:datetime io:StringIO weakref:ref
types:SimpleNamespace types:GeneratorType types:CodeType functools:partial
json.decoder:JSONDecodeError threading:Thread random:Random itertools:chain operator:itemgetter
pathlib:PurePath nowhere:Nothing
""".split()  # noqa: SIM905 - read as words
_PLAIN_BASES = ["builtins:object", "builtins:object", "builtins:object", "builtins:type"]
_ERRORS = """
builtins:ValueError builtins:KeyError builtins:OSError builtins:StopIteration builtins:SystemExit
builtins:AttributeError builtins:SyntaxError builtins:ImportError builtins:BaseException
builtins:UnicodeError json.decoder:JSONDecodeError
""".split()  # noqa: SIM905 - read as words
_NUMBERED = frozenset("LoCFKX")
_LEAVES = [
    b"x",
    2**70,
    1j,
    range(3),
    Decimal("1.5"),
    date(2024, 1, 2),
    timedelta(1),
    UUID(int=3),
    Path("x"),
    re.compile("a"),
]
_NAMES = [
    "a",
    "C",
    "",
    "mro",
    "__class__",
    "__dict__",
    "__del__",
    "__real__",
    "__slots__",
    "\0",
    "\ud800",
    "solution",
    "x.y",
]
_NUMBERS = [0, 1, -1, 2**31, -(2**63), 2**63 - 1, 1e308, float("nan"), 0.5, 7, -2, -3, -4, -5]
_OPERATIONS = [
    "call",
    "get",
    "set",
    "del",
    "slot",
    "bind",
    "item",
    "copy",
    "make",
    "names",
    "spawn",
    "cancel",
]


class Frames:
    """Makes frames; ``used`` are the numbers that objects were sent under in this run."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.used = [-1]
        self.known: list[int] = []
        self.classes: list[int] = []
        self.errors: list[int] = []

    def new_number(self) -> Any:
        if self.random.random() < 0.005:
            return self.any_of([*_NUMBERS, "x", None, [], *self.used])
        self.used.append(min(self.used) - 1)
        return self.used[-1]

    def any_of(self, choices: Any) -> Any:
        return self.random.choice(list(choices))

    def name(self) -> Any:
        return self.any_of([*_NAMES, *sorted(FORWARDED)]) if self.random.random() < 0.95 else self.scalar()

    def scalar(self) -> Any:
        return self.any_of([None, True, "text", "", *_NUMBERS, *_NAMES])

    def nodes(self, depth: int, most: int = 3) -> list[Any]:
        return [self.node(depth - 1) for _ in range(self.random.randrange(most + 1))]

    def node(self, depth: int) -> Any:
        """A value."""
        if depth <= 0 or self.random.random() < 0.15:
            return self.scalar()
        kinds = [
            self.leaf,
            self.plain,
            self.reference,
            self.object,
            self.object,
            self.a_class,
            self.error,
            self.function,
        ]
        node = self.any_of(kinds)(depth)
        if self.random.random() < 0.01 and type(node) is list and node:
            node[self.random.randrange(len(node))] = self.any_of(
                [self.scalar(), [], {}, [["r", 1]], {"n": 1}]
            )
        return node

    def leaf(self, depth: int) -> Any:
        shapes: dict[str, list[Any]] = {
            "i": ["0x7f" * 1, "-0x" + "f" * 400],
            "b": ["\xff", "\u0100"],
            "dec": ["1e999999999", "nan", "x"],
            "re": ["(a*)*b", "["],
            "path": ["/x", "\0"],
            "zone": ["Europe/Berlin", "../x"],
            "1": [*SINGLETONS],
            "mv": ["abc"],
            "array": ["d", "u"],
            "uuid": ["0" * 32],
        }
        if self.random.random() < 0.95:
            return Unpacker(-1).pack(self.any_of(_LEAVES))
        tag = self.any_of(UNLEAVES)
        first = self.any_of(shapes.get(tag, self.nodes(1) or [1]))
        return [tag, first, *self.nodes(1, 9)]

    def plain(self, depth: int) -> Any:
        kind = self.any_of(
            ["list", "dict", "list", "deque", "odict", "counter", *self.few("set", "ddict", "zz")]
        )
        items = self.nodes(depth, 4)
        if kind in ("dict", "odict", "ddict", "counter") and len(items) % 2:
            items.pop()
        return self.any_of(
            [
                ["t", *items],
                ["f", *items],
                ["sl", *self.nodes(depth)],
                [self.any_of(["dk", "dv", "di"]), *items],
                ["L", self.new_number(), kind, None, items],
                ["u", kind, self.node(depth - 1), items],
                ["sig", [["a", self.random.randrange(6), self.node(depth - 1), None]], None],
            ]
        )

    def few(self, *choices: Any) -> list[Any]:
        """The choices, rarely."""
        return [*choices] if self.random.random() < 0.05 else []

    def reference(self, depth: int) -> Any:
        return ["r", self.any_of([*self.known, *self.few(*self.used)] or [0])] if self.known else 3

    def class_reference(self, depth: int) -> Any:
        return ["r", self.any_of(self.classes)] if self.classes else self.shared(depth)

    def class_node(self, depth: int) -> Any:
        if depth <= 0:
            return [
                "T",
                self.any_of(["builtins:ValueError", "builtins:object", "builtins:int", "builtins:type"]),
            ]
        makers = [
            self.shared,
            self.a_class,
            self.a_class,
            self.class_reference,
            *self.few(self.reference, self.node),
        ]
        return self.any_of(makers)(depth - 1)

    def shared(self, depth: int) -> Any:
        return ["T", self.any_of([*_PLAIN_BASES, *_PLAIN_BASES, *self.few(*SHARED, *_STANDARD)])]

    def a_class(self, depth: int) -> Any:
        facts = {
            "n": self.any_of("ABC"),
            "q": self.any_of("ABC"),
            "m": self.any_of(["solution", *self.few(*_NAMES)]),
            "d": self.scalar(),
            **({self.any_of("nq"): self.name()} if self.few(1) else {}),
            "M": self.any_of(
                [None, None, None, ["T", "builtins:type"], *self.few(self.class_node(depth - 1))]
            ),
            "b": [self.class_node(depth - 1) for _ in range(self.any_of([1, 1, 1, 1, *self.few(0, 2, 3)]))],
            "A": self.any_of([[], ["area"], ["a", 1], "area", None]),
            "s": [self.any_of(sorted(FORWARDED)) for _ in range(self.random.randrange(12))],
            "a": [
                self.any_of(["a", "b", "value", "mro", "__real__", "args"][: self.any_of([3, *self.few(6)])])
            ],
            "w": self.any_of([None, None, *_STANDARD]),
        }
        if self.random.random() < 0.01:
            del facts[self.any_of(facts)]
        number = self.new_number()
        return ["C", number, facts]

    def object(self, depth: int) -> Any:
        content = self.any_of(
            [None, None, None, *self.few(self.node(depth - 1), ["list", None, []], 5, "s", ["t", 1])]
        )
        return ["o", self.new_number(), self.class_node(depth), content]

    def error(self, depth: int) -> Any:
        decoding = ["utf-8", ["b", "x"], -(2**60), -(2**60) + 1, "r"]
        fields = {self.any_of(["name", "args", "start", "object", "__traceback__"]): self.node(depth - 1)}
        if self.random.random() < 0.02:
            number = self.new_number()
            return [
                "X",
                number,
                ["T", "builtins:UnicodeDecodeError"],
                decoding,
                {},
                None,
                None,
                False,
                [],
                None,
            ]
        ends = [
            None,
            None,
            ["r", self.any_of(self.errors)] if self.errors else None,
            *self.few(self.reference(1)),
        ]
        chain = [
            self.error(depth - 1) if depth > 1 and self.random.random() < 0.2 else self.any_of(ends)
            for _ in "cc"
        ]
        cls = ["T", self.any_of(_ERRORS)]
        if self.random.random() < 0.5:
            cls = self.a_class(1)
            cls[2]["b"] = [["T", self.any_of(_ERRORS)] for _ in range(self.any_of([1, 1, 1, 2]))]
            cls[2]["M"] = None
        return [
            "X",
            self.new_number(),
            cls,
            self.nodes(depth),
            self.any_of([{}, fields]),
            *chain,
            False,
            [],
            None,
        ]

    def function(self, depth: int) -> Any:
        if self.random.random() < 0.2:
            return ["K", self.new_number(), self.name(), self.name()]
        signature = self.any_of([None, *self.few(self.node(depth - 1))])
        run = self.any_of([True, False])
        return ["F", self.new_number(), self.name(), self.name(), self.name(), self.scalar(), signature, run]

    def sync(self) -> Any:
        if self.random.random() < 0.97:
            return 0
        changes = [[self.any_of([1, *self.few(*self.used)]), self.nodes(2)]]
        drops = self.any_of([0, [self.any_of(self.used)], -1])
        return [self.any_of([0, changes]), drops, self.any_of([0, [["out", [[1, "p"]]]]])]

    def frame(self, ident: int) -> Any:
        """An answer to the request ``ident``, or something else."""
        made = self._frame(ident)
        self.note(made)
        return made

    def note(self, node: Any) -> None:
        """Take down which objects the other side knows once it has read this."""
        if type(node) is dict:
            node = [*node.values()]
        if type(node) is not list or not node:
            return
        if type(node[0]) is str and node[0] in _NUMBERED and len(node) > 1 and type(node[1]) is int:
            known = {"C": self.classes, "X": self.errors}.get(node[0], self.known)
            known.append(node[1])
        for part in node:
            self.note(part)

    def _frame(self, ident: int) -> Any:
        chance = self.random.random()
        if chance < 0.004:
            return self.any_of([[], [self.node(3)], [REPLY], [EVENT, [1, True, None], 0], ["r"]])
        if chance < 0.1:
            operation = self.any_of([*_OPERATIONS, *self.few("zz")])
            arguments = [
                self.any_of([self.reference(1), self.node(2), *(["r", n] for n in (1, 2, 3, 4))])
                for _ in range(3)
            ]
            return [REQUEST, self.random.randrange(99), 0, operation, arguments, 0, self.sync(), 0]
        if self.random.random() < 0.2:
            return [REPLY, ident, False, self.error(4), self.sync()]
        return [REPLY, ident if chance > 0.102 else 5, True, self.node(5), self.sync()]


class Hostile(Channel):
    """The examiner's end of a connection whose other end is made up."""

    def __init__(self, frames: Frames) -> None:
        super().__init__(socket.socketpair()[0])
        self.frames, self.left, self.ident = frames, 30, 0

    def send(self, message: list[Any]) -> None:
        _encode(message)
        if message[0] == REQUEST:
            self.ident = message[1]

    def fill(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Closed("that is all")
        body = _encode(self.frames.frame(self.ident)).encode("ascii")
        self._buffer += len(body).to_bytes(4, "big") + body


_USES: list[Any] = [
    repr,
    str,
    len,
    iter,
    hash,
    bool,
    dir,
    callable,
    type,
    copy.copy,
    vars,
    list,
    int,
    sorted,
    lambda x: x == x,
    lambda x: x == [1],
    lambda x: 1 in x,
    lambda x: x < 3,
    lambda x: x + 1,
    lambda x: x[0],
    lambda x: x.value,
    lambda x: x(),
    lambda x: isinstance(x, (int, dict)),
    lambda x: isinstance(3, x),
    lambda x: issubclass(x, Exception),
    lambda x: setattr(x, "value", x),
    lambda x: "".join(traceback.format_exception(x)),
    lambda x: type("D", (x,), {}),
    lambda x: next(x),
    lambda x: format(x, ">9"),
    lambda x: x.__dict__,
    lambda x: x.__mro__,
]


def run(seed: int) -> None:
    """One guest, from the first frame to the last."""
    frames = Frames(seed)
    channel = Hostile(frames)
    examiner = Examiner(channel, Decoys({}, str(seed), recording=False))
    value: Any = None
    handed = [io.StringIO("text"), types.SimpleNamespace(value=1), lambda x: x, [1]]
    kept: list[Any] = []
    try:
        while True:
            try:
                value = examiner.ask("get", handed, "x")
            except (Violation, Closed):
                raise
            except BaseException as error:  # the tests would have got it
                value = error
            kept.append(value)
            for use in frames.random.sample(_USES, 6):
                try:
                    use(value)
                except (Violation, Closed):
                    raise
                except BaseException as error:
                    kept.append(error)
    except (Violation, Closed):
        pass
    finally:
        channel.close()
    del kept, value, examiner
    gc.collect(0)


if __name__ == "__main__":
    faulthandler.enable()
    sys.setrecursionlimit(12_000)
    sys.stdout = io.StringIO()
    first, number = int(sys.argv[1]), int(sys.argv[2])
    for seed in range(first, first + number):
        if len(sys.argv) > 3:
            sys.stderr.write(f"{seed}\n")
        run(seed)
