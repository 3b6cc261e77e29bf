"""Coroutines across the bridge: each end awaits the other's as if they were its own.

A coroutine of the other side becomes a real coroutine here; awaiting it has the other side run the original
as a task on its own event loop, and a one-way message brings the outcome. An end whose code is not inside a
running loop runs such tasks on a loop of its own while it waits for frames.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from asyncio import events
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, cast

from .wire import Violation

if TYPE_CHECKING:
    from .peer import Peer


class Loops:
    """The event loops of one end."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.home: asyncio.AbstractEventLoop | None = None
        self._attached: asyncio.AbstractEventLoop | None = None
        self._keys = itertools.count(1)
        self._outcomes: dict[int, asyncio.Future[Any]] = {}
        self._tasks: dict[int, asyncio.Task[Any]] = {}
        self._session: tuple[int, Any] = (0, None)
        self._their_session = 0

    def running(self) -> int:
        """1 while code of this thread runs inside an event loop, else 0."""
        return 0 if events._get_running_loop() is None else 1

    def call_soon(self, callback: Callable[[], None]) -> None:
        """Call back from the loop that runs in this thread, if one does."""
        loop = events._get_running_loop()
        if loop is not None:
            loop.call_soon(callback)

    # ---- awaiting what is theirs

    def stand_in(self, oid: int, name: str, qualname: str) -> Coroutine[Any, Any, Any]:
        """A coroutine here for the other side's coroutine number ``oid``."""
        made: Any = self._await(oid)
        made.__name__, made.__qualname__ = str(name), str(qualname)
        return cast("Coroutine[Any, Any, Any]", made)

    async def _await(self, oid: int) -> Any:
        return await self.drive(self.peer.objects[oid])

    def coroutine_function(self, name: str, qualname: str) -> Any:
        """A coroutine function here for one of the other side."""
        peer = self.peer

        async def function(*args: Any, **kw: Any) -> Any:
            return await peer.ask("call", function, *args, **kw)

        function.__name__, function.__qualname__ = str(name), str(qualname)
        return function

    async def drive(self, target: Any) -> Any:
        """Await an awaitable of the other side; cancelling here cancels there."""
        loop = asyncio.get_running_loop()
        self._attach(loop)
        key = next(self._keys)
        outcome = self._outcomes[key] = loop.create_future()
        self.peer.tracker.keep = True
        try:
            self.peer.ask("spawn", target, key, self._session_of(loop))
            while True:
                try:
                    return await asyncio.shield(outcome)
                except asyncio.CancelledError:
                    if outcome.done():
                        raise
                    self.peer.ask("cancel", key)
        finally:
            self._outcomes.pop(key, None)

    def _session_of(self, loop: asyncio.AbstractEventLoop) -> int:
        number, known = self._session
        if known is not loop:
            self._session = number, _ = number + 1, loop
        return number if known is loop else self._session[0]

    def done(self, key: Any, ok: Any, value: Any) -> None:
        """The other side's task came to its end."""
        outcome = self._outcomes.get(key)
        if outcome is None or outcome.done():
            return
        settle: Callable[[Any], Any]
        if ok is True:
            settle, result = outcome.set_result, value
        elif isinstance(value, asyncio.CancelledError):
            settle, result = (lambda _: outcome.cancel()), None
        elif isinstance(value, StopIteration):
            settle, result = outcome.set_exception, RuntimeError("coroutine raised StopIteration")
        elif isinstance(value, BaseException):
            settle, result = outcome.set_exception, value
        else:
            raise Violation("something was raised that is not an exception")
        if events._get_running_loop() is outcome.get_loop():
            settle(result)
        else:
            outcome.get_loop().call_soon_threadsafe(settle, result)

    def _attach(self, loop: asyncio.AbstractEventLoop) -> None:
        if loop is not self.home and loop is not self._attached:
            loop.add_reader(self.peer.channel.fileno(), self.peer.pump)
            self._attached = loop

    # ---- running what is ours

    def spawn(self, target: Any, key: int, session: int) -> None:
        """Run one of our awaitables as a task for the other side."""
        loop = events._get_running_loop() or self._home()
        if loop is self.home and session != self._their_session:
            if self._their_session:
                loop = self._fresh()
            self._their_session = session
        self.peer.tracker.keep = True
        task = loop.create_task(_run(target))
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._report(key, done))

    def _report(self, key: int, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(key, None)
        if task.cancelled():
            self.peer.notify([key, False, asyncio.CancelledError()])
        elif task.exception() is not None:
            self.peer.notify([key, False, task.exception()])
        else:
            self.peer.notify([key, True, task.result()])

    def cancel(self, key: int) -> None:
        """Cancel a task that the other side awaits."""
        task = self._tasks.get(key)
        if task is not None:
            task.cancel()

    def _home(self) -> asyncio.AbstractEventLoop:
        if self.home is None:
            self.home = asyncio.new_event_loop()
        return self.home

    def _fresh(self) -> asyncio.AbstractEventLoop:
        """The other side's loop is another one: what was left on ours goes."""
        old, running = self.home, events._get_running_loop()
        assert old is not None
        events._set_running_loop(None)
        left = asyncio.all_tasks(old)
        for task in left:
            task.cancel()
        if left:
            old.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        old.close()
        self.home = asyncio.new_event_loop()
        if running is not None:
            events._set_running_loop(self.home if running is old else running)
        return self.home

    def idle(self) -> None:
        """Run our own loop until a frame can be read, if it has anything to run."""
        home = self.home
        if home is None or events._get_running_loop() is not None or home.is_closed():
            return
        if self.peer.channel.has_frame() or not asyncio.all_tasks(home):
            return
        fd = self.peer.channel.fileno()
        home.add_reader(fd, home.stop)
        try:
            home.run_forever()
        finally:
            home.remove_reader(fd)

    @contextlib.contextmanager
    def context(self, inside: int) -> Iterator[None]:
        """Code that the other side calls finds a running loop exactly if its caller has one."""
        running = events._get_running_loop()
        if self.peer.trusted or bool(inside) == (running is not None):
            yield
            return
        events._set_running_loop(self._home() if inside else None)
        try:
            yield
        finally:
            events._set_running_loop(running)


async def _run(target: Any) -> Any:
    return await target
