"""The outbox, and the record of what admins did.

Every entry gets a ``turn`` when it is written: the turn now being served, plus one for each entry that its
community has waiting. In the order of turns, communities alternate, and one with a thousand entries
does not keep the others waiting. A lease is ``next_at`` moved into the future: whoever dies with it loses
it by itself, and the fence refuses whoever comes back late.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    BigInteger,
    CursorResult,
    DateTime,
    RowMapping,
    Table,
    any_,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)

from bot.services.commands import Platform
from bot.services.queues import ClaimedDelivery, DeliveryKind, NewDelivery
from bot.storage import values
from bot.storage.documents import read_reply, reply_document
from bot.storage.repositories.base import Repository
from bot.storage.tables import AuditRow, ChannelRow, CommunityRow, DeliveryRow, DeliveryState, MemberRow
from bot.storage.tables.base import storable, to_json

NONCE_BYTES = 12
"""As hexadecimal these are 24 characters; Discord takes 25."""

MOMENT = DateTime(timezone=True)

ADD = text("""
    INSERT INTO deliveries (key, platform, community_id, channel_id, kind, subject, text, member_id, reply,
                            due_at, next_at, nonce, turn)
    SELECT :key, :platform, :community, :channel, :kind, :subject, :text, :member, CAST(:reply AS json),
           :due_at, :due_at, :nonce,
           1 + coalesce((SELECT min(turn) FROM deliveries WHERE state = 'waiting'), 0)
             + (SELECT count(*) FROM deliveries WHERE state = 'waiting' AND community_id = :community)
    WHERE NOT EXISTS (SELECT 1 FROM communities WHERE id = :community AND left_at IS NOT NULL)
    ON CONFLICT (key) DO NOTHING
    RETURNING id
