"""The member's end of the bridge: what it does before it is asked."""

from __future__ import annotations

import json
import linecache
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.grading.guest.bridge.serve import Guest, describe_error
from bot.grading.guest.bridge.wire import Channel


@pytest.fixture
def guest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Guest]:
    monkeypatch.syspath_prepend(tmp_path)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Guest(Channel(theirs), str(tmp_path))
    for name in ("fine_ahead", "broken_ahead"):
        sys.modules.pop(name, None)


def test_what_was_imported_ahead_is_there_when_asked_for(guest: Guest, tmp_path: Path) -> None:
    (tmp_path / "fine_ahead.py").write_text("ANSWER = 42\n")
    guest.import_ahead(["fine_ahead"])
    assert sys.modules["fine_ahead"].ANSWER == 42
    assert guest.ops["import"]("fine_ahead") is sys.modules["fine_ahead"]


@pytest.mark.parametrize("raised", [ValueError, SystemExit, KeyboardInterrupt])
def test_what_failed_ahead_fails_when_asked_for(
    guest: Guest, tmp_path: Path, raised: type[BaseException]
) -> None:
    (tmp_path / "broken_ahead.py").write_text(f"raise {raised.__name__}('early')\n")
    (tmp_path / "fine_ahead.py").write_text("raise RuntimeError('never reached')\n")
    guest.import_ahead(["broken_ahead", "fine_ahead"])
    assert "fine_ahead" not in sys.modules
    with pytest.raises(raised, match="early"):
        guest.ops["import"]("broken_ahead")


def test_a_trace_reads_no_lines_of_others_files(tmp_path: Path) -> None:
    own = tmp_path / "own_trace.py"
    own.write_text("def call(function):\n    return function()\n")
    names: dict[str, Any] = {}
    exec(compile(own.read_text(), str(own), "exec"), names)
    linecache.clearcache()
    try:
        names["call"](lambda: json.loads("{"))
    except ValueError as error:
        facts = describe_error(error, str(tmp_path))

    assert (facts["file"], facts["line"]) == ("own_trace.py", 2)
    assert "return function()" in facts["trace"]
    assert "json" not in facts["trace"]
    noted = linecache.cache.get(json.decoder.__file__, ("not even noted",))
    assert len(noted) == 1  # where the lines could be had; once they are read, an entry has four parts
