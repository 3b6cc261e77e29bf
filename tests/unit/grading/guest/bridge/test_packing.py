"""What crosses the bridge comes out as it went in; what is malformed is refused."""

from __future__ import annotations

import collections
import datetime
import socket
import struct
import uuid
import zoneinfo
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from bot.grading.guest.bridge.unpacking import Unpacker
from bot.grading.guest.bridge.wire import MAX_FRAME, Channel, Closed, Violation

VALUES = [
    None,
    True,
    5,
    -(2**300),
    2.5,
    float("inf"),
    "ü\ud800",
    b"\x00\xff",
    1j,
    (1, (2, ())),
    [1, [2]],
    {"a": [1], 2: {3}},
    {1, 2},
    frozenset({3}),
    range(1, 9, 2),
    slice(1, None),
    ...,
    Decimal("1.10"),
    Fraction(1, 3),
    datetime.date(2024, 2, 29),
    datetime.datetime(2024, 2, 29, 1, 2, 3, 4, tzinfo=datetime.UTC),
    datetime.datetime(2024, 10, 27, 2, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"), fold=1),
    datetime.time(1, 2, 3),
    datetime.timedelta(days=-1, seconds=3),
    uuid.UUID(int=7),
    Path("/tmp/x"),
    bytearray(b"ab"),
    collections.deque([1, 2], maxlen=3),
    collections.OrderedDict(b=1, a=2),
    collections.Counter("aab"),
    collections.defaultdict(int, a=1),
]


@pytest.fixture
def ends() -> tuple[Unpacker, Unpacker]:
    ours, theirs = Unpacker(1), Unpacker(-1)
    return ours, theirs


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_plain_data_crosses_by_value(ends: tuple[Unpacker, Unpacker], value: Any) -> None:
    found = ends[1].unpack(ends[0].pack(value))
    assert found == value
    assert type(found) is type(value)


def test_the_same_list_stays_the_same(ends: tuple[Unpacker, Unpacker]) -> None:
    row = [1]
    found = ends[1].unpack(ends[0].pack([row, row]))
    assert found[0] is found[1]
    assert ends[0].unpack(ends[1].pack(found[0])) is row


def test_a_list_that_holds_itself(ends: tuple[Unpacker, Unpacker]) -> None:
    loop: list[Any] = []
    loop.append(loop)
    found = ends[1].unpack(ends[0].pack(loop))
    assert found[0] is found


def test_an_exception_keeps_its_cause_and_notes(ends: tuple[Unpacker, Unpacker]) -> None:
    error = KeyError("k")
    error.__cause__ = ValueError(3)
    error.add_note("note")
    found = ends[1].unpack(ends[0].pack(error))
    assert type(found) is KeyError
    assert found.args == ("k",)
    assert type(found.__cause__) is ValueError
    assert found.__notes__ == ["note"]


@pytest.mark.parametrize(
    "node",
    [
        {},
        [],
        ["?"],
        ["r", 1],
        ["r", -99],
        ["r", []],
        ["L", 1, "list", None, []],
        ["L", -1, "tuple", None, []],
        ["L", -1, "list", None, 5],
        ["T", "builtins:nothing"],
        ["T", "unittest.mock:_ANY"],
        ["T", "os:system"],
        ["o", -1, 5, None],
        ["o", -1, ["T", "builtins:int"], "text"],
        ["C", -1, {}],
        ["C", -1, []],
        ["X", -1, ["T", "builtins:int"], [], {}, None, None, False, [], None],
        ["i", "zz"],
        ["date", 1, 2, 300],
        ["dec", "x"],
        ["1", "nothing"],
    ],
    ids=repr,
)
def test_malformed_values_are_refused(ends: tuple[Unpacker, Unpacker], node: Any) -> None:
    with pytest.raises(Violation):
        ends[0].unpack(node)


def test_the_trusted_end_takes_no_names() -> None:
    trusted = Unpacker(1)
    trusted.trusted = True
    with pytest.raises(Violation):
        trusted.unpack(["N", "unittest.mock:ANY"])


@pytest.mark.parametrize(
    "data",
    [struct.pack(">I", MAX_FRAME + 1), struct.pack(">I", 2) + b"{}", struct.pack(">I", 2) + b"[x"],
    ids=["too long", "no message", "no JSON"],
)
def test_malformed_frames_are_refused(data: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        with pytest.raises(Violation):
            Channel(ours).read()


def test_a_closed_socket_says_so() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours, pytest.raises(Closed):
        Channel(ours).read()
