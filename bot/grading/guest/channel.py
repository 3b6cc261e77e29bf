"""Small messages with descriptors, over a socket that keeps their edges."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from typing import Any

LARGEST = 65_536
"""Bytes in one message; anything long travels as a descriptor."""
MOST_DESCRIPTORS = 32


def send(to: socket.socket, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Send one message; the descriptors stay open here.

    Raises:
        OSError: the other end is gone, or its queue is full and ``to`` does not block.
    """
    data = json.dumps(message, separators=(",", ":")).encode()
    if descriptors:
        socket.send_fds(to, [data], list(descriptors))
    else:
        to.send(data)


def receive(source: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """The next message and its descriptors; None at the end.

    Raises:
        BlockingIOError: nothing there yet and ``source`` does not block.
    """
    data, descriptors, _, _ = socket.recv_fds(source, LARGEST, MOST_DESCRIPTORS)
    return (json.loads(data) if data else None), descriptors
