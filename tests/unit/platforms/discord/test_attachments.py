"""Zips and files of any content become source files, or a sentence."""

from __future__ import annotations

import io
import zipfile

import pytest

from bot.domain.code_blocks import MOST_BYTES, MOST_FILES
from bot.platforms.discord.attachments import decode, unzip
from bot.services.errors import BadCode, TooMuch


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_py", ".py"), content)
    return packed.getvalue()


def test_a_zip_becomes_its_files_without_the_folder_they_share():
    files = unzip(zipped(project__count_py=b"a = 1\n", project__lib__more_py=b"b = 2\n"))
    assert [(file.name, file.text) for file in files] == [("count.py", "a = 1\n"), ("lib/more.py", "b = 2\n")]


def test_hidden_files_and_caches_are_left_out():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("solution.py", ".git/config", "__MACOSX/x", "__pycache__/y.pyc", "a/.DS_Store"):
            archive.writestr(name, b"\xff\x00" if name != "solution.py" else b"x = 1\n")
    assert [file.name for file in unzip(packed.getvalue())] == ["solution.py"]


def test_a_zip_bomb_is_refused_while_it_is_unpacked():
    with pytest.raises(TooMuch):
        unzip(zipped(bomb_py=b"0" * (MOST_BYTES * 50)))


def test_too_many_files_are_refused():
    with pytest.raises(TooMuch):
        unzip(zipped(**{f"f{number}_py": b"x" for number in range(MOST_FILES + 1)}))


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 nonsense", zipped(a_py=b"x = 1\n" * 50)[:80]],
    ids=["empty", "a beginning only", "cut off"],
)
def test_a_broken_zip_is_refused_with_a_sentence(content):
    with pytest.raises(BadCode, match="cannot be opened"):
        unzip(content)


def test_an_empty_zip_is_refused():
    with pytest.raises(BadCode, match="no source file"):
        unzip(zipped())


def test_text_may_begin_with_a_byte_order_mark():
    assert decode(b"\xef\xbb\xbfx = 1", "a.py") == "x = 1"
    with pytest.raises(BadCode, match="not a text file"):
        decode(b"\x89PNG\xff", "a.png")
