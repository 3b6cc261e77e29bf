"""Stock pytest inside this process: configured once, tests collected once or anew, items run one by one."""

from __future__ import annotations

import contextlib
import gc
import io
import linecache
import os
import sys
import time
import types
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.config import Config, _prepareconfig
from _pytest.main import Session

from .standin import Standins

_OPTIONS = (
    "-p no:cacheprovider",
    "-p no:junitxml",
    "-p no:doctest",
    "-p no:pastebin",
    "-p no:stepwise",
    "-p no:faulthandler",
    "-p no:unraisableexception",
    "-p no:threadexception",
    "-p no:timeout",
    "-p no:anyio",
    "-p no:xdist",
    "-p no:cov",
    "-p no:hypothesispytest",
    "-o asyncio_mode=auto",
    "-o asyncio_default_fixture_loop_scope=function",
    "-W ignore::pytest.PytestUnknownMarkWarning",
    "--capture=sys",
    "--tb=short",
)
_SHARING = frozenset({"tmp_path", "tmp_path_factory", "tmpdir", "tmpdir_factory", "monkeypatch"})


class Suite:
    """The author's test files, in ``folder``; ``watcher`` is a pytest plugin of ours."""

    def __init__(self, folder: Path, files: list[list[str]], standins: Standins, watcher: Any) -> None:
        self.folder = folder
        self.standins = standins
        self.paths: dict[str, str] = {}
        for name, text in files:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            self.paths[str(path)] = name
        self.config = self._configure(watcher)
        self.session: Session | None = None
        self.items: list[pytest.Item] = []
        self.failures: list[Any] = []
        """Reports of files that could not be collected."""

    def _configure(self, watcher: Any) -> Config:
        tests = [p for p in self.paths if os.path.basename(p).startswith("test") or p.endswith("_test.py")]
        settings = self.folder / "pytest.ini"
        if not settings.exists():
            settings.write_text("[pytest]\npython_files = test*.py *_test.py\n")
        words = [word for option in _OPTIONS for word in option.split(" ", 1)]
        os.environ.pop("PYTEST_ADDOPTS", None)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        arguments = [*words, "-c", str(settings), "--rootdir", str(self.folder), *tests]
        import pytest_asyncio.plugin

        config = _prepareconfig(arguments, [pytest_asyncio.plugin, watcher])
        config._do_configure()
        reporter = config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            reporter._tw._file = io.StringIO()
            config.pluginmanager.unregister(reporter)
        return config

    def collect(self) -> None:
        """Import the test files and find the tests in them."""
        self.failures = []
        self.session = session = Session.from_config(self.config)
        session._fixturemanager = None  # type: ignore[assignment]
        self.config.hook.pytest_sessionstart(session=session)
        with _Silent(), _usual_depth():
            session.perform_collect()
        self.items = list(session.items)

    def forget(self) -> None:
        """Put away what collecting made, so that it can be done anew."""
        if self.session is not None:
            manager = self.config.pluginmanager
            for plugin in [p for p in manager.get_plugins() if type(p).__name__ == "FixtureManager"]:
                manager.unregister(plugin)
            for plugin in [p for p in manager.get_plugins() if self._is_ours(p)]:
                manager.unregister(plugin)
            session_name = manager.get_name(self.session)
            if session_name:
                manager.unregister(self.session)
            manager._conftestpath2mod = {} if hasattr(manager, "_conftestpath2mod") else None  # type: ignore[attr-defined]
            if hasattr(manager, "_dirpath2confmods"):
                manager._dirpath2confmods.clear()
        self.session, self.items = None, []
        for name, module in list(sys.modules.items()):
            if self._is_ours(module) or self.standins.knows(name):
                del sys.modules[name]
        self.standins.placeholders.clear()
        self.standins.touched = False

    def _is_ours(self, module: Any) -> bool:
        return type(module) is types.ModuleType and str(getattr(module, "__file__", "")).startswith(
            str(self.folder)
        )

    def modules(self) -> list[types.ModuleType]:
        """The imported modules of the suite."""
        return [m for m in list(sys.modules.values()) if self._is_ours(m)]

    def remember_sources(self) -> None:
        """Keep the text of the tests where tracebacks find it, whether or not the files are there."""
        for path in self.paths:
            lines = Path(path).read_text(encoding="utf-8").splitlines(keepends=True)
            linecache.cache[path] = (sum(map(len, lines)), None, lines, path)

    def placeholder_owners(self) -> list[tuple[Any, Any]] | None:
        """Where placeholders are held, as (container, key); None if somewhere they cannot be replaced."""
        for module in self.modules():
            for value in vars(module).values():
                _unfold_annotations(value)
        found: list[tuple[Any, Any]] = []
        registry = self.standins.placeholders
        for placeholder in list(registry.values()):
            for owner in gc.get_referrers(placeholder):
                if (
                    owner is registry
                    or isinstance(owner, types.FrameType)
                    or type(owner).__name__ == "list_iterator"
                ):
                    continue
                if type(owner) is dict:
                    found += _places(owner, placeholder)
                elif type(owner) is list and len(owner) == len(registry):
                    continue
                else:
                    return None
        return found

    def run(self, items: list[pytest.Item], before: Callable[[pytest.Item], bool]) -> None:
        """Run the items in order, as pytest would; ``before`` says whether to go on."""
        for position, item in enumerate(items):
            if not before(item):
                return
            following = items[position + 1] if position + 1 < len(items) else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)

    def in_order(self, last: Collection[str]) -> list[pytest.Item]:
        """The tests, those of the files and functions named by ``last`` after all others."""

        def comes_last(item: pytest.Item) -> bool:
            path, _, rest = item.nodeid.partition("::")
            function = rest.rpartition("::")[2].partition("[")[0]
            return path in last or f"{path}::{function}" in last

        return sorted(self.items, key=comes_last)

    @staticmethod
    def shares_files(item: pytest.Item) -> bool:
        """Whether a test may use folders that the member's code must see too."""
        return bool(_SHARING & set(getattr(item, "fixturenames", ())))


def _places(owner: dict[Any, Any], sought: Any) -> list[tuple[Any, Any]]:
    return [(owner, key) for key, value in owner.items() if value is sought]


def _unfold_annotations(value: Any) -> None:
    """Have the interpreter turn a function's annotations into the dictionary that they become when first
    read.
    """
    if isinstance(value, types.FunctionType):
        _ = value.__annotations__
    elif isinstance(value, type):
        for member in list(vars(value).values()):
            if isinstance(member, types.FunctionType):
                _ = member.__annotations__
    else:
        inner = getattr(type(value), "__name__", "") == "FixtureFunctionDefinition" and getattr(
            value, "_fixture_function", None
        )
        if isinstance(inner, types.FunctionType):
            _ = inner.__annotations__


@contextlib.contextmanager
def _usual_depth() -> Iterator[None]:
    """Python's own recursion limit: pytest follows ``__wrapped__`` that often, on ``mock.call`` for ever."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class _Silent:
    """Nothing that is printed while tests are collected goes anywhere."""

    def __enter__(self) -> None:
        self.kept = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = io.StringIO()

    def __exit__(self, *_: object) -> None:
        sys.stdout, sys.stderr = self.kept


def module_name(path: str) -> str:
    """The name under which pytest imports a test file that lies in no package."""
    return os.path.basename(path).removesuffix(".py")


def clock() -> Iterator[float]:
    """CPU seconds since the last question."""
    before = time.process_time()
    while True:
        now = time.process_time()
        yield now - before
        before = now
