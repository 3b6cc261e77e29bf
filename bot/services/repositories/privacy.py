"""Everything about one member: to be taken along, and to be forgotten."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol


class Privacy(Protocol):
    """What is kept about members."""

    async def held(self, members: Collection[int]) -> Mapping[str, int]:
        """How many rows of each table are about these members, by the table's name; none are left out."""

    async def export(self, members: Collection[int]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Those rows as JSON values, by the table's name and oldest first.

        Questions are named by key and title, never with their answers. Tokens are left out.
        """

    async def forget(self, member: int) -> None:
        """Remove the member and everything that is about them.

        Points of others stay as they are. The record of what admins did stays without who did it. A job
        that graded code which somebody else handed in as well stays theirs.
        """
