"""Dialogs: the views that ask for code, for output, and for a channel's settings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.platforms.slack.blocks import (
    MOST_VIEW_BLOCKS,
    MOST_VIEW_CHARACTERS,
    Block,
    context,
    cut,
    fit,
    plain,
    words,
)
from bot.platforms.slack.events import Event
from bot.platforms.slack.markdown import markdown
from bot.services.cards import ChallengeCard, Notice

View = dict[str, Any]

TITLE = 24
INPUT = 3_000
"""Characters of a text field: Slack's own limit. Longer code comes as a file."""
METADATA = 3_000
CODE, FILES, OUTPUT = "code", "files", "output"
"""The ids of the fields."""
MOST_FILES = 10
"""Files of one file field: Slack's own limit."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a dialog was opened, carried in it: a submitted dialog itself does not say."""

    channel: str
    channel_name: str = ""
    response_url: str = ""
    about: str = ""
    """The challenge's key, or the posting."""

    def written(self) -> str:
        """As ``private_metadata``."""
        return json.dumps([self.channel, self.channel_name, self.response_url, self.about])[:METADATA]

    def place(self, event: Event) -> Event:
        """The event of the submitted dialog, moved to where the dialog was opened."""
        return replace(
            event,
            channel=self.channel or event.channel,
            channel_name=self.channel_name,
            response_url=self.response_url,
        )


def origin_of(event: Event, about: str) -> Origin:
    """Where this event happened."""
    return Origin(event.channel, event.channel_name[:200], event.response_url[:1_000], about[:300])


def read_origin(metadata: object) -> Origin:
    """Read ``private_metadata`` back; of another version's nothing is known."""
    try:
        values = json.loads(str(metadata))
        return Origin(*(str(value) for value in values[:4]))
    except (ValueError, TypeError, KeyError):
        return Origin("")


def view(title: str, blocks: Sequence[Block], *, callback: str = "", submit: str = "", **more: str) -> View:
    """A dialog inside Slack's limits; without ``submit`` it only tells something."""
    made: View = {
        "type": "modal",
        "title": plain(title, TITLE),
        "close": plain("Close", TITLE),
        "blocks": fit(blocks, most_blocks=MOST_VIEW_BLOCKS, most_characters=MOST_VIEW_CHARACTERS),
        **more,
    }
    if callback:
        made["callback_id"] = callback
    if submit:
        made["submit"] = plain(submit, TITLE)
    return made


def loading(title: str) -> View:
    """Opened at once, within the three seconds of a trigger; filled when the database has answered."""
    return view(title, [words("One moment…")])


def told(title: str, text: str, ok: bool = True) -> View:
    """A sentence."""
    notice = Notice(text, ok)
    return view(title, [markdown(notice.text) or words(notice.text)])


def code(card: ChallengeCard, origin: Origin, *, typed: str | None = None, refused: str = "") -> View:
    """The dialog to hand in code; after a refusal with what was typed and why it was refused."""
    starter = card.starter[0].text if len(card.starter) == 1 else ""
    initial = typed if typed is not None else starter
    blocks: list[Block] = []
    if refused:
        blocks += [markdown(f"**Not handed in.** {refused}") or words(refused)]
    blocks += [
        words(card.title, bold=True),
        {
            "type": "input",
            "block_id": CODE,
            "optional": True,
            "label": plain("Your code", 2_000),
            "element": {
                "type": "plain_text_input",
                "action_id": CODE,
                "multiline": True,
                "max_length": INPUT,
                **({"initial_value": initial} if 0 < len(initial) <= INPUT else {}),
            },
        },
        {
            "type": "input",
            "block_id": FILES,
            "optional": True,
            "label": plain("Or files, for more than 3,000 characters or several files", 2_000),
            "element": {"type": "file_input", "action_id": FILES, "max_files": MOST_FILES},
        },
        context(f"Graded as {card.entry}. Files win when both are given."),
    ]
    about = replace(origin, about=card.key)
    return view("Submit code", blocks, callback="code", submit="Submit", private_metadata=about.written())


def output(title: str, origin: Origin) -> View:
    """The dialog to type what a program prints."""
    field = {
        "type": "input",
        "block_id": OUTPUT,
        "label": plain("What does it print?", 2_000),
        "element": {
            "type": "plain_text_input",
            "action_id": OUTPUT,
            "multiline": True,
            "max_length": INPUT,
        },
    }
    return view(
        "Your answer",
        [words(cut(title, 300), bold=True), field],
        callback="output",
        submit="Answer",
        private_metadata=origin.written(),
    )


def field(submitted: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A field of a submitted view by its id; empty when it was not there."""
    values = (submitted.get("state") or {}).get("values") or {}
    found = (values.get(name) or {}).get(name)
    return found if isinstance(found, dict) else {}
