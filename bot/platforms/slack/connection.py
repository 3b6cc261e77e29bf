"""Whose token it is: with patience while Slack is away, and a clear word when the token is wrong."""

from __future__ import annotations

import asyncio
import logging

from slack_sdk.errors import SlackApiError

from bot.platforms.slack.client import FAILURES, Clients
from bot.platforms.slack.replies import error_name
from bot.platforms.slack.workspaces import Workspace

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
WRONG_TOKEN = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_allowed_token_type",
    }
)


class BadToken(Exception):
    """Slack does not take the token. The text says what to do."""


async def workspace_of(clients: Clients, token: str) -> Workspace:
    """The workspace of a bot token. Waits while Slack cannot be reached; raises ``BadToken``."""
    pause = FIRST_PAUSE_S
    while True:
        try:
            told = await clients.web(token).auth_test()
        except SlackApiError as error:
            if error_name(error) in WRONG_TOKEN:
                raise BadToken(
                    f"Slack does not take SLACK_BOT_TOKEN ({error_name(error)}): copy the"
                    " Bot User OAuth Token (xoxb-) from OAuth & Permissions of your app."
                ) from error
            log.warning("Slack does not answer as it should (%s); trying again", error_name(error))
        except FAILURES as error:
            log.warning("Slack cannot be reached (%s); trying again", type(error).__name__)
        else:
            return Workspace(
                team=str(told["team_id"]),
                name=str(told.get("team") or ""),
                bot_user=str(told["user_id"]),
                bot=str(told.get("bot_id") or ""),
                token=token,
            )
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_S)
