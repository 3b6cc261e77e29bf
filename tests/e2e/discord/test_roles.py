"""Roles over Discord's HTTP interface: given, taken, and every way in which that is refused."""

from __future__ import annotations

import pytest

from bot.platforms.discord.roles import DiscordRoles
from bot.services.errors import DeliveryFailed, Gone, RoleRefused
from tests.e2e.discord.server import ADA, GUILD
from tests.e2e.discord.world import Guild

ROLE, ABOVE, NOWHERE = "100000000000000001", "100000000000000002", "100000000000000009"


@pytest.fixture
def roles(guild: Guild) -> DiscordRoles:
    guild.server.roles = {ROLE: 1, ABOVE: 9}
    return DiscordRoles(guild.poster.api)


async def test_a_role_is_given_and_taken_and_saying_it_again_changes_nothing(
    guild: Guild, roles: DiscordRoles
) -> None:
    for _ in range(2):
        await roles.set(GUILD, ADA["id"], ROLE, True)
    assert guild.server.held == {(ADA["id"], ROLE)}
    for _ in range(2):
        await roles.set(GUILD, ADA["id"], ROLE, False)
    assert guild.server.held == set()


async def test_a_role_above_ours_says_what_the_admin_has_to_do(roles: DiscordRoles) -> None:
    with pytest.raises(RoleRefused, match="Manage Roles"):
        await roles.set(GUILD, ADA["id"], ABOVE, True)


async def test_a_role_that_was_deleted_says_so(roles: DiscordRoles) -> None:
    with pytest.raises(RoleRefused, match="does not exist"):
        await roles.set(GUILD, ADA["id"], NOWHERE, True)


async def test_a_member_who_left_is_gone(roles: DiscordRoles) -> None:
    with pytest.raises(Gone):
        await roles.set(GUILD, "404404404404404404", ROLE, True)


async def test_an_outage_is_tried_again_later(guild: Guild, roles: DiscordRoles) -> None:
    guild.server.fail("PUT", "/roles/", 400, times=1, body={"code": 0, "message": "broken"})
    with pytest.raises(DeliveryFailed, match="broken"):
        await roles.set(GUILD, ADA["id"], ROLE, True)
    await roles.set(GUILD, ADA["id"], ROLE, True)
    assert guild.server.held == {(ADA["id"], ROLE)}
