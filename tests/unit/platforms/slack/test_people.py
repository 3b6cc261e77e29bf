"""Who somebody is: asked once in a while, and never a reason to fail."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.platforms.slack.people import KEPT_S, MANY, People, Person


class Client:
    """``users.info`` of one member."""

    def __init__(self, **user: Any) -> None:
        self.user = user
        self.asked = 0
        self.error: Exception | None = None

    async def users_info(self, *, user: str) -> dict[str, Any]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return {"user": self.user}


class Seconds:
    """A steady clock that stands still."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ({"display_name": "Ada", "real_name": "Ada Lovelace"}, "Ada"),
        ({"display_name": "", "real_name": "Ada Lovelace"}, "Ada Lovelace"),
        ({}, "ada"),
        ({"display_name": "a\n  b"}, "a b"),
        ({"display_name": "x" * 200}, "x" * 80),
    ],
)
async def test_the_display_name_comes_first(profile: dict[str, str], name: str) -> None:
    client: Any = Client(profile=profile)
    assert (await People().get(client, "T", "U", "ada")).name == name


@pytest.mark.parametrize("right", ["is_admin", "is_owner"])
async def test_admins_and_owners_manage_the_workspace(right: str) -> None:
    client: Any = Client(**{right: True})
    assert (await People().get(client, "T", "U")).is_admin


async def test_members_on_the_list_manage_it_too() -> None:
    client: Any = Client()
    assert (await People(frozenset({"U"})).get(client, "T", "U")).is_admin
    assert not (await People(frozenset({"V"})).get(client, "T", "U")).is_admin


async def test_an_answer_counts_for_a_while_and_until_something_changes() -> None:
    seconds, client = Seconds(), Client(profile={"display_name": "Ada"})
    people, asked = People(seconds=seconds), client
    web: Any = client
    await people.get(web, "T", "U")
    await people.get(web, "T", "U")
    assert asked.asked == 1
    seconds.now = KEPT_S
    await people.get(web, "T", "U")
    assert asked.asked == 2
    people.forget("T", "U")
    await people.get(web, "T", "U")
    assert asked.asked == 3


async def test_when_slack_does_not_tell_nobody_gains_a_right() -> None:
    seconds, client = Seconds(), Client(is_admin=True, profile={"display_name": "Ada"})
    client.error = TimeoutError()
    people, web = People(seconds=seconds), client
    asked: Any = web
    assert await people.get(asked, "T", "U", "ada") == Person("ada")
    client.error = None
    assert (await people.get(asked, "T", "U", "ada")).is_admin


async def test_a_right_that_is_too_old_to_be_known_is_none() -> None:
    seconds, client = Seconds(), Client(is_admin=True, profile={"display_name": "Ada"})
    people = People(seconds=seconds)
    web: Any = client
    assert (await people.get(web, "T", "U")).is_admin
    seconds.now = KEPT_S
    client.error = OSError()
    kept = await people.get(web, "T", "U")
    assert (kept.name, kept.is_admin) == ("Ada", False)


class Workspace(Client):
    """A workspace with a list of its members, two on a page."""

    def __init__(self, *members: str) -> None:
        super().__init__(profile={})
        self.members = members
        self.lists = 0

    async def users_list(self, *, limit: int, cursor: str | None) -> dict[str, Any]:
        self.lists += 1
        start = int(cursor or 0)
        more = str(start + 2) if start + 2 < len(self.members) else ""
        found = [{"id": one, "profile": {"display_name": one}} for one in self.members[start : start + 2]]
        return {"members": found, "response_metadata": {"next_cursor": more}}


async def test_many_strangers_at_once_are_looked_up_together() -> None:
    names = [f"U{number}" for number in range(100)]
    client: Any = Workspace(*names[:15])
    people = People(seconds=Seconds())
    found = await asyncio.gather(*(people.get(client, "T", name, "later") for name in names[:15]))
    assert client.asked == MANY - 1
    assert client.lists == 8
    assert [person.name for person in found[MANY:]] == names[MANY:15]
    assert (await people.get(client, "T", "U99", "who")).name == "who"
    assert (client.lists, client.asked) == (8, MANY)


async def test_a_list_that_slack_does_not_give_is_no_reason_to_fail() -> None:
    client: Any = Workspace()

    async def refused(**_: Any) -> None:
        raise TimeoutError

    client.users_list = refused
    people = People(seconds=Seconds())
    found = await asyncio.gather(*(people.get(client, "T", f"U{n}", f"n{n}") for n in range(20)))
    assert [person.name for person in found] == [f"n{n}" for n in range(20)]
