"""Tests of pages may be skipped where there is no Chromium, but never in CI."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.e2e.browser import find_chromium


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.delenv("PLAYWRIGHT_CHROMIUM", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    return "/nowhere/chromium"


def test_without_chromium_the_tests_are_skipped_with_the_reason(
    nowhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="install Debian's `chromium`"):
        find_chromium(nowhere)


def test_without_chromium_they_fail_in_ci(nowhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no Chromium"):
        find_chromium(nowhere)


def test_the_one_that_is_named_comes_first(
    nowhere: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = tmp_path / "chromium"
    named.touch()
    monkeypatch.setenv("PLAYWRIGHT_CHROMIUM", str(named))
    assert find_chromium(nowhere) == str(named)
