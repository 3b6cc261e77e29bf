"""What an operator wants to know about the database, in one look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.services.queues import JobState
from bot.storage.errors import connecting
from bot.storage.tables import ChannelRow, DeliveryRow, DeliveryState, GradingJobRow

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """``paused`` are names of channels with the reason; ``oldest_delivery`` is when the first one was due."""

    now: datetime
    channels: int
    paused: tuple[tuple[str, str], ...]
    queued: int
    deliveries: int
    oldest_delivery: datetime | None
    dead: int
    """Messages that were given up in the last week."""
    dead_reasons: tuple[str, ...]
    """Why, the latest first; a few."""


async def inspect_database(engine: AsyncEngine) -> Inspection:
    """Look once. Raises ``Unavailable``, and the driver's own errors when the schema is another one."""
    waiting = DeliveryRow.state == DeliveryState.WAITING
    with connecting():
        async with engine.connect() as connection:
            now = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
            channels = await connection.scalar(
                select(func.count()).select_from(ChannelRow).where(ChannelRow.post_at.is_not(None))
            )
            paused = await connection.execute(
                select(ChannelRow.name, ChannelRow.paused)
                .where(ChannelRow.paused != "")
                .order_by(ChannelRow.id)
            )
            queued = await connection.scalar(
                select(func.count()).select_from(GradingJobRow).where(GradingJobRow.state == JobState.QUEUED)
            )
            deliveries = await connection.execute(
                select(func.count(), func.min(DeliveryRow.due_at)).where(waiting)
            )
            count, oldest = deliveries.one()
            lost = (DeliveryRow.state == DeliveryState.DEAD) & (DeliveryRow.finished_at > now - WEEK)
            dead = await connection.scalar(select(func.count()).select_from(DeliveryRow).where(lost))
            reasons = await connection.scalars(
                select(DeliveryRow.error).where(lost).order_by(DeliveryRow.finished_at.desc()).limit(3)
            )
            return Inspection(
                now=now,
                channels=channels or 0,
                paused=tuple((name, reason) for name, reason in paused),
                queued=queued or 0,
                deliveries=count,
                oldest_delivery=oldest,
                dead=dead or 0,
                dead_reasons=tuple(dict.fromkeys(reasons)),
            )
