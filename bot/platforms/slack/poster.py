"""Rounds, recaps, verdicts and panels from the outbox into Slack, each of them once."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from bot.platforms.slack import cards
from bot.platforms.slack.client import FAILURES, Clients
from bot.platforms.slack.replies import error_name
from bot.platforms.slack.sending import Sending, retry_after
from bot.platforms.slack.uploads import Uploads
from bot.platforms.slack.workspaces import Workspaces
from bot.services.cards import Notice
from bot.services.errors import DeliveryFailed, Gone
from bot.services.ports import Clock, Outgoing

GONE = frozenset(
    {
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "no_permission",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "user_not_found",
        "account_inactive",
        "token_revoked",
        "team_access_not_granted",
    }
)
"""Errors that no later attempt mends by itself."""


class SlackPoster:
    """The services' ``Poster`` for Slack. Its client waits for nothing: the outbox comes again."""

    def __init__(self, clients: Clients, workspaces: Workspaces, clock: Clock) -> None:
        self._clients = clients
        self._workspaces = workspaces
        self._clock = clock
        self._uploads = Uploads(clients)

    async def send(self, message: Outgoing) -> str:
        """Send, and return the ``ts`` or what stands for it. Raises ``DeliveryFailed`` and ``Gone``."""
        workspace = await self._workspaces.get(message.community)
        if workspace is None:
            raise Gone("the app is not installed in this workspace any more")
        web = self._clients.web(workspace.token, wait_when_limited=False)
        sending = Sending(self._clients, web, self._uploads, self._clock)
        try:
            return await sending.send(message)
        except FAILURES as error:
            failed = failure(error)
            if isinstance(failed, Gone) and isinstance(message.card, Notice) and not message.member:
                return await self._to_owner(sending, message, message.card)
            raise failed from error

    @staticmethod
    async def _to_owner(sending: Sending, message: Outgoing, notice: Notice) -> str:
        try:
            return await sending.to_owner(message, cards.notice(notice))
        except FAILURES as error:
            raise failure(error) from error


def failure(error: BaseException) -> DeliveryFailed:
    """What a failed request means for the delivery."""
    name = error_name(error)
    if isinstance(error, SlackApiError):
        if getattr(error.response, "status_code", 200) == 429 or name in ("ratelimited", "rate_limited"):
            return DeliveryFailed(name, retry_after(getattr(error.response, "headers", {})))
        if name in GONE:
            return Gone(name)
    return DeliveryFailed(name)
