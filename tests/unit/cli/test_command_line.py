"""The command line's promises: exit status 0, 1 and 2; with --json one document, all else apart."""

import json

import pytest
from typer.testing import CliRunner

from bot import __version__
from bot.cli import app
from bot.config import variable_names

GOOD = """\
kind: multiple_choice
key: falsy
title: What is falsy?
topic: python
difficulty: easy
licence: MIT
prompt: Which of these is falsy?
explanation: Empty containers are falsy.
options:
  - text: "`[]`"
    right: true
    why: It is empty.
  - text: "`[0]`"
    why: It holds something.
"""


@pytest.fixture
def warmup(monkeypatch, tmp_path):
    """Runs a command line in this process; gives its result."""
    for name in variable_names().values():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WARMUP_DATA_DIR", str(tmp_path / "data"))
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


def test_the_version_is_the_packages(warmup):
    result = warmup("--version")
    assert (result.exit_code, result.stdout) == (0, f"warmup {__version__}\n")


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["grade"], ["bank"], ["bank", "check"], ["bench"], ["up", "--nonsense"]]
)
def test_misuse_is_status_2(warmup, arguments):
    assert warmup(*arguments).exit_code == 2


@pytest.mark.parametrize(
    "command",
    [
        *(
            ["up"],
            ["bot"],
            ["worker"],
            ["web"],
            ["migrate"],
            ["doctor"],
            ["backup"],
            ["restore"],
            ["grade"],
            ["bench"],
            ["bench", "leaderboard"],
        ),
        *(["bank", "import"], ["bank", "export"], ["bank", "check"], ["bank", "list"], ["bench", "grading"]),
        ["bench", "import"],
    ],
    ids=" ".join,
)
def test_every_command_explains_itself(warmup, command):
    result = warmup(*command, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_a_setting_that_cannot_be_used_is_misuse(warmup, monkeypatch):
    monkeypatch.setenv("WARMUP_WEB_PORT", "eighty")
    result = warmup("doctor")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "WARMUP_WEB_PORT" in result.stderr


@pytest.mark.failure(7)
def test_a_database_that_cannot_be_reached_is_one_clear_sentence(warmup, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://bob:hunter2@127.0.0.1:1/warmup")
    result = warmup("backup", tmp_path / "x.backup")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stderr
    assert not (tmp_path / "x.backup").exists()


class TestBankCheck:
    """``warmup bank check --static``, which runs nothing."""

    def test_a_good_bank_is_status_0(self, warmup, tmp_path):
        (tmp_path / "good.yaml").write_text(GOOD)
        result = warmup("bank", "check", tmp_path / "good.yaml", "--static", "--json")
        assert result.exit_code == 0
        document = json.loads(result.stdout)
        assert (document["ok"], document["questions"]) == (True, 1)

    def test_a_bad_bank_is_status_1_with_file_line_and_what_to_do(self, warmup, tmp_path):
        (tmp_path / "bad.yaml").write_text(GOOD.replace("right: true", "right: false"))
        result = warmup("bank", "check", tmp_path / "bad.yaml", "--static", "--json")
        assert result.exit_code == 1
        document = json.loads(result.stdout)
        assert document["ok"] is False
        problem = document["problems"][0]
        assert set(problem) >= {"file", "line", "question", "code", "message"}
        assert (problem["file"], problem["question"]) == ("bad.yaml", "falsy")
        assert problem["line"] > 0

    def test_a_file_that_is_not_there_is_misuse(self, warmup, tmp_path):
        result = warmup("bank", "check", tmp_path / "none.yaml", "--static", "--json")
        assert result.exit_code == 2
        assert json.loads(result.stdout)["problems"][0]["code"] == "bank.not_found"

    def test_a_format_that_does_not_exist_is_misuse(self, warmup, tmp_path):
        (tmp_path / "good.yaml").write_text(GOOD)
        result = warmup("bank", "check", tmp_path / "good.yaml", "--format", "pdf", "--static", "--json")
        assert result.exit_code == 2
        assert json.loads(result.stdout)["problems"][0]["code"] == "bank.unknown_format"

    def test_a_file_name_that_leads_elsewhere_is_told_in_words(self, warmup, tmp_path):
        bank = "kind: code_tests\nlicence: MIT\nprompt: P\nsolution: {../../x.py: '1'}\ntests: 'x = 1'\n"
        (tmp_path / "bad.yaml").write_text(bank)
        result = warmup("bank", "check", tmp_path / "bad.yaml", "--static", "--json")
        (problem,) = json.loads(result.stdout)["problems"]
        assert problem["line"] == 4
        assert "a file name is a relative path such as `bank/account.py`" in problem["message"]

    def test_for_people_it_prints_places_that_an_editor_can_follow(self, warmup, tmp_path):
        (tmp_path / "bad.yaml").write_text(GOOD.replace("right: true", "right: false"))
        result = warmup("bank", "check", tmp_path / "bad.yaml", "--static")
        assert result.stdout.startswith("bad.yaml:")


class TestGrade:
    """What ``warmup grade`` refuses before anything runs."""

    def test_a_bank_without_a_challenge_is_misuse(self, warmup, tmp_path):
        (tmp_path / "good.yaml").write_text(GOOD)
        (tmp_path / "a.py").write_text("")
        result = warmup("grade", tmp_path / "good.yaml", tmp_path / "a.py", "--json")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "holds no challenge" in result.stderr

    def test_a_submission_that_is_not_there_is_misuse(self, warmup, tmp_path):
        result = warmup("grade", tmp_path / "good.yaml", tmp_path / "none.py", "--json")
        assert (result.exit_code, result.stdout) == (2, "")
