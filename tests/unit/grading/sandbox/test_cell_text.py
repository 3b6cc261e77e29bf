"""Output as text: shown safely, compared exactly."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.grading.sandbox.cell import readable
from bot.grading.sandbox.pipes import sealed
from bot.grading.sandbox.police import bytes_below


def test_control_characters_are_replaced_and_not_dropped() -> None:
    assert readable(b"a\x00b\x1b[2Jc\x7f\td\n") == "a\ufffdb\ufffd[2Jc\ufffd\td\n"


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert readable(b"\xff\xfeok") == "\ufffd\ufffdok"


def test_line_ends_of_other_systems_are_line_ends() -> None:
    assert readable(b"a\r\nb\rc") == "a\nb\ufffdc"


def test_a_sealed_input_cannot_be_changed() -> None:
    descriptor = sealed(b"input")
    try:
        with pytest.raises(PermissionError):
            os.write(descriptor, b"x")
        with pytest.raises(PermissionError):
            os.ftruncate(descriptor, 0)
        assert os.read(descriptor, 99) == b"input"
    finally:
        os.close(descriptor)


def test_bytes_below_counts_every_file_and_follows_no_link(tmp_path: Path) -> None:
    top = tmp_path
    before = bytes_below(top)
    (top / "deep" / "er").mkdir(parents=True)
    (top / "deep" / "er" / "file").write_bytes(b"x" * 100_000)
    (top / "link").symlink_to("/")
    assert 100_000 <= bytes_below(top) - before < 200_000
    assert bytes_below(top / "nowhere") == 0
