"""The start-up canaries: silent where every layer holds, loud where one does not."""

from __future__ import annotations

import pytest

from bot.domain.grading import Ending
from bot.grading.sandbox import Sandbox, SandboxUnavailable, canaries

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_they_are_silent_in_every_tier(sandbox: Sandbox) -> None:
    await canaries.sing(sandbox)


@pytest.mark.parametrize(
    "loose",
    [
        canaries.Canary("the network", "print('ESCAPED')"),
        canaries.Canary("the CPU limit", "print('contained')", Ending.CPU_LIMIT, ""),
        canaries.Canary("running at all", "1/0"),
    ],
    ids=["it got through", "no limit met", "it does not even run"],
)
async def test_one_that_gets_further_stops_the_worker(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, loose: canaries.Canary
) -> None:
    monkeypatch.setattr(canaries, "CANARIES", (canaries.CANARIES[0], loose))
    with pytest.raises(SandboxUnavailable, match=loose.guards):
        await canaries.sing(sandbox)
