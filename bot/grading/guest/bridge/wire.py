"""Framed JSON messages over a stream socket: the only thing the two processes share.

A frame is a four-byte big-endian length and that many bytes of JSON (an array). JSON is read by
the standard library's C scanner, which can build nothing but plain values, so a hostile peer can
send wrong data but no code. Anything malformed raises ``Violation``.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from typing import Any

MAX_FRAME = 16 * 1024 * 1024
"""Bytes in one frame; a member's value that is larger than this cannot cross."""

_HEADER = struct.Struct(">I")
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_decode = json.JSONDecoder().decode


class Violation(BaseException):
    """The other side broke the protocol. Not an ``Exception``: no test can swallow it."""


class Closed(BaseException):
    """The other side is gone (killed, crashed, or exited)."""


class TooLarge(ValueError):
    """A value too large to cross."""


@contextlib.contextmanager
def room(deepest: int) -> Iterator[None]:
    """Let calls nest up to ``deepest`` meanwhile, if that is more than now: data may be deeper than code."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, deepest))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class Channel:
    """One end of the socket. ``send`` may be called from several threads, ``read`` from one at a time.

    ``deepest``: nested calls while a frame is read (see ``room``).
    """

    def __init__(self, sock: socket.socket, deepest: int = 0) -> None:
        self.sock = sock
        self.deepest = deepest
        self._buffer = bytearray()
        self._sending = threading.Lock()

    def fileno(self) -> int:
        """The descriptor, for an event loop that waits for frames."""
        return self.sock.fileno()

    def send(self, message: list[Any]) -> None:
        """Send one frame; raises ``Closed`` when nobody is there, ``TooLarge`` past ``MAX_FRAME``."""
        body = _encode(message).encode("ascii")
        if len(body) > MAX_FRAME:
            raise TooLarge(f"a value of {len(body) >> 20} MB is too large to hand over")
        try:
            with self._sending:
                self.sock.sendall(_HEADER.pack(len(body)) + body)
        except OSError as error:
            raise Closed(str(error)) from None

    def has_frame(self) -> bool:
        """Whether a whole frame has been read already."""
        buffer = self._buffer
        return len(buffer) >= 4 and len(buffer) - 4 >= _HEADER.unpack_from(buffer)[0]

    def read(self) -> list[Any]:
        """Wait for one frame. Raises ``Closed`` or ``Violation``."""
        buffer = self._buffer
        while len(buffer) < 4:
            self.fill()
        (size,) = _HEADER.unpack_from(buffer)
        if size > MAX_FRAME:
            raise Violation("a frame is too large")
        while len(buffer) < size + 4:
            self.fill()
        body = bytes(buffer[4 : size + 4])
        del buffer[: size + 4]
        try:
            with room(self.deepest):
                message = _decode(body.decode("ascii"))
        except (ValueError, RecursionError, MemoryError):
            raise Violation("a frame is not JSON") from None
        if type(message) is not list:
            raise Violation("a frame is not a message")
        return message

    def fill(self) -> None:
        """Take in what has arrived, waiting for something to arrive. Raises ``Closed``."""
        try:
            data = self.sock.recv(262144)
        except OSError as error:
            raise Closed(str(error)) from None
        if not data:
            raise Closed("the other side closed the connection")
        self._buffer += data

    def close(self) -> None:
        """Close this end."""
        self.sock.close()
