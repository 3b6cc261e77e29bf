"""Roles for streaks and ranks, given and taken over Discord's HTTP interface."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import aiohttp
import discord
from discord.http import HTTPClient

from bot.services.errors import DeliveryFailed, Gone, RoleRefused

UNKNOWN_ROLE = 10011
GONE = frozenset({10004, 10007, 10013})
"""Discord's codes for a guild, a member and a user that are not there (any more)."""
REASON = "Earned with Warmup"
"""Shown in the guild's audit log."""


class DiscordRoles:
    """The services' ``Roles`` for Discord. ``api`` gives an interface that is logged in."""

    def __init__(self, api: Callable[[], Awaitable[HTTPClient]]) -> None:
        self._api = api

    async def set(self, community: str, member: str, role: str, give: bool) -> None:
        """Give the role or take it. Both may be said again and change nothing."""
        try:
            api = await self._api()
            change = api.add_role if give else api.remove_role
            await change(int(community), int(member), int(role), reason=REASON)
        except discord.RateLimited as limited:
            raise DeliveryFailed("rate limited", limited.retry_after) from limited
        except discord.HTTPException as error:
            raise _failure(error, role) from error
        except (aiohttp.ClientError, OSError) as error:
            raise DeliveryFailed(f"{type(error).__name__}: {error}") from error


def _failure(error: discord.HTTPException, role: str) -> Exception:
    if error.code == UNKNOWN_ROLE:
        return RoleRefused(f"The role {role} does not exist any more: remove its rule.")
    if error.code in GONE or error.status == 404:
        return Gone(f"{error.status}: {error.text}")
    if error.status == 403:
        return RoleRefused(
            f"Discord does not let me give the role {role}. I need the permission Manage Roles, and my "
            "own role has to stand above it in the server's list of roles."
        )
    return DeliveryFailed(f"{error.status}: {error.text}")
