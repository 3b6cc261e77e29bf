from pathlib import Path

import pytest

from bot.question_bank.formats.base import Reading
from bot.question_bank.reading import read_bank

collect_ignore = ["banks"]
"""Tests of challenges, not of the project."""


@pytest.fixture
def read_text(tmp_path):
    """Reads the text of one file called ``q.yaml`` (or as told)."""

    def read(text: str | bytes, name: str = "q.yaml", format_name: str = "auto", options=None) -> Reading:
        path: Path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_bank(path, format_name, options)

    return read
