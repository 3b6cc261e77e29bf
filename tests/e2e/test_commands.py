"""The other commands, as processes of their own: the database from outside, the judge without one."""

import asyncio
import json
import re
import signal
import uuid
from dataclasses import dataclass

import pytest

from tests.e2e.running import Running, start

pytestmark = pytest.mark.timeout(180)

HELLO = """\
kind: code_stdout
key: hello
title: Say hello
topic: python
difficulty: easy
licence: MIT
prompt: Print hello.
starter: |
  print()
solution: |
  print("hello")
output: |
  hello
"""


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    stdout: str
    stderr: str

    @property
    def document(self):
        return json.loads(self.stdout)


@pytest.fixture
def warmup(tmp_path):
    """Runs a command to its end in a data folder of the test's own (or ``data``)."""

    async def run(*arguments, data="data") -> Done:
        running = await start(tmp_path / data, *map(str, arguments), stdout=True)
        stdout = await running.process.stdout.read()
        status = await running.ended()
        return Done(status, stdout.decode(), running.said)

    return run


@pytest.fixture
def hello(tmp_path):
    """A bank of one challenge."""
    (tmp_path / "hello.yaml").write_text(HELLO)
    return tmp_path / "hello.yaml"


@pytest.mark.parametrize(
    ("code", "verdict", "status"),
    [
        ('print("hello")', "accepted", 0),
        ('print("goodbye")', "wrong_answer", 1),
        ("print(", "compile_error", 1),
        ("1 / 0", "runtime_error", 1),
        ("", "compile_error", 1),
        ("x = 1\n" * 200_000, "compile_error", 1),
        ("\0\1\2", "compile_error", 1),
    ],
    ids=["right", "wrong", "syntax", "raises", "empty", "huge", "binary"],
)
async def test_grading_needs_no_database_and_says_one_document(
    warmup, hello, tmp_path, code, verdict, status
):
    (tmp_path / "a.py").write_text(code)
    done = await warmup("grade", hello, tmp_path / "a.py", "--json")
    assert (done.status, done.document["verdict"]) == (status, verdict)
    assert set(done.document) >= {"ranked", "tests", "stdout", "wall_ms", "cpu_ms", "memory_mb"}
    assert not (tmp_path / "data" / "postgres").exists()


@pytest.mark.failure(27)
@pytest.mark.failure(28)
async def test_a_bank_is_imported_whole_or_not_at_all_and_twice_is_once(warmup, hello, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        f"questions:\n  - {HELLO.replace(chr(10), chr(10) + '    ').rstrip()}\n  - kind: nonsense\n"
    )
    refused = await warmup("bank", "import", bad, "--json")
    assert refused.status == 1
    assert (refused.document["added"], refused.document["rejected"][0]["file"]) == (0, "bad.yaml")
    assert refused.document["rejected"][0]["line"] > 1
    tried = await warmup("bank", "import", hello, "--bank", "mine", "--dry-run", "--json")
    assert tried.document["added"] == 1
    assert (await warmup("bank", "list", "--json")).document == []
    first = await warmup("bank", "import", hello, "--bank", "mine", "--json")
    again = await warmup("bank", "import", hello, "--bank", "mine", "--json")
    counts = [[each.document[name] for name in ("added", "updated", "unchanged")] for each in (first, again)]
    assert counts == [[1, 0, 0], [0, 0, 1]]
    (tmp_path / "pictures.md").write_text("## Which?\n- [x] a\n- [ ] b\n\nSo: ![this](so.png)\n")
    pictures = ["bank", "import", tmp_path / "pictures.md", "--licence", "MIT", "--dry-run", "--json"]
    assert [each["code"] for each in (await warmup(*pictures)).document["warnings"]] == ["bank.picture"]
    exported = await warmup("bank", "export", "mine")
    (tmp_path / "exported.yaml").write_text(exported.stdout)
    back = await warmup("bank", "import", tmp_path / "exported.yaml", "--bank", "mine", "--json")
    assert back.document["unchanged"] == 1
    for command in (["bank", "export", "mine", "--output", tmp_path], ["backup", tmp_path]):
        nowhere = await warmup(*command)
        assert (nowhere.status, "Traceback" in nowhere.stderr) == (1, False)
        assert str(tmp_path) in nowhere.stderr


async def test_a_large_import_is_measured_against_statements_by_hand(warmup):
    done = await warmup("bench", "import", "--questions", "1000", "--json")
    assert done.status == 0
    assert (done.document["questions"], done.document["memory_mb"] > 0) == (1_000, True)
    for turn in ("first", "again"):
        one = done.document[turn]
        assert 0 < one["load_s"] < one["whole_s"]
        assert one["by_hand_s"] > 0


async def test_the_doctor_finds_a_fresh_machine_well(warmup):
    done = await warmup("doctor", "--json")
    assert done.status == 0
    assert done.document["ok"] is True
    checks = {each["name"]: each for each in done.document["checks"]}
    assert "tier" in checks["sandbox"]["detail"]


async def leaderboard(running: Running) -> list[str]:
    """The table as the page shows it."""
    response = await running.post("/messages", {"event": str(uuid.uuid4()), "text": "/leaderboard all"})
    html = response.json()["messages"][-1]["html"]
    rows = re.findall(r"<tr[ >].*?</tr>", html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


@pytest.mark.failure(39)
async def test_a_backup_taken_under_load_restores_the_same_leaderboard(warmup, tmp_path):
    running = await start(tmp_path / "data", "up")
    try:
        await running.until_ready()
        posting = await first_posting(running)
        answered = await running.post(
            "/answers", {"event": str(uuid.uuid4()), "posting": posting, "letters": list("A")}
        )
        assert answered.status_code == 200
        stop = asyncio.Event()
        talking = asyncio.create_task(talk(running, stop))
        done = await warmup("backup", tmp_path / "all.backup", "--json")
        stop.set()
        await talking
        assert done.status == 0, done.stderr
        assert done.document["bytes"] == (tmp_path / "all.backup").stat().st_size
        before = await leaderboard(running)
    finally:
        await running.end(signal.SIGTERM)
    restored = await warmup("restore", tmp_path / "all.backup", "--json", data="other")
    assert restored.status == 0, restored.stderr
    refused = await warmup("restore", tmp_path / "all.backup", data="other")
    assert refused.status == 1
    assert "--replace" in refused.stderr
    running = await start(tmp_path / "other", "up")
    try:
        await running.until_ready()
        assert await leaderboard(running) == before
    finally:
        await running.end(signal.SIGTERM)


async def first_posting(running: Running) -> int:
    """The posting of the day's question, once it is shown."""
    page = ""

    async def shown() -> bool:
        nonlocal page
        page = (await running.get("/")).text
        return 'class="card question"' in page

    await running.until(shown, "the day's question")
    return int(re.search(r'class="card question"[^>]*data-posting="(\d+)"', page)[1])


async def talk(running: Running, stop: asyncio.Event) -> None:
    """Write into the channel until told to stop."""
    while not stop.is_set():
        await running.post("/messages", {"event": str(uuid.uuid4()), "text": "hello there"})
