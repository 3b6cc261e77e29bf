"""``/healthz`` (the process lives) and ``/readyz`` (it can do its work)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

logger = logging.getLogger(__name__)

CHECK_TIMEOUT_S = 3.0
"""A check that takes longer has failed: whoever asks wants an answer now."""


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one readiness check. ``detail`` is one sentence for the operator, without secrets."""

    ok: bool
    detail: str


Checks = Mapping[str, Callable[[], Awaitable[Check]]]
"""Named readiness checks: the database is reachable, the schema is current, a worker was seen."""


def health_routes(checks: Checks) -> list[Route]:
    """The two routes. ``/readyz`` answers 200 when every check is ok, 503 with the reasons otherwise."""

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})

    async def readyz(_request: Request) -> Response:
        outcomes = await asyncio.gather(*(_run(name, check) for name, check in checks.items()))
        results = dict(zip(checks, outcomes, strict=True))
        ready = all(outcome.ok for outcome in outcomes)
        return JSONResponse(
            {"ready": ready, "checks": {name: asdict(outcome) for name, outcome in results.items()}},
            status_code=200 if ready else 503,
            headers={"Cache-Control": "no-store"},
        )

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


async def _run(name: str, check: Callable[[], Awaitable[Check]]) -> Check:
    try:
        return await asyncio.wait_for(check(), CHECK_TIMEOUT_S)
    except TimeoutError:
        return Check(False, f"no answer within {CHECK_TIMEOUT_S:.0f} s")
    except Exception as error:
        logger.warning("readiness check %s failed", name, exc_info=True)
        return Check(False, f"failed: {type(error).__name__}; see the log")
