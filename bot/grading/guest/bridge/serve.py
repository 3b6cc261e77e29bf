"""The guest's end of the bridge: loads the member's files and does what the examiner asks.

Nothing here is trusted by anyone: the code that is judged shares this process and can change all of it.
It holds no test and no expected value, and all it can do on the bridge is answer.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import io
import json
import linecache
import logging
import marshal
import os
import random
import socket
import sys
import traceback
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import errors, job
from .files import Files
from .peer import Peer
from .streams import FLUSH_BYTES, Records, Stream, hand_over_warnings
from .values import CONTAINERS, IMMUTABLE, Node
from .wire import Channel, Closed, Violation, room

_ABSENT = object()
_SCALARS = frozenset({int, str, float, bool, type(None)})
_DEEPEST = 24_000
"""Nested calls while arguments are rebuilt: six for each level of a list."""
_DRAINED = 1 << 20
"""Bytes of items that leave in one message."""
_FRESH = frozenset({list, dict, set, tuple})
_CARRIED = frozenset({*IMMUTABLE, *CONTAINERS})


class Guest(Peer):
    """The guest's end."""

    def __init__(self, channel: Channel, root: str) -> None:
        super().__init__(channel, trusted=False)
        self.root = root
        self._printed: list[list[Any]] = []
        self._size = 0
        self.logged: list[list[Any]] = []
        self.levels: dict[str, int] = {}
        self._importing_ahead = False
        self._originals: dict[tuple[str, str], Any] = {}
        self.files = Files()
        self._failed_ahead: dict[str, BaseException] = {}
        self._settle_environment()
        self.ops["import"] = self._import
        self.ops["reload"] = lambda name: importlib.reload(importlib.import_module(name))
        self.ops["exports"] = _exports
        self.ops["batch"] = self._batch
        self.ops["drain"] = _drain

    def import_ahead(self, names: list[str]) -> None:
        """Import what the tests will ask for first; a failure is told when they ask."""
        self._importing_ahead = True
        with self.loops.context(0):
            for name in names:
                try:
                    importlib.import_module(name)
                except (Violation, Closed):
                    raise
                except BaseException as error:  # noqa: BLE001 - whatever the member's module raised
                    self._failed_ahead[name] = error
                    break
        self._importing_ahead = False

    def _import(self, name: str) -> types.ModuleType:
        error = self._failed_ahead.pop(name, None)
        if error is not None:
            raise error
        return importlib.import_module(name)

    def _batch(self, calls: tuple[tuple[Any, str, tuple[Any, ...]], ...]) -> tuple[Any, Any]:
        """Make calls one after the other, up to one whose effect has to be seen before the next is made.

        A call is a function, or an object and a method's name, and the arguments.
        """
        answers: list[Any] = []
        for owner, name, args in calls:
            plain = all(type(arg) in _SCALARS for arg in args)
            before = None if plain else marshal.dumps(args, 2)
            try:
                value = getattr(owner, name)(*args) if name else owner(*args)
            except Exception as error:  # noqa: BLE001 - whatever the code raised is its answer
                return tuple(answers), error
            answers.append(value)
            if before is not None and marshal.dumps(args, 2) != before:
                return (), "changed"
            if self._printed or self.logged or self._changed_environment():
                break
            if type(value) not in _SCALARS and (type(value) not in _FRESH or sys.getrefcount(value) > 3):
                break
        return tuple(answers), None

    def _sort(self, message: list[Any]) -> None:
        with room(self.channel.deepest):
            super()._sort(message)

    def printed(self, number: int, data: bytes) -> None:
        """Take down output; it leaves with the next message."""
        self._printed.append([number, data.decode("utf-8", "replace")])
        self._size += len(data)
        if self._size > FLUSH_BYTES:
            self.notify([])

    def warned(self, warning: warnings.WarningMessage) -> None:
        """Have the tests decide on a warning; raises it where they make errors of warnings.

        One that comes up while nobody is there to decide (an import ahead, a destructor that runs while a
        message is being written) is dropped.
        """
        if self._importing_ahead or self._out._is_owned():  # type: ignore[attr-defined]
            return
        self.ask("warn", warning.message, warning.category, *self.place_of(warning))

    def origin(self, record: logging.LogRecord) -> tuple[str, int]:
        """The function and line that a log record names."""
        return record.funcName or "", record.lineno

    def place_of(self, warning: warnings.WarningMessage) -> tuple[str, int]:
        """File and line that a warning names: one of the member's, or none for whoever called."""
        prefix = self.root.rstrip("/") + "/"
        if errors.is_own(warning.filename, self.root):
            return warning.filename.removeprefix(prefix), warning.lineno
        return "", 0

    def extra(self) -> Node:
        """Prints, the environment and files, if they changed."""
        told: list[Any] = []
        if self._printed:
            told.append(["out", self._printed])
            for number, text in self._printed:
                with contextlib.suppress(OSError):
                    os.write(number, text.encode("utf-8", "replace"))
            self._printed, self._size = [], 0
        if self.logged:
            told.append(["log", self.logged])
            self.logged = []
        if self.levels:
            told.append(["levels", [*self.levels.items()]])
            self.levels = {}
        if self._changed_environment():
            self._settle_environment()
            told.append(["environ", dict(os.environ)])
        changed = self.files.changes() if self.files.roots else None
        if changed:
            told.append(["files", changed])
        return told or 0

    def _settle_environment(self) -> None:
        self._environ: dict[bytes, bytes] = dict(os.environ._data)  # type: ignore[attr-defined]

    def _changed_environment(self) -> bool:
        changed: bool = os.environ._data != self._environ  # type: ignore[attr-defined]
        return changed

    def take_extra(self, extra: Node) -> None:
        """Patches, environment, folder, seed and files, as the tests have them."""
        for what, *rest in extra:
            if what == "patch":
                for module, name, *value in rest[0]:
                    self._patch(module, name, *value)
            elif what == "environ":
                os.environ.clear()
                os.environ.update(rest[0])
                self._settle_environment()
            elif what == "argv":
                sys.argv[:] = rest[0]
            elif what == "levels":
                for name, level in rest[0]:
                    logging.getLogger(name or None).setLevel(level)
                self.levels = {}
            elif what == "roots":
                self.files.watch(rest[0])
            elif what == "files":
                self.files.apply(rest[0])
            elif what == "chdir":
                os.makedirs(rest[0], exist_ok=True)
                os.chdir(rest[0])
            elif what == "seed":
                random.setstate(self.unpack(rest[0]))

    def _patch(self, module: str, name: str, *value: Node) -> None:
        target: Any = importlib.import_module(module)
        *path, name = name.split(".")
        for part in path:
            target = getattr(target, part)
        key = (module, ".".join([*path, name]))
        if key not in self._originals:
            self._originals[key] = getattr(target, name, _ABSENT)
        if value:
            setattr(target, name, self.unpack(value[0]))
        elif self._originals[key] is _ABSENT:
            delattr(target, name)
        else:
            setattr(target, name, self._originals[key])

    def make_function(
        self, name: str, qualname: str, module: str, doc: Any, signature: Node, run: bool
    ) -> Any:
        """A real function with the same parameters, so that code which inspects it is content."""
        if run or signature is None or not name.isidentifier() or name == "_call":
            return super().make_function(name, qualname, module, doc, signature, run)
        made = _function(self, name, self.unpack(signature))
        made.__qualname__, made.__module__, made.__doc__ = qualname, module, doc
        return made

    def describe(self, cls: type) -> dict[str, Node]:
        """As for every class; of a package's classes only what Python itself looks up on them."""
        facts = super().describe(cls)
        source = getattr(sys.modules.get(cls.__module__), "__file__", None)
        ours = not isinstance(source, str) or source.startswith(self.root)
        if not ours and facts["w"] is None and not any(base in _CARRIED for base in cls.__mro__):
            facts["a"], facts["d"] = [], None
        return facts

    def trace(self, error: BaseException) -> Node:
        """The member's own frames of an exception, for the message."""
        with contextlib.suppress(Exception):
            return describe_error(error, self.root)
        return None