""").bindparams(bindparam("due_at", type_=MOMENT))

CLAIM = text("""
    WITH next AS (
        SELECT id FROM deliveries
        WHERE state = 'waiting' AND next_at <= :now AND platform = ANY (CAST(:platforms AS text[]))
        ORDER BY turn, id LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE deliveries AS delivery
    SET fence = fence + 1, attempts = attempts + 1, next_at = :leased_until
    FROM next WHERE delivery.id = next.id
    RETURNING delivery.id
""").bindparams(bindparam("now", type_=MOMENT), bindparam("leased_until", type_=MOMENT))


DELIVERY, CHANNEL, COMMUNITY, MEMBER = (
    cast(Table, row.__table__) for row in (DeliveryRow, ChannelRow, CommunityRow, MemberRow)
)
CLAIMED = (
    select(DELIVERY, CHANNEL, COMMUNITY, MEMBER)
    .select_from(
        DELIVERY.join(CHANNEL, CHANNEL.c.id == DELIVERY.c.channel_id)
        .join(COMMUNITY, COMMUNITY.c.id == CHANNEL.c.community_id)
        .outerjoin(MEMBER, MEMBER.c.id == DELIVERY.c.member_id)
    )
    .where(DELIVERY.c.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
    .order_by(DELIVERY.c.turn, DELIVERY.c.id)
    .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
)
"""Plain rows: thousands are claimed when many rounds are due at once."""


class SqlDeliveries(Repository):
    """Implements ``bot.services.queues.Deliveries``."""

    async def add(self, delivery: NewDelivery) -> bool:
        """Write an entry with a new random nonce; False when its key is known already, or we have left."""
        reply = reply_document(delivery.reply)
        made = await self.session.execute(
            ADD,
            {
                "key": delivery.key,
                "platform": str(delivery.platform),
                "community": delivery.community,
                "channel": delivery.channel,
                "kind": str(delivery.kind),
                "subject": delivery.subject,
                "text": storable(delivery.text),
                "member": delivery.member,
                "reply": None if reply is None else to_json(reply),
                "due_at": delivery.due_at,
                "nonce": secrets.token_hex(NONCE_BYTES),
            },
        )
        return made.one_or_none() is not None

    async def claim(
        self, platforms: Collection[Platform], now: datetime, lease_s: float, limit: int
    ) -> Sequence[ClaimedDelivery]:
        """Lease entries that are due and not leased (or whose lease ran out), fair between communities."""
        claimed = await self.session.scalars(
            CLAIM,
            {
                "now": now,
                "leased_until": now + timedelta(seconds=lease_s),
                "platforms": [str(platform) for platform in platforms],
                "limit": limit,
            },
        )
        rows = await self.session.execute(CLAIMED, {"ids": list(claimed)})
        return [_claimed(row) for row in rows.mappings()]

    async def sent(self, delivery: int, fence: int, external_id: str, at: datetime) -> bool:
        """It arrived; False when fenced out. The reply's token has done its work and is forgotten."""
        return await self._update_leased(
            delivery,
            fence,
            state=str(DeliveryState.SENT),
            external_id=external_id,
            finished_at=at,
            reply=None,
        )

    async def retry(self, delivery: int, fence: int, at: datetime, error: str) -> bool:
        """Try again at ``at``; False when fenced out."""
        return await self._update_leased(delivery, fence, next_at=at, error=error)

    async def dead(self, delivery: int, fence: int, error: str) -> bool:
        """Give up; it stays visible for the admin. False when fenced out."""
        return await self._update_leased(
            delivery, fence, state=str(DeliveryState.DEAD), error=error, finished_at=func.now(), reply=None
        )

    async def was_sent(self, keys: Collection[str]) -> bool:
        """Whether any entry with one of these keys arrived."""
        sent = select(DeliveryRow.id).where(
            DeliveryRow.key.in_(keys), DeliveryRow.state == str(DeliveryState.SENT)
        )
        return bool((await self.session.scalars(select(sent.exists()))).one())

    async def drop_channel(self, channel: int, reason: str) -> int:
        """Give up everything public that waits for a channel; returns how many entries."""
        result = await self.session.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.channel_id == channel,
                DeliveryRow.member_id.is_(None),
                DeliveryRow.state == str(DeliveryState.WAITING),
            )
            .values(state=str(DeliveryState.DEAD), error=reason, finished_at=func.now()),
            execution_options={"synchronize_session": False},
        )
        assert isinstance(result, CursorResult)
        return result.rowcount

    async def _update_leased(self, delivery: int, fence: int, **changes: Any) -> bool:
        """Change an entry if this fence is still the latest claim's and it is not finished."""
        result = await self.session.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.id == delivery,
                DeliveryRow.fence == fence,
                DeliveryRow.state == str(DeliveryState.WAITING),
            )
            .values(**changes),
            execution_options={"synchronize_session": False},
        )
        assert isinstance(result, CursorResult)
        return result.rowcount == 1


class SqlAudit(Repository):
    """Implements ``bot.services.repositories.Audit``."""

    async def note(
        self, community: int | None, member: int | None, action: str, detail: str, at: datetime
    ) -> None:
        """Append one line."""
        await self.session.execute(
            insert(AuditRow).values(
                community_id=community, member_id=member, action=action, detail=detail, at=at
            )
        )


def _claimed(row: RowMapping) -> ClaimedDelivery:
    delivery, channel, community = (_part(row, table) for table in (DELIVERY, CHANNEL, COMMUNITY))
    return ClaimedDelivery(
        id=delivery.id,
        fence=delivery.fence,
        attempt=delivery.attempts,
        nonce=delivery.nonce,
        platform=Platform(delivery.platform),
        community=values.community(community),
        channel=values.channel(channel),
        kind=DeliveryKind(delivery.kind),
        subject=delivery.subject,
        text=delivery.text,
        member=values.member(_part(row, MEMBER)) if delivery.member_id is not None else None,
        reply=read_reply(delivery.reply),
        due_at=values.utc(delivery.due_at),
    )


def _part(row: RowMapping, table: Table) -> Any:
    """The columns of one table, by their own names."""
    return SimpleNamespace(**{name: row[f"{table.name}_{name}"] for name in table.c.keys()})  # noqa: SIM118
