"""The sandbox's own environment: the packages that challenges may import."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from bot.grading.sandbox.errors import SandboxUnavailable

_STAMP = ".made-of"


@dataclass(frozen=True, slots=True)
class Environment:
    """A folder of installed packages, and which of them belong together."""

    folder: Path

    def closure(self, packages: Iterable[str]) -> tuple[tuple[str, ...], tuple[Path, ...]]:
        """What a job that declares ``packages`` (import names) may import, and where that lies.

        With each package comes whatever it requires, extras included, as far as it is installed.

        Raises:
            SandboxUnavailable: a declared package is not installed.
        """
        by_name = {_normal(d.metadata["Name"]): d for d in distributions(path=[str(self.folder)])}
        provides = {name: top for name, d in by_name.items() for top in [_top_level(d)]}
        wanted: list[str] = []
        for package in packages:
            owners = [name for name, top in provides.items() if package in top]
            if not owners:
                raise SandboxUnavailable(
                    f"the package {package!r} is not in the sandbox's environment ({self.folder}): "
                    "add it to a requirements file and name that file in WARMUP_SANDBOX_REQUIREMENTS"
                )
            wanted += owners
        reached: set[str] = set()
        while wanted:
            name = wanted.pop()
            if name in reached:
                continue
            reached.add(name)
            required = (
                _normal(re.split(r"[^A-Za-z0-9._-]", r, maxsplit=1)[0]) for r in by_name[name].requires or ()
            )
            wanted += [r for r in required if r in by_name]
        names = {top: path for name in reached for top, path in provides[name].items()}
        return tuple(sorted(names)), tuple(sorted(set(names.values())))

    def installed(self) -> tuple[str, ...]:
        """Every import name there is, for ``doctor`` and the publish gate."""
        return tuple(sorted({n for d in distributions(path=[str(self.folder)]) for n in _top_level(d)}))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _top_level(distribution: Distribution) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for file in distribution.files or ():
        first = file.parts[0]
        if first.endswith((".dist-info", ".data")) or first in {"..", "bin", "__pycache__"}:
            continue
        name = first.partition(".")[0]
        if name.isidentifier():
            found[name] = Path(str(distribution.locate_file(first)))
    return found


def make_environment(folder: Path, requirements: Path, extra: Path | None = None) -> Environment:
    """Make ``folder`` hold what ``requirements`` and ``extra`` (a file of one's own) name, unless it does.

    ``requirements`` has to pin hashes; ``extra`` may. The folder is replaced as a whole, so it
    is never half installed, and two processes that start at once make it once.

    Raises:
        SandboxUnavailable: the packages cannot be had.
    """
    stamp = _digest(requirements, extra)
    made_of = folder / _STAMP
    if made_of.exists() and made_of.read_text() == stamp:
        return Environment(folder)  # without a lock: in a container's image nothing can be written
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.parent / f".{folder.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if made_of.exists() and made_of.read_text() == stamp:
            return Environment(folder)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            _install(fresh, requirements, extra)
            (fresh / _STAMP).write_text(stamp)
            fresh.chmod(0o755)
            if folder.exists():
                shutil.rmtree(folder)
            fresh.rename(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return Environment(folder)


def _install(folder: Path, requirements: Path, extra: Path | None) -> None:
    runs = [["--require-hashes", "-r", str(requirements)]]
    if extra is not None:
        # Pinned packages must stay as they are, whatever the extra ones would rather have.
        runs.append(["-r", str(extra), "-c", str(_pins(folder, requirements))])
    for arguments in runs:
        command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input"]
        done = subprocess.run(  # noqa: S603 - our own interpreter, arguments as a list
            [*command, "--target", str(folder), "--upgrade", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SandboxUnavailable(
                f"the sandbox's packages could not be installed: {done.stderr.strip()[-2000:]}"
            )
    (folder / ".pins").unlink(missing_ok=True)


def _pins(folder: Path, requirements: Path) -> Path:
    lines = (
        line.partition("\\")[0].strip() for line in requirements.read_text().splitlines() if "==" in line
    )
    pins = folder / ".pins"
    pins.write_text("\n".join(line for line in lines if not line.startswith(("-", "#"))) + "\n")
    return pins


def _digest(requirements: Path, extra: Path | None) -> str:
    digest = hashlib.sha256(f"{os.path.realpath(sys.executable)} {sys.version}".encode())
    for file in (requirements, extra):
        digest.update(b"\0" if file is None else b"\1" + file.read_bytes())
    return digest.hexdigest()
