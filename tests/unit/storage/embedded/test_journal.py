"""The server's last words, told as one sentence."""

from pathlib import Path

import pytest

from bot.storage.embedded.journal import LIMIT, Journal


def say(journal: Journal, *lines: str) -> str:
    with journal.open() as file:
        file.write("\n".join(lines).encode() + b"\n")
    return str(journal.failure())


@pytest.mark.failure(8)
def test_a_full_disk_is_named_even_when_more_was_said_after_it(tmp_path: Path) -> None:
    sentence = say(
        Journal(tmp_path),
        'FATAL:  could not write to file "pg_wal/xlogtemp.29": No space left on device',
        "child process exited with exit code 1",
        'initdb: removing data directory "data"',
    )
    assert "the disk is full: free some space" in sentence
    assert str(tmp_path) in sentence


@pytest.mark.parametrize(
    ("complaint", "advice"),
    [
        ('FATAL:  could not open file "x": Permission denied', "give the folder back"),
        ("FATAL:  database files are incompatible with server", "restore a backup"),
        ("FATAL:  could not create shared memory segment: x", "/dev/shm"),
    ],
)
def test_known_troubles_come_with_their_way_out(tmp_path: Path, complaint: str, advice: str) -> None:
    assert advice in say(Journal(tmp_path), complaint)


def test_the_unknown_is_quoted_and_points_to_the_log(tmp_path: Path) -> None:
    sentence = say(Journal(tmp_path), "2026-11-20 12:00:00 UTC [7] FATAL:  something new", "bye")
    assert "something new" in sentence
    assert str(tmp_path / "log") in sentence


def test_only_what_was_said_since_the_file_was_opened_counts(tmp_path: Path) -> None:
    say(Journal(tmp_path), "FATAL:  of yesterday")
    assert "yesterday" not in say(Journal(tmp_path), "nothing of note")


def test_a_log_that_has_grown_too_large_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"x" * (LIMIT + 1))
    say(Journal(tmp_path), "hello")
    assert (tmp_path / "log").read_bytes() == b"hello\n"


def test_a_link_in_the_place_of_the_log_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        Journal(tmp_path).open()
    assert not (tmp_path / "elsewhere").exists()
