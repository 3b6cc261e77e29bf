"""Messages that cannot be sent, and threads, leave both ends agreed on what they share."""

from __future__ import annotations

import _thread
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from bot.grading.guest.bridge.peer import KEEP, Peer
from bot.grading.guest.bridge.wire import MAX_FRAME, Channel, TooLarge


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Peer, Channel]]:
    """One end of a bridge, and the bare connection at the other; threads of the test run do not count."""
    count, of_the_run = _thread._count, _thread._count()
    monkeypatch.setattr(_thread, "_count", lambda: count() - of_the_run)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Peer(Channel(ours), trusted=True), Channel(theirs)


def shared_list(peer: Peer) -> int:
    """Have the other side know a list that nobody holds any more; its number."""
    peer.put("call", ([1],), {})
    return max(peer.tracker.entries)


def test_a_list_is_dropped_once_the_other_side_is_told(pair: tuple[Peer, Channel]) -> None:
    peer, other = pair
    number = shared_list(peer)
    peer.put("call", (), {})
    assert number not in peer.objects
    other.read()
    assert other.read()[6][1] == [number]


def test_a_list_is_not_dropped_by_a_message_that_is_never_sent(pair: tuple[Peer, Channel]) -> None:
    peer, _ = pair
    number = shared_list(peer)
    with pytest.raises(TooLarge):
        peer.put("call", ("x" * (MAX_FRAME + 1),), {})
    assert peer.known(number) == [1]


def test_nothing_is_dropped_while_another_thread_may_mention_it(pair: tuple[Peer, Channel]) -> None:
    peer, other = pair
    number = shared_list(peer)
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    peer.put("call", (), {})
    over.set()
    thread.join()
    assert peer.known(number) == [1]
    other.read()
    assert other.read()[6][1] == KEEP


def test_the_other_side_keeps_what_it_has_when_it_is_told_to(pair: tuple[Peer, Channel]) -> None:
    peer, _ = pair
    number = shared_list(peer)
    told: Any = [0, KEEP, 0]
    peer.incoming(told)
    peer.put("call", (), {})
    assert peer.known(number) == [1]