def describe_error(error: BaseException, root: str) -> dict[str, Any]:
    """File, line, caret and trace of an exception, counting only files below ``root``."""
    prefix = root.rstrip("/") + "/"
    # The lines of others' files are not even read: a package's long ones cost more than the rest of a test.
    whole = traceback.TracebackException(Exception, Exception(), error.__traceback__, lookup_lines=False)
    frames = [frame for frame in whole.stack if errors.is_own(frame.filename, root)]
    facts: dict[str, Any] = {"file": "", "line": None, "caret": "", "trace": ""}
    if frames:
        facts["file"], facts["line"] = frames[-1].filename.removeprefix(prefix), frames[-1].lineno
        text = "".join(traceback.format_list(frames[-20:]))
        facts["trace"] = text.replace(prefix, "")[-8_000:]
    if isinstance(error, SyntaxError) and error.filename and errors.is_own(str(error.filename), root):
        facts["file"], facts["line"] = str(error.filename).removeprefix(prefix), error.lineno
        line, column = (error.text or "").rstrip("\n"), error.offset or 1
        facts["caret"] = f"{line}\n{' ' * (column - 1)}^"
        facts["syntax"] = True
    return facts


def _function(guest: Guest, name: str, signature: Any) -> types.FunctionType:
    """A function of that name and signature that calls the examiner's."""
    names: dict[str, Any] = {}
    parts, positional, keywords = [], [], []
    kinds = [p.kind for p in signature.parameters.values()]
    starred = False
    for position, p in enumerate(signature.parameters.values()):
        text = p.name
        if p.kind == p.VAR_POSITIONAL:
            text, starred = f"*{p.name}", True
            positional.append(f"*{p.name}")
        elif p.kind == p.VAR_KEYWORD:
            text = f"**{p.name}"
            keywords.append(f"**{p.name}")
        elif p.kind == p.KEYWORD_ONLY:
            if not starred:
                parts.append("*")
                starred = True
            keywords.append(f"{p.name}={p.name}")
        else:
            positional.append(p.name)
        if p.default is not p.empty:
            names[f"_default{position}"] = p.default
            text += f"=_default{position}"
        parts.append(text)
        if p.kind == p.POSITIONAL_ONLY and kinds[position + 1 : position + 2] != [p.POSITIONAL_ONLY]:
            parts.append("/")
    source = f"def {name}({', '.join(parts)}): return _call({', '.join(positional + keywords)})"
    exec(source, names)  # noqa: S102 - names checked by inspect.Parameter
    made: types.FunctionType = names[name]
    names["_call"] = _caller(guest, made)
    for p in signature.parameters.values():
        if p.annotation is not p.empty:
            made.__annotations__[p.name] = p.annotation
    return made


