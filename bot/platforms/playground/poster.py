"""Rounds, recaps and verdicts from the outbox into the channel."""

from __future__ import annotations

from bot.platforms.playground.messages import Draft, History
from bot.services.ports import Outgoing


class PlaygroundPoster:
    """The services' ``Poster`` for the playground.

    A post carries the delivery's nonce, so that sending it twice gives one message; a verdict replaces its
    receipt. ``Unavailable`` (the history is in the same database) passes through: it is tried again.
    """

    def __init__(self, history: History) -> None:
        self._history = history

    async def send(self, message: Outgoing) -> str:
        """Put the card into the channel and return the message's id."""
        if message.reply is not None and message.reply.message.isdigit():
            receipt = await self._history.get(int(message.reply.message))
            if receipt is not None and receipt.private_to == message.member:
                await self._history.edit(receipt, message.card, even_if_changed=True)
                return str(receipt.id)
        draft = Draft(
            channel=message.channel,
            body=message.card,
            private_to=message.member or None,
        )
        return str((await self._history.add(draft, nonce=f"delivery:{message.nonce}")).id)
