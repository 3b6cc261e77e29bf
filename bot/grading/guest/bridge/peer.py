"""One end of the bridge: asks the other end to do things with objects, and does what it is asked.

Both ends run this code. A request carries a number that its answer has to repeat; while an end waits it
serves
the requests that the other end makes meanwhile, so calls nest in both directions (callbacks). Requests of one
thread are served by one thread of the other side.
"""

from __future__ import annotations

import _thread
import collections
import contextlib
import itertools
import threading
from collections.abc import Callable
from typing import Any

from .loops import Loops
from .operations import OPERATIONS, wrap
from .unpacking import Unpacker
from .values import Node
from .wire import Channel, Closed, TooLarge, Violation

REQUEST, REPLY, EVENT = 1, 2, 3
KEEP = -1
"""Said in place of the containers to drop: from now on both sides run at once."""
MAX_THREADS = 256
"""Threads of the other side that may be served at once."""
Request = tuple[int, str, Callable[..., Any], list[Any], dict[str, Any], int]
"""A request that has arrived: number, name, function, arguments, keywords, inside a loop or not."""


class Peer(Unpacker):
    """One end of the bridge over ``channel``. The trusted end counts its objects up, the other down."""

    def __init__(self, channel: Channel, trusted: bool) -> None:
        self.trusted = trusted
        self.channel = channel
        super().__init__(1 if trusted else -1)
        self.loops = Loops(self)
        self._idents = itertools.count(1)
        self._pending: set[int] = set()
        self._declared: dict[int, type] = {}
        self._replies: dict[int | None, tuple[Any, Any]] = {}
        self._inboxes: dict[int, collections.deque[Request]] = {0: collections.deque()}
        self._waiting = 0
        self._turn = threading.Condition(threading.Lock())
        self._lead = threading.RLock()
        self._out = threading.RLock()
        self._local = threading.local()
        self._local.tag = 0
        self._tags = itertools.count(1 if trusted else -1, 1 if trusted else -1)
        self._keeping_told = False
        self.broken: BaseException | None = None
        self.depth = 0
        """How many of the other side's requests are being served."""
        self.ops: dict[str, Callable[..., Any]] = {
            **OPERATIONS,
            "spawn": self.loops.spawn,
            "cancel": self.loops.cancel,
        }

    # ---- asking

    def new_ident(self) -> int:
        """The number of the next request; the trusted end makes them unguessable."""
        return next(self._idents)

    def ask(self, op: str, /, *args: Any, **kw: Any) -> Any:
        """Have the other side do ``op`` and give back its value, or raise what it raised."""
        return self.take(self.put(op, args, kw))

    def read(self, target: Any, name: str) -> Any:
        """An attribute of an object of the other side."""
        return self.ask("get", target, name)

    def put(self, op: str, args: tuple[Any, ...], kw: dict[str, Any]) -> int:
        """Send a request; gives the number to wait for."""
        if self.broken is not None:
            raise self.broken
        try:
            with self._out:
                sync = self.outgoing()
                nodes = [self.pack(arg) for arg in args]
                named = {name: self.pack(value) for name, value in kw.items()} if kw else 0
                ident = self.new_ident()
                self._pending.add(ident)
                loop = self.loops.running()
                self._send([REQUEST, ident, self._tag(), op, nodes, named, sync, loop], sync)
        except (Closed, Violation) as error:
            self.broken = error
            raise
        except BaseException:
            self.undo_new()
            raise
        return ident

    def take(self, ident: int) -> Any:
        """Wait for the answer to a request."""
        ok, value = self._wait(ident)
        if ok is True:
            return value
        if not isinstance(value, BaseException):
            raise self.fail("something was raised that is not an exception")
        raise value

    def fail(self, reason: str) -> Violation:
        """The run is over: the other side broke the protocol."""
        self.broken = Violation(reason)
        return self.broken

    def _tag(self) -> int:
        try:
            return self._local.tag  # type: ignore[no-any-return]
        except AttributeError:
            with self._turn:
                tag = self._local.tag = next(self._tags)
                self._inboxes[tag] = collections.deque()
                self.tracker.keep = True
            return tag

    # ---- waiting and serving

    def _wait(self, ident: int | None) -> tuple[Any, Any]:
        """Serve this thread's requests until the answer ``ident`` is there: (ok, value)."""
        inbox, turn = self._inboxes[self._tag()], self._turn
        request: Request | None
        while True:
            with turn:
                while True:
                    if ident in self._replies:
                        if self.channel.has_frame():
                            self.loops.call_soon(self.drain)
                        return self._replies.pop(ident)
                    if inbox:
                        request = inbox.popleft()
                        break
                    if self._lead.acquire(blocking=False):
                        request = None
                        break
                    self._waiting += 1
                    turn.wait()
                    self._waiting -= 1
            if request is not None:
                self.serve(*request)
                continue
            try:
                self.loops.idle()
                self._sort(self.channel.read())
            except (Closed, Violation) as error:
                self.broken = error
                raise
            finally:
                self._lead.release()
                if self._waiting:
                    with turn:
                        turn.notify_all()

    def _sort(self, message: list[Any]) -> None:
        """Rebuild what a message carries, in the order of arrival, and hand it to whom it concerns."""
        try:
            kind = message[0]
            if kind == REPLY:
                _, ident, ok, node, sync = message
                if ident not in self._pending:
                    raise Violation("an answer that nobody asked for")
                self._pending.discard(ident)
                declared = self._declared.pop(ident, None)
                value = (
                    self.unpack(node) if declared is None or ok is not True else self._adopt(declared, node)
                )
                self.incoming(sync)
                self._replies[ident] = (ok, value)
            elif kind == REQUEST:
                _, ident, tag, op, nodes, named, sync, loop = message
                function = self.ops[op]
                self.incoming(sync)
                args = [self.unpack(node) for node in nodes]
                kw = {name: self.unpack(node) for name, node in named.items()} if named else {}
                self._deliver(tag, (ident, op, function, args, kw, loop))
            elif kind == EVENT:
                _, nodes, sync = message
                self.incoming(sync)
                if nodes:
                    self.loops.done(*self.unpack_outcome(nodes))
            else:
                raise Violation("a frame is not a message")
        except Exception as error:  # noqa: BLE001 - whatever a hostile frame makes of the code that reads it
            raise Violation(f"a frame is not a message: {error}") from None

    def unpack_outcome(self, nodes: list[Node]) -> list[Any]:
        """Rebuild the outcome of a task: (key, ok, value)."""
        return [self.unpack(node) for node in nodes]

    def _deliver(self, tag: Any, request: Request) -> None:
        with self._turn:
            inbox = self._inboxes.get(tag)
            if inbox is not None:
                inbox.append(request)
                return
            if type(tag) is not int or len(self._inboxes) > MAX_THREADS:
                raise Violation("too many threads")
            self._inboxes[tag] = collections.deque([request])
        self.tracker.keep = True
        threading.Thread(target=self._thread, args=(tag,), daemon=True).start()

    def _thread(self, tag: int) -> None:
        self._local.tag = tag
        with contextlib.suppress(Closed, Violation):
            self._wait(None)

    def pump(self) -> None:
        """Take in what is there and serve it (an event loop found the descriptor readable)."""
        if not self._lead.acquire(blocking=False):
            return
        try:
            self.channel.fill()
            self.drain()
        except (Closed, Violation) as error:
            self.broken = error
            raise
        finally:
            self._lead.release()

    def drain(self) -> None:
        """Serve the frames that have been taken in already."""
        with self._lead:
            while self.channel.has_frame():
                self._sort(self.channel.read())
        inbox = self._inboxes[self._tag()]
        while inbox:
            self.serve(*inbox.popleft())

    def notify(self, values: list[Any]) -> None:
        """Tell the other side the outcome of a task: (key, ok, value)."""
        with self._out:
            try:
                sync = self.outgoing()
                self._send([EVENT, [self.pack(value) for value in values], sync], sync)
            except (TooLarge, RecursionError, MemoryError, ValueError) as error:
                self.undo_new()
                substitute = type(error)(str(error))
                node, sync = self.pack(substitute), self.outgoing()
                self._send([EVENT, [values[0], False, node], sync], sync)

    def serve(
        self,
        ident: int,
        op: str,
        function: Callable[..., Any],
        args: list[Any],
        kw: dict[str, Any],
        loop: int,
    ) -> None:
        """Do what a request asks and answer it."""
        self.depth += 1
        try:
            with self.loops.context(loop):
                value, ok = self.perform(op, function, args, kw), True
        except (Violation, Closed):
            raise
        except BaseException as error:  # noqa: BLE001 - whatever the code raised is its answer
            value, ok = error, False
        finally:
            self.depth -= 1
        args.clear()
        kw.clear()
        with self._out:
            try:
                node, sync = self.pack(value), self.outgoing()
                self._send([REPLY, ident, ok, node, sync], sync)
            except (TooLarge, RecursionError, MemoryError, ValueError) as error:
                self.undo_new()
                node, sync = self.pack(type(error)(str(error))), self.outgoing()
                self._send([REPLY, ident, False, node, sync], sync)

    def perform(self, op: str, function: Callable[..., Any], args: list[Any], kw: dict[str, Any]) -> Any:
        """Run one operation; the trusted end checks it first."""
        return function(*args, **kw)

    # ---- what travels along with every message

    def _send(self, message: list[Any], sync: Node) -> None:
        """Send a message; once it has gone, hold to what its ``sync`` says."""
        self.channel.send(message)
        self._new.clear()
        if sync == 0:
            return
        if sync[1] == KEEP:
            self._keeping_told = True
        else:
            for oid in sync[1] or ():
                self.tracker.drop(oid)

    def outgoing(self) -> Node:
        """Changes of the containers both sides have, and whatever else there is to tell.

        As soon as there is a second thread the other side is told to drop nothing any more: what it drops
        could be mentioned in a message that is on its way.
        """
        changes: Node = 0
        drops: Node = 0
        if not self._keeping_told and (self.tracker.keep or _thread._count()):
            self.tracker.keep = True
            drops = KEEP
        if self.tracker.entries:
            changed, idle = self.tracker.changed()
            drops = drops or idle
            changes = [[oid, self.pack_items(kind, items)] for oid, kind, items in changed]
        extra = self.extra()
        return [changes, drops, extra] if changes or drops or extra else 0

    def incoming(self, sync: Node) -> None:
        """Take over what came along with a message."""
        if sync == 0:
            return
        try:
            changes, drops, extra = sync
            for oid, nodes in changes or ():
                if oid not in self.tracker.entries:
                    raise Violation("a change to an unknown container")
                self.tracker.apply(oid, self.unpack_items(self.tracker.entries[oid][1], nodes))
            if drops == KEEP:
                self.tracker.keep = True
            else:
                for oid in drops or ():
                    self.tracker.drop(oid)
            if extra:
                self.take_extra(extra)
        except (TypeError, ValueError, KeyError):
            raise Violation("a message is malformed") from None

    def extra(self) -> Node:
        """What this side has to tell besides (prints, patches); 0 for nothing."""
        return 0

    def take_extra(self, extra: Node) -> None:
        """The other side's ``extra``."""
        raise Violation("an unexpected message")

    # ---- objects of the other side

    def compare(self, owner: type | None, name: str, left: Any, right: Any) -> Any:
        """A comparison that an object of the other side decides."""
        return self.ask("slot", owner, name, left, right)

    def declare(self, cls: type, meta: type, bases: tuple[type, ...], body: dict[str, Any], kw: Any) -> None:
        """Have the other side make the class that ``cls``, made here, stands for."""
        custom = meta if meta is not self.mirrors.meta else None
        items = [(k, wrap(v)) for k, v in body.items()]
        with self._out:
            ident = self.put("make", (custom, cls.__name__, bases, items), kw)
            self._declared[ident] = cls
        self.take(ident)

    def _adopt(self, cls: type, node: Node) -> type:
        """Let ``cls``, declared here, stand for the class that the other side made of the declaration."""
        try:
            tag, oid, *rest = node
            special, abstract = ([*rest[0]["s"]], rest[0]["A"]) if rest else ([], [])
        except (TypeError, ValueError, KeyError):
            raise Violation("a class was expected") from None
        if tag == "r":  # it has been mentioned already, while it was being made
            del self.ids[id(self.known(oid))]
            self.objects[oid] = cls
            self.ids[id(cls)] = oid
        elif tag == "C":
            self.adopt(oid, cls)
        else:
            raise Violation("a class was expected")
        self.mirrors.complete(cls, special, abstract)
        return cls
