"""Make the Python environment that ``./warmup`` runs in. Standard library only; any Python 3.11 or newer.

Usage: ``python3 requirements/install.py VENV runtime|test``. The environment is built beside VENV and
renamed into place when it is complete, so an interrupted installation leaves nothing half-made; a lock
makes a second start wait. Packages come from the hash-pinned requirement files in this folder, by the
pip wheel kept in ``vendor/`` (a Python without ``ensurepip`` is enough).
"""

import contextlib
import fcntl
import importlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDED_MODULES = ("ctypes", "sqlite3", "ssl", "venv", "zlib")
PIP_SETTINGS_IN_THE_WAY = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV")


def main(arguments: list[str]) -> int:
    """Bring VENV up to date. Returns the exit status; 1 comes with one sentence on standard error."""
    venv, needs = Path(arguments[0]), arguments[1]
    try:
        check_python()
        with lock(venv):
            if not is_current(venv, needs):
                install(venv, needs)
    except Refused as refused:
        say(str(refused))
        return 1
    except OSError as error:
        say(
            f"cannot make the environment {venv}: {error.strerror or error}. "
            "Set WARMUP_VENV to a folder that you may write to."
        )
        return 1
    except KeyboardInterrupt:
        say("interrupted; the next start begins the installation again.")
        return 130
    return 0


class Refused(Exception):
    """The environment cannot be made; the text is one sentence that says what to do."""


def say(text: str, end: str = "\n") -> None:
    """Tell the person who waits, on standard error."""
    print(f"warmup: {text}", end=end, file=sys.stderr, flush=True)


def check_python() -> None:
    """Refuse a Python that was built or packaged without something Warmup needs."""
    missing = []
    for name in NEEDED_MODULES:
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    if missing:
        raise Refused(
            f"{sys.executable} lacks {', '.join(missing)}. Install a complete Python (on Debian or Ubuntu: "
            "apt install python3 python3-venv), or set WARMUP_PYTHON to another one."
        )


@contextlib.contextmanager
def lock(venv: Path):
    """Hold the installation lock beside ``venv``; a second start waits for the first and says so.

    The steps inherit it: when this program is killed, the lock is free once the last of them has ended.
    """
    venv.parent.mkdir(parents=True, exist_ok=True)
    with open(venv.with_name(venv.name + ".lock"), "w") as handle:
        os.set_inheritable(handle.fileno(), True)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another start is preparing the environment; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def mark(needs: str) -> str:
    """The line that says what an environment was made from; ``./warmup`` computes the same one."""
    with open(ROOT / "requirements" / f"{needs}.txt", "rb") as requirements:
        checksum = subprocess.run(["cksum"], stdin=requirements, capture_output=True, text=True, check=True)
    return f"1 {checksum.stdout.strip()} {ROOT}"


def marks(venv: Path) -> dict[str, str]:
    """The marks found in ``venv``, by what they are for ("runtime", "test")."""
    files = {needs: venv / f"warmup-{needs}" for needs in ("runtime", "test")}
    return {needs: file.read_text().strip() for needs, file in files.items() if file.is_file()}


def is_current(venv: Path, needs: str) -> bool:
    """Whether ``venv`` is complete, was made from today's requirements, and its Python is still there."""
    return os.access(venv / "bin" / "python", os.X_OK) and marks(venv).get(needs) == mark(needs)


def install(venv: Path, needs: str) -> None:
    """Build the environment beside ``venv`` and put it in its place."""
    found = marks(venv)
    if venv.exists() and any(venv.iterdir()) and not found:
        raise Refused(f"{venv} was not made by ./warmup. Remove it, or set WARMUP_VENV to another folder.")
    if "test" in found:
        needs = "test"
    new, old = (venv.with_name(venv.name + suffix) for suffix in (".new", ".old"))
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    interpreter = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    version = ".".join(str(part) for part in sys.version_info[:3])
    say(f"making the environment in {venv} with Python {version} (once; a minute or so)")
    run([interpreter, "-I", "-m", "venv", "--without-pip", str(new)], "making a virtual environment")
    install_packages(new, needs)
    add_project(new, venv)
    for part in ("runtime", "test") if needs == "test" else ("runtime",):
        (new / f"warmup-{part}").write_text(mark(part) + "\n")
    if venv.exists():
        venv.rename(old)
    new.rename(venv)
    shutil.rmtree(old, ignore_errors=True)
    say("the environment is ready")


def install_packages(new: Path, needs: str) -> None:
    """Install pip from its wheel, then every pinned package, saying how far it is."""
    python = str(new / "bin" / "python")
    (wheel,) = (ROOT / "vendor").glob("pip-*.whl")
    pip = ["install", "--no-deps", "--no-input", "--disable-pip-version-check", "--progress-bar=off"]
    run([python, "-I", f"{wheel}/pip", *pip, "--no-index", str(wheel)], "installing pip")
    requirements = ROOT / "requirements" / f"{needs}.txt"
    pins = len(re.findall(r"^\S+==", requirements.read_text(), re.MULTILINE))
    run(
        [python, "-I", "-m", "pip", *pip, "--require-hashes", "-r", str(requirements)],
        "installing the packages",
        progress=Progress(pins),
    )


class Progress:
    """Counts pip's "Collecting" lines: a counter in place on a terminal, a line now and then elsewhere."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.count = 0
        self.live = sys.stderr.isatty()

    def __call__(self, line: str) -> None:
        """Take one line of pip's output."""
        if line.startswith("Collecting "):
            self.count += 1
            text = f"fetching packages, {self.count} of at most {self.total}"
            if self.live:
                say(text, end="\r")
            elif self.count % 20 == 1:
                say(text)
        elif line.startswith("Installing collected packages"):
            say("installing the packages".ljust(60 if self.live else 0))


def run(command: list[str], doing: str, progress=lambda line: None) -> None:
    """Run a step; when it fails, show the end of what it said and refuse."""
    environment = {key: value for key, value in os.environ.items() if key not in PIP_SETTINGS_IN_THE_WAY}
    last: deque[str] = deque(maxlen=15)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
        close_fds=False,  # the lock goes along
    ) as process:
        try:
            for line in process.stdout:
                last.append(line)
                progress(line)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        sys.stderr.write("".join(last))
        raise Refused(
            f"{doing} failed; the lines above say why. Without a way to the package index, set PIP_INDEX_URL "
            "to a mirror; then run the same command again."
        )


def add_project(new: Path, venv: Path) -> None:
    """Make ``bot`` importable from the checkout, add the ``warmup`` command, let scripts name ``venv``."""
    layout = sysconfig.get_path("purelib", "venv", {"base": str(new)})
    Path(layout, "warmup-checkout.pth").write_text(f"{ROOT}\n")
    for script in (new / "bin").iterdir():
        if script.is_file() and not script.is_symlink() and script.stat().st_size < 100_000:
            script.write_bytes(script.read_bytes().replace(os.fsencode(new), os.fsencode(venv)))
    command = new / "bin" / "warmup"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(str(venv / "bin" / "python"))} -m bot "$@"\n')
    command.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
