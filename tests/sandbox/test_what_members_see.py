"""What a report tells a member: enough to go on, and nothing of hidden tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.domain.content import Challenge, Show, SourceFile, TestFile
from bot.domain.grading import GradingJob, Judgement
from bot.domain.judging import judge as verdict_on
from bot.grading.judge import Judge
from bot.grading.sandbox import Environment, Sandbox, SandboxSettings
from tests.sandbox.suite_files import challenge

pytestmark = pytest.mark.asyncio(loop_scope="module")
REFERENCE = (SourceFile("solution.py", "def add(a, b):\n    return a + b\n"),)
HIDDEN = SourceFile(
    "test_a_hidden.py", "from solution import add\ndef test_hidden():\n    assert add(777123, 1) == 777124\n"
)
VISIBLE = SourceFile("test_b.py", "from solution import add\ndef test_seen():\n    assert add(1, 1) == 2\n")
REMEMBERS = (
    "seen = []\ndef add(a, b):\n    seen.append((a, b))\n    return seen if (a, b) == (1, 1) else a + b\n"
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge(environment: Environment) -> AsyncIterator[Judge]:
    """A judge over the strongest sandbox that this machine can have."""
    async with await Sandbox.open(SandboxSettings(environment=environment)) as sandbox:
        yield Judge(sandbox)


async def judged(judge: Judge, item: Challenge, text: str) -> Judgement:
    job = GradingJob(key=item.meta.key, challenge=item, files=(SourceFile("solution.py", text),))
    return verdict_on(item, await judge.grade(job))


@pytest.mark.parametrize(
    "test",
    [
        "from solution import add\ndef test_add():\n    assert add(2, 3) == 5\n",
        "import solution\ndef test_add():\n    assert solution.add(2, 3) == 5\n",
        "def test_add():\n    from solution import add\n    assert add(2, 3) == 5\n",
    ],
    ids=["imported by name", "used through the module", "imported in the test"],
)
async def test_a_missing_name_is_said_with_the_one_that_was_meant(judge: Judge, test: str) -> None:
    item = challenge(f"missing{hash(test)}", (SourceFile("test_solution.py", test),), REFERENCE)

    judgement = await judged(judge, item, "def Add(a, b):\n    return a + b\n")

    assert "solution has no `add`; did you mean `Add`?" in judgement.headline


async def test_inputs_of_hidden_tests_do_not_turn_up_in_visible_ones(judge: Judge) -> None:
    item = replace(
        challenge("hidden", (), REFERENCE), tests=(TestFile(HIDDEN, show=Show.HIDDEN), TestFile(VISIBLE))
    )

    judgement = await judged(judge, item, REMEMBERS)

    assert judgement.got == "[(1, 1)]"
    assert "777123" not in repr(judgement)


async def test_hidden_functions_of_a_visible_file_run_last_as_well(judge: Judge) -> None:
    text = HIDDEN.text + VISIBLE.text.partition("\n")[2]
    file = TestFile(SourceFile("test_b.py", text), show_by_test=(("test_hidden", Show.HIDDEN),))
    item = replace(challenge("mixed", (), REFERENCE), tests=(file,))

    assert "777123" not in repr(await judged(judge, item, REMEMBERS))


async def test_tests_that_cannot_be_imported_are_named_for_the_author(judge: Judge) -> None:
    test = SourceFile("test_solution.py", "import a_module_that_nobody_has\ndef test_x():\n    pass\n")
    item = challenge("unimportable", (test,), REFERENCE)

    judgement = await judged(judge, item, REFERENCE[0].text)

    assert "a_module_that_nobody_has" in judgement.note
