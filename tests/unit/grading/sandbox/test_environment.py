"""Which packages belong together, and when the sandbox's environment is made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.grading.sandbox import environment
from bot.grading.sandbox.environment import Environment, make_environment
from bot.grading.sandbox.errors import SandboxUnavailable


def install(folder: Path, name: str, files: list[str], requires: tuple[str, ...] = ()) -> None:
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0", *(f"Requires-Dist: {r}" for r in requires)]
    (info / "METADATA").write_text("\n".join(lines) + "\n")
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("")
    (info / "RECORD").write_text(
        "".join(f"{f},,\n" for f in [*files, f"{info.name}/METADATA", "../bin/tool"])
    )


@pytest.fixture
def installed(tmp_path: Path) -> Environment:
    install(
        tmp_path, "Orm", ["orm/__init__.py"], ("typing-things>=4", 'fast-loop; extra == "asyncio"', "absent")
    )
    install(tmp_path, "typing_things", ["typing_things.py"])
    install(tmp_path, "fast-loop", ["fast/__init__.py", "fast/_c.cpython-311-x86_64-linux-gnu.so"])
    install(tmp_path, "tester", ["tester/__init__.py"])
    return Environment(tmp_path)


def test_a_package_brings_what_it_requires_and_no_more(installed: Environment) -> None:
    names, paths = installed.closure(["orm"])
    assert names == ("fast", "orm", "typing_things")
    assert paths == tuple(installed.folder / n for n in ("fast", "orm", "typing_things.py"))


def test_nothing_declared_is_nothing_shown(installed: Environment) -> None:
    assert installed.closure([]) == ((), ())


def test_a_package_that_is_not_installed_names_the_setting(installed: Environment) -> None:
    with pytest.raises(SandboxUnavailable, match="WARMUP_SANDBOX_REQUIREMENTS"):
        installed.closure(["numpy"])


def test_everything_installed_is_listed(installed: Environment) -> None:
    assert installed.installed() == ("fast", "orm", "tester", "typing_things")


def test_it_is_made_once_and_again_when_the_requirements_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path | None] = []

    def pretend(folder: Path, requirements: Path, extra: Path | None) -> None:
        made.append(extra)
        (folder / "content").write_text(requirements.read_text())

    monkeypatch.setattr(environment, "_install", pretend)
    requirements, extra, folder = tmp_path / "r.txt", tmp_path / "extra.txt", tmp_path / "env"
    requirements.write_text("a==1")
    extra.write_text("b")
    make_environment(folder, requirements)
    make_environment(folder, requirements)
    assert made == [None]
    requirements.write_text("a==2")
    make_environment(folder, requirements)
    assert (folder / "content").read_text() == "a==2"
    make_environment(folder, requirements, extra)
    assert made == [None, None, extra]
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".env-")] == []


def test_a_failed_installation_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    requirements, folder = tmp_path / "r.txt", tmp_path / "env"
    requirements.write_text("a==1")
    monkeypatch.setattr(environment, "_install", lambda folder, *_: (folder / "old").write_text("x"))
    make_environment(folder, requirements)
    requirements.write_text("a==2")

    def fail(*_: object) -> None:
        raise SandboxUnavailable("no network")

    monkeypatch.setattr(environment, "_install", fail)
    with pytest.raises(SandboxUnavailable):
        make_environment(folder, requirements)
    assert (folder / "old").exists()
