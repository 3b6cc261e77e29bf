"""Who runs the server, and what that account can reach."""

import os
import tempfile
from pathlib import Path

import pytest

from bot.storage.embedded import EmbeddedPostgresError, account
from bot.storage.embedded.account import Account, choose


def test_an_ordinary_user_runs_it_as_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1)
    monkeypatch.setattr(os, "getegid", lambda: 1)
    assert choose(tmp_path / "postgres") == Account(1, 1, changes=False)


def test_another_users_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(EmbeddedPostgresError, match="belongs to another user"):
        choose(tmp_path)


def test_a_user_without_a_name_is_told_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 987_654)
    with pytest.raises(EmbeddedPostgresError, match="987654 has no entry in /etc/passwd"):
        choose(tmp_path / "postgres")


def test_root_takes_an_account_without_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    chosen = choose(tmp_path / "postgres")
    assert chosen.changes
    assert chosen.uid != 0


def test_root_without_any_account_is_told_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(account, "SYSTEM_ACCOUNTS", ("nobody-has-this-name",))
    with pytest.raises(EmbeddedPostgresError, match="ordinary user, or set DATABASE_URL"):
        choose(tmp_path / "postgres")


@pytest.mark.parametrize(("mode", "reached"), [(0o755, True), (0o711, True), (0o700, False), (0o754, False)])
def test_reaching_a_folder_needs_every_folder_above(mode: int, reached: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="warmup-reach-") as folder:
        above = Path(folder)
        (above / "below").mkdir()
        above.chmod(mode)
        stranger = Account(above.stat().st_uid + 1, above.stat().st_gid + 1, changes=True)
        assert stranger.reaches(above / "below") is reached
        assert Account(0, 0, changes=False).reaches(above / "below")
