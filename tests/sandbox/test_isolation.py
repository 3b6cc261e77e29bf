"""Every hostile program, in every tier, as root and as an ordinary user: contained, nothing left behind."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.grading.sandbox import Environment, Sandbox
from tests.sandbox.conftest import ROOT, TIERS, programs
from tests.sandbox.hostile import descendants, resident_kb, run, run_case, settled

in_one_loop = pytest.mark.asyncio(loop_scope="module")

GROUPS: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "cases_escape.yaml").read_text(encoding="utf-8")
)
CASES = [case for cases in GROUPS.values() for case in cases]


def mounted() -> str:
    """Those of this machine's mounts that are named as the sandbox names its own."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines(keepends=True)
    return "".join(line for line in lines if " tmpfs job " in line or " tmpfs sandbox " in line)


BY_ID = {case["id"]: case for case in CASES}


@in_one_loop
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
async def test_a_hostile_program_is_contained(sandbox: Sandbox, case: dict[str, Any]) -> None:
    outcome = await run_case(sandbox, case)
    assert outcome.problems == []
    if "then" in case:
        assert (await run_case(sandbox, BY_ID[case["then"]])).problems == []
    assert mounted() == ""


@in_one_loop
async def test_nothing_is_left_after_all_of_them(sandbox: Sandbox) -> None:
    await run(sandbox, "print('hello')")
    expected = len(descendants(os.getpid())) + 2
    for _ in range(3):
        for case in CASES:
            if case["must"] == "contained":
                await run(sandbox, case["code"])
        if _ == 0:
            grown_from = resident_kb()
    assert resident_kb() - grown_from < 1024
    assert await settled(sandbox, os.getpid(), expected)
    scratch = sandbox._scratch.folder
    assert len(list(scratch.iterdir())) <= sandbox._settings.spares + 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("tier", TIERS)
def test_an_ordinary_user_is_as_safe(tier: str, environment: Environment) -> None:
    order = {"tier": tier, "environment": str(environment.folder), "cases": CASES}
    done = subprocess.run(
        [programs()[-1], "-B", "-m", "tests.sandbox.hostile"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        user=65534,
        group=65534,
        extra_groups=[],
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answer = json.loads(done.stdout)
    assert answer["tier"] == tier
    assert {name: problems for name, problems in answer["problems"].items() if problems} == {}
