"""``./warmup`` starts at once when its environment is current; else it makes a whole one or none."""

import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("warmup_install", ROOT / "requirements" / "install.py")
assert SPEC is not None
assert SPEC.loader is not None
install = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(install)


@pytest.fixture
def checkout(tmp_path):
    """A checkout in a path with spaces: the launcher and its requirements, nothing else."""
    root = tmp_path / "my check out"
    (root / "requirements").mkdir(parents=True)
    shutil.copy(ROOT / "warmup", root)
    for name in ("runtime.txt", "test.txt"):
        shutil.copy(ROOT / "requirements" / name, root / "requirements")
    (root / "requirements" / "install.py").write_text(
        "import sys\nprint('install', *sys.argv[1:])\nsys.exit(1)\n"
    )
    return root


def give_environment(venv: Path, root: Path, needs: str = "runtime") -> None:
    """A complete-looking environment whose python says what it was called with."""
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin" / "python"
    python.write_text('#!/bin/sh\nprintf "<%s>" "$@"\n')
    python.chmod(0o755)
    requirements = (root / "requirements" / f"{needs}.txt").read_bytes()
    checksum = (
        subprocess.run(["cksum"], input=requirements, capture_output=True, check=True).stdout.decode().strip()
    )
    (venv / f"warmup-{needs}").write_text(f"1 {checksum} {root}\n")


