"""The trusted end of the bridge."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

from ..guest.bridge.files import Files
from ..guest.bridge.peer import Peer
from ..guest.bridge.values import Node
from ..guest.bridge.wire import Channel, Violation
from .decoys import Decoys, is_plain
from .draining import drained
from .methods import Instructions, Method
from .patches import Patches
from .pipeline import Pipeline
from .policy import Policy, harmless
from .shapes import Places, Shapes, plain

_STREAMS = {1: "stdout", 2: "stderr"}


class Examiner(Peer):
    """Asks the guest, never believes it: checks what it may do here, and how it compares."""

    def __init__(self, channel: Channel, decoys: Decoys, places: Places | None = None) -> None:
        super().__init__(channel, trusted=True)
        self.policy = Policy()
        self.patches = Patches()
        self.files = Files()
        self.decoys = decoys
        decoys.peer = self
        self.shapes = Shapes(places or {}, decoys.recording)
        self.shapes.peer = self
        self._expected: dict[int, tuple[str, bool, int]] = {}
        self._tasks: dict[Any, tuple[str, bool, int]] = {}
        self._strict = False
        self._met = 0
        self.sealed = False
        """Whether the other side is a version under a member's own tests."""
        self._random = b""
        self.pipeline = Pipeline(super().ask, None, recording=False, line=self._line)
        self.called: Instructions | None = None
        """Where the tests read attributes only to call them; None to ask for every attribute."""
        self.uses_up: Instructions | None = None
        """Where the tests use up an iterator at once; None to ask for every item."""
        self.about_to_call: Method | None = None
        self._warned: dict[str, dict[Any, Any]] = {}
        self.ops["warn"] = self._warn

    def new_ident(self) -> int:
        """A number that nobody can guess."""
        if not self._random:
            self._random = os.urandom(4096)
        number, self._random = self._random[:7], self._random[7:]
        return int.from_bytes(number, "big")

    def ask(self, op: str, /, *args: Any, **kw: Any) -> Any:
        """As for any peer; long rows of calls are sent ahead, and objects get others beside them."""
        if self.about_to_call is not None:
            self._find_first()
        if op == "call" and self.depth == 0 and self.decoys.likes and self._makes(args, kw):
            return self.decoys.make(self._ask_in_turn, args[0], args[1:], kw)
        value = self.pipeline.ask(op, args, kw)
        if op == "slot" and args[1] == "__iter__" and self.uses_up is not None and self._alone():
            foreign = isinstance(type(value), self.mirrors.meta)
            return drained(self, value) if foreign and self.uses_up.at(sys._getframe(2)) else value
        return value

    def _alone(self) -> bool:
        """Whether only one thread of the tests runs, and no event loop."""
        return len(self._inboxes) == 1 and not self.loops.running()

    def read(self, target: Any, name: str) -> Any:
        """As for any peer; what the tests call at once is asked for with the call (see ``methods``)."""
        if self.called is None or not self._alone() or not self.called.at(sys._getframe(2)):
            return self.ask("get", target, name)
        if self.about_to_call is not None:
            self._find_first()
        self.about_to_call = method = Method(self, target, name)
        return method

    def _find_first(self) -> None:
        """Ask for the attribute that is about to be called before anything else is asked."""
        method, self.about_to_call = self.about_to_call, None
        assert method is not None
        method.find()

    def _ask_in_turn(self, op: str, /, *args: Any, **kw: Any) -> Any:
        return self.pipeline.ask(op, args, kw)

    def ask_directly(self, op: str, /, *args: Any, **kw: Any) -> Any:
        """As for any peer, past everything that is known of the test."""
        return super().ask(op, *args, **kw)

    def _makes(self, args: tuple[Any, ...], kw: dict[str, Any]) -> bool:
        """Whether a call makes an object of a member's class out of plain data."""
        return (
            isinstance(args[0], self.mirrors.meta)
            and len(args) + len(kw) > 1
            and not self.pipeline.expecting
            and all(map(is_plain, (*args[1:], *kw.values())))
        )

    def put(self, op: str, args: tuple[Any, ...], kw: dict[str, Any]) -> int:
        """As for any peer; what may come back is known from the reference's run."""
        if self.about_to_call is not None:
            self._find_first()
        place = self.shapes.place(op, args)
        expected = (place, self.shapes.expects_plain(place, args), self._met)
        if op == "spawn":
            self._tasks[args[1]] = expected
        ident = super().put(op, args, kw)
        self._expected[ident] = expected
        return ident

    def take(self, ident: int) -> Any:
        """As for any peer; objects that come where plain data is expected are judged by their contents."""
        place, strict, met = self._expected.pop(ident, ("", False, 0))
        before, self._strict = self._strict, strict and len(self._inboxes) == 1
        try:
            value = super().take(ident)
        except Exception as error:
            self.shapes.record(place, met == self._met and self.shapes.recording and plain(error.args))
            raise
        finally:
            self._strict = before
        self.shapes.record(place, met == self._met and self.shapes.recording and plain(value))
        return value

    def unpack_outcome(self, nodes: list[Node]) -> list[Any]:
        """As for any peer, with the expectation of who awaits it."""
        place, strict, met = self._tasks.pop(nodes[0], ("", False, 0))
        before, self._strict = self._strict, strict
        try:
            outcome = super().unpack_outcome(nodes)
        finally:
            self._strict = before
        self.shapes.record(place, met == self._met and self.shapes.recording and plain(outcome[2]))
        return outcome

    def name_of(self, value: Any) -> str | None:
        """As for any end; a version under test is told few names."""
        name = super().name_of(value)
        return name if name is None or not self.sealed or harmless(name) else None

    def arriving(self, cls: Any, base: type | None) -> Any:
        """The class for an object that comes for the first time."""
        self._met += 1
        return self.shapes.variant(cls, base) if self._strict else cls

    def send_ahead(self, rows: Any, recording: bool) -> None:
        """Use (or record) the rows of calls of the reference's run."""
        self.pipeline = Pipeline(super().ask, rows, recording, self._line)

    def _line(self) -> int:
        """The line of the tests that is being executed."""
        frame: Any = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename not in self.shapes.files:
            frame = frame.f_back
        return 0 if frame is None else int(frame.f_lineno)

    def perform(self, op: str, function: Callable[..., Any], args: list[Any], kw: dict[str, Any]) -> Any:
        """Do what the guest asks if the policy allows it."""
        self.policy.check(op, args)
        if op in ("set", "del") and self.policy.changes_class(args[0], args[1]):
            self.shapes.change(args[0])
        elif op == "make":
            kw.clear()
            for base in args[2]:
                self.shapes.change(base)
        if self.pipeline.waiting and op != "warn":
            self.pipeline.aborted = True
        return function(*args, **kw)

    def _warn(self, message: Warning, category: type[Warning], file: Any, line: Any) -> None:
        """A warning of the member's code, under the filters of the tests; raises it if they say so."""
        if self.decoys.muted:
            return
        if not file:
            file, line = self.shapes.caller()
        if type(file) is not str or type(line) is not int:
            raise Violation("a warning is malformed")
        module = file.removesuffix(".py").replace("/", ".")
        registry = self._warned.setdefault(module, {})
        warnings.warn_explicit(message, category, file, line, module, registry)

    def compare(self, owner: type | None, name: str, left: Any, right: Any) -> Any:
        """Let the member's object compare itself, and see that it does not call everything equal."""
        return self.decoys.compare(owner, name, left, right)

    def ask_by_value(self, *args: Any) -> Any:
        """``ask`` for an operation whose containers are copies that the guest cannot change here."""
        self.by_value = True
        try:
            ident = self.put("slot", args, {})
        finally:
            self.by_value = False
        return self.take(ident)

    def extra(self) -> Node:
        """What the tests patched, and files they changed."""
        told = self.patches.changes(self)
        if self.files.roots:
            changed = self.files.changes()
            if changed:
                told.append(["files", changed])
        return told or 0

    def watch(self, root: str) -> None:
        """Share a folder with the guest from now on."""
        if root not in self.files.roots:
            self.files.watch([root])
            self.patches.queued.append(["roots", [root]])

    def take_extra(self, extra: Node) -> None:
        """The guest's prints go where the tests expect prints; its files into the shared folders."""
        for what, content in extra:
            if what in ("out", "log") and self.decoys.muted:
                continue
            if what == "out":
                for number, text in content:
                    if type(text) is not str:
                        raise Violation("output is not text")
                    getattr(sys, _STREAMS[number]).write(text)
            elif what == "log":
                for record in content:
                    _log(*record)
            elif what == "levels":
                self.patches.set_levels(content)
            elif what == "environ":
                self.patches.set_environment(content)
            elif what == "files":
                self.files.apply(content)
            else:
                raise Violation("an unexpected message")


def _log(name: str, level: int, message: str, function: str, line: int) -> None:
    """A log record of the member's code, handled as if it had been made here."""
    if not all(type(text) is str for text in (name, message, function)) or type(level) is not int:
        raise Violation("a log record is malformed")
    logger = logging.getLogger(name)
    logger.handle(logger.makeRecord(name, level, "solution.py", int(line), message, (), None, function))