def _caller(guest: Guest, made: Any) -> Callable[..., Any]:
    def call(*args: Any, **kw: Any) -> Any:
        return guest.ask("call", made, *args, **kw)

    return call


def _exports(module: types.ModuleType) -> list[str]:
    """What ``from module import *`` brings."""
    names = getattr(module, "__all__", None)
    if names is None:
        names = [name for name in vars(module) if not name.startswith("_")]
    return [str(name) for name in names]


def _drain(iterator: Any, most: int) -> tuple[tuple[Any, ...], bool]:
    """The next items, up to the first that is no plain value, and whether that was the end."""
    items: list[Any] = []
    size = 0
    while len(items) < most and size < _DRAINED:
        try:
            item = next(iterator)
        except StopIteration:
            return tuple(items), True
        items.append(item)
        if type(item) not in _SCALARS and not (
            type(item) is tuple and all(type(p) in _SCALARS for p in item)
        ):
            break
        size += sys.getsizeof(item)
    return tuple(items), False


def write_files(root: str, files: list[list[str]]) -> None:
    """Put the member's files in place; names are relative and stay below ``root``."""
    for name, text in files:
        path = Path(root, name)
        if not path.resolve().is_relative_to(Path(root).resolve()):
            raise ValueError(f"a file name leads out of the folder: {name!r}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def redirect(guest: Guest) -> None:
    """Have what is printed, logged and warned of travel over the bridge."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        raw: Any = Stream(guest, number)
        stream = io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", write_through=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    records = Records(guest)
    logging.getLogger().addHandler(records)
    records.watch_levels()
    hand_over_warnings(guest)


def run(payload: bytes, descriptors: list[int], report: int | None) -> None:
    """Entry point. ``payload`` is JSON: ``files`` as [name, text] pairs, and ``first``, the modules that
    the tests will ask for first, in that order. The bridge is the first descriptor.
    """
    order = json.loads(payload)
    root = os.getcwd()
    write_files(root, order["files"])
    sys.path.insert(0, root)
    linecache.clearcache()
    guest = Guest(Channel(socket.socket(fileno=descriptors[0]), _DEEPEST), root)
    redirect(guest)
    sys.argv = ["solution.py"]
    sys.setrecursionlimit(sys.getrecursionlimit() + 40)
    for name in ("exit", "quit"):
        if not hasattr(builtins, name):
            setattr(builtins, name, sys.exit)
    status = 0
    try:
        guest.import_ahead(order["first"])
        guest._wait(None)
    except Closed:
        pass
    except Violation as error:  # the member's code, or a fault of ours: for whoever reads the worker's log
        os.write(2, f"bridge: {error}\n".encode())
        status = 1
    job.leave(job.ENDED, status)
