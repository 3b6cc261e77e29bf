"""The playground's channel: its daily rounds begin by themselves."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfoNotFoundError

import structlog
import tzlocal

from bot.platforms.playground.people import RESIDENTS
from bot.services.app import Services
from bot.services.commands import SetUpChannel
from bot.services.errors import BadSetting

log = structlog.get_logger(__name__)

POST_AT = time(9)
"""Local time of the playground's daily round: the start of a working day."""


async def set_up_channel(services: Services) -> None:
    """Give the playground's channel daily rounds, the first one at once; does nothing when it has them."""
    actor = RESIDENTS[0].actor
    place = await services.communities.enter(actor)
    if place.channel.schedule is not None:
        return
    for zone in (_machine_zone(), "UTC"):
        try:
            await services.communities.set_up(
                SetUpChannel(actor=actor, post_at=POST_AT, zone=zone, at_once=True)
            )
        except BadSetting as refusal:
            log.warning("the playground uses UTC: this machine's zone cannot be used", reason=str(refusal))
        else:
            return


def _machine_zone() -> str:
    """The IANA name of this machine's time zone, as far as it can be told."""
    try:
        return tzlocal.get_localzone_name() or "UTC"
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"