def launch(command, *arguments, cwd="/", **environment):
    return subprocess.run(
        [command, *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_current_environment_runs_the_project_with_every_argument_as_it_was(checkout):
    give_environment(checkout / ".venv", checkout)
    done = launch(checkout / "warmup", "grade", "a b", "", "*", "$HOME")
    assert done.stdout == "<-m><bot><grade><a b><><*><$HOME>"
    assert done.stderr == ""


def test_it_runs_through_a_link_and_from_any_folder(checkout, tmp_path):
    give_environment(checkout / ".venv", checkout)
    (tmp_path / "link").symlink_to("my check out/warmup")
    assert launch(tmp_path / "link", "up", cwd=tmp_path).stdout == "<-m><bot><up>"
    assert launch("./my check out/warmup", "up", cwd=tmp_path).stdout == "<-m><bot><up>"


def test_the_environment_may_live_elsewhere(checkout, tmp_path):
    give_environment(tmp_path / "elsewhere", checkout)
    assert (
        launch(checkout / "warmup", "up", WARMUP_VENV=str(tmp_path / "elsewhere")).stdout == "<-m><bot><up>"
    )
    assert launch(checkout / "warmup", "up", cwd=tmp_path, WARMUP_VENV="elsewhere").stdout == "<-m><bot><up>"


def test_changed_requirements_make_it_stale(checkout):
    give_environment(checkout / ".venv", checkout)
    with (checkout / "requirements" / "runtime.txt").open("a") as requirements:
        requirements.write("# newer\n")
    done = launch(checkout / "warmup", "up")
    assert done.stdout == f"install {checkout}/.venv runtime\n"
    assert done.returncode == 1


def test_a_moved_checkout_makes_it_stale(checkout, tmp_path):
    give_environment(checkout / ".venv", checkout)
    moved = checkout.rename(tmp_path / "moved")
    assert launch(moved / "warmup", "up").stdout.startswith("install")


def test_only_the_tests_ask_for_the_test_requirements(checkout):
    give_environment(checkout / ".venv", checkout)
    assert launch(checkout / "warmup", "test").stdout == f"install {checkout}/.venv test\n"


def test_an_unfit_python_is_refused_with_what_to_do(checkout, tmp_path):
    done = launch(checkout / "warmup", "up", WARMUP_PYTHON="/bin/false")
    assert done.returncode == 1
    assert done.stderr == (
        "warmup: WARMUP_PYTHON is '/bin/false', which is not a Python 3.11 or newer. Change or unset it.\n"
    )
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "dirname", "cksum", "cat"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    done = launch("/bin/sh", str(checkout / "warmup"), "up", PATH=str(tmp_path / "bin"))
    assert done.returncode == 1
    assert "no Python 3.11 or newer was found. Install one" in done.stderr


def test_the_launcher_and_the_installer_agree_on_the_mark(tmp_path):
    give_environment(tmp_path / "venv", ROOT)
    assert install.is_current(tmp_path / "venv", "runtime")
    assert not install.is_current(tmp_path / "venv", "test")


def test_a_folder_that_is_somebody_elses_is_left_alone(tmp_path, capsys):
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    assert install.main([str(venv), "runtime"]) == 1
    assert f"{venv} was not made by ./warmup. Remove it, or set WARMUP_VENV" in capsys.readouterr().err
    assert (venv / "bin").is_dir()


def test_a_place_that_cannot_be_written_to_is_one_clear_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert install.main([str(tmp_path / "file" / "venv"), "runtime"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "Set WARMUP_VENV to a folder that you may write to." in error


@pytest.mark.failure(40)
def test_a_second_start_waits_for_the_first_and_uses_what_it_made(tmp_path):
    venv = tmp_path / "venv"
    with open(tmp_path / "venv.lock", "w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second = subprocess.Popen(
            [sys.executable, ROOT / "requirements" / "install.py", venv, "runtime"],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert (
            second.stderr.readline() == "warmup: another start is preparing the environment; waiting for it\n"
        )
        give_environment(venv, ROOT)
    assert second.wait() == 0
    assert second.stderr.read() == ""
    second.stderr.close()


ABANDONED = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("install", sys.argv[1])
install = importlib.util.module_from_spec(spec)
spec.loader.exec_module(install)
say = "import os, time; print(os.getpid(), flush=True); time.sleep(1000)"
install.install_packages = lambda new, needs: install.run(
    [sys.executable, "-c", say], "sleeping", progress=lambda line: print(line, end="", flush=True)
)
install.main([sys.argv[2], "runtime"])
"""


def test_a_step_that_outlives_a_killed_installation_keeps_the_next_one_waiting(tmp_path):
    command = [sys.executable, "-c", ABANDONED, ROOT / "requirements" / "install.py", tmp_path / "venv"]
    with (
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as installation,
        open(tmp_path / "venv.lock", "w") as lock,
    ):
        step = int(installation.stdout.readline())
        installation.kill()
        installation.wait()
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.kill(step, signal.SIGKILL)
        fcntl.flock(lock, fcntl.LOCK_EX)


def test_a_failed_step_leaves_the_old_environment_in_place(tmp_path, monkeypatch, capsys):
    venv = tmp_path / "venv"
    give_environment(venv, ROOT)
    (venv / "warmup-runtime").write_text("1 0 0 stale\n")
    monkeypatch.setattr(install, "install_packages", lambda new, needs: install.run(["false"], "installing"))
    assert install.main([str(venv), "runtime"]) == 1
    assert "installing failed; the lines above say why" in capsys.readouterr().err
    assert (venv / "warmup-runtime").read_text() == "1 0 0 stale\n"


def test_scripts_name_the_place_where_the_environment_ends_up(tmp_path):
    new, venv = tmp_path / "v.new", tmp_path / "a b" / "v"
    (new / "bin").mkdir(parents=True)
    purelib = Path(install.sysconfig.get_path("purelib", "venv", {"base": str(new)}))
    purelib.mkdir(parents=True)
    (new / "bin" / "alembic").write_text(f"#!{new}/bin/python\n")
    install.add_project(new, venv)
    assert (new / "bin" / "alembic").read_text() == f"#!{venv}/bin/python\n"
    assert (purelib / "warmup-checkout.pth").read_text() == f"{ROOT}\n"
    assert (new / "bin" / "warmup").read_text().endswith(f"""exec '{venv}/bin/python' -m bot "$@"\n""")
