"""The app manifest: everything that Slack has to know about the app, made from what the program has.

``warmup slack manifest`` prints it as JSON, to be pasted at https://api.slack.com/apps.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bot.platforms.slack.app import SHORTCUT
from bot.platforms.slack.commands import Names, slash_commands
from bot.services.panels import PanelCommand

EVENTS = ("app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked", "user_change")
"""What the app listens to."""
SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "chat:write",
    "chat:write.public",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "im:history",
    "im:write",
    "users:read",
)
"""Rights of the bot token. Histories are read only to find the bot's own messages again,
for which a public channel has to be joined."""


def manifest(
    panels: Sequence[PanelCommand], names: Names | None = None, url: str = "", redirect: str = ""
) -> dict[str, Any]:
    """The manifest; with ``url`` (``https://host/slack/events``) for HTTP mode, else for Socket Mode.

    With ``redirect`` (``https://host/slack/oauth_redirect``) workspaces install the
    app by OAuth. ``panels`` are the commands of the services' panels.
    """
    names = names or Names()
    address = {"url": url} if url else {}
    requests = {"request_url": url} if url else {}
    return {
        "display_information": {
            "name": "Warmup",
            "description": "A question and a code challenge each day, graded at once.",
            "background_color": "#1f3a34",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Warmup", "always_online": True},
            "shortcuts": [
                {
                    "name": "Submit for grading",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Hand in the code of this message",
                }
            ],
            "slash_commands": [
                {
                    "command": names.slash(command),
                    "description": command.summary,
                    "usage_hint": command.hint,
                    "should_escape": command.mentions,
                    **address,
                }
                for command in slash_commands(panels)
            ],
        },
        "oauth_config": {
            **({"redirect_urls": [redirect]} if redirect else {}),
            "scopes": {"bot": list(SCOPES)},
        },
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS), **requests},
            "interactivity": {"is_enabled": True, **requests},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def as_json(
    panels: Sequence[PanelCommand], names: Names | None = None, url: str = "", redirect: str = ""
) -> str:
    """The manifest as people paste it."""
    return json.dumps(manifest(panels, names, url, redirect), indent=2) + "\n"
