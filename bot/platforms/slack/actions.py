"""The ids of buttons and dialogs: written here, read back here, and nowhere else.

An id is words separated by ``|``; the first one says what it does. Ids of an older version that are none
any more read as ``None``, and the person is told so. They hold no secret: whoever presses is checked again.
"""

from __future__ import annotations

from bot.domain.boards import Scope
from bot.services.cards import Period

LONGEST = 255
"""Characters of an action id that Slack takes."""


def answer(posting: int, letter: str) -> str:
    """Answer a question with one letter."""
    return f"answer|{posting}|{letter}"


def tick(posting: int) -> str:
    """Tick boxes of a question with several right options; nothing happens until ``confirm``."""
    return f"tick|{posting}"


def ticks_block(posting: int) -> str:
    """The block whose state holds the boxes ticked."""
    return f"ticks|{posting}"


def confirm(posting: int) -> str:
    """Answer with the boxes ticked."""
    return f"confirm|{posting}"


def type_output(posting: int) -> str:
    """Open the dialog to type what a program prints."""
    return f"type|{posting}"


def submit(challenge: str) -> str:
    """Open the dialog to hand in code."""
    return f"submit|{challenge}"[:LONGEST]


def hint(challenge: str) -> str:
    """Take the next hint."""
    return f"hint|{challenge}"[:LONGEST]


def board(period: Period, page: int, scope: Scope = Scope.COMMUNITY, topic: str = "") -> str:
    """Show another page of the leaderboard."""
    return f"board|{period}|{page}|{scope}|{topic}"[:LONGEST]


def board_period(scope: Scope = Scope.COMMUNITY, topic: str = "") -> str:
    """Show another period of the leaderboard, chosen in a menu."""
    return f"period|{scope}|{topic}"[:LONGEST]


def show_question(posting: int) -> str:
    """Show a question in a dialog."""
    return f"question|{posting}"


def show_challenge(challenge: str) -> str:
    """Show a challenge in a dialog."""
    return f"challenge|{challenge}"[:LONGEST]


def home_quiz() -> str:
    """Ask for a question from App Home."""
    return "quiz"


def home_setup() -> str:
    """Set daily rounds up from App Home, for a channel chosen in the dialog."""
    return "setup"


def open_panel(name: str, word: str) -> str:
    """Open a command's panel from App Home, in a dialog."""
    return f"open|{name}|{word}"


def read(action_id: str) -> tuple[str, tuple[str, ...]]:
    """What an id says to do, and with what."""
    name, *rest = action_id.split("|")
    return name, tuple(rest)


def panel(place: str) -> str:
    """Press a button of a panel; its value is the press's key, ``place`` tells it from its neighbours."""
    return f"panel|{place}"


def panel_form(place: str) -> str:
    """Open the form of a panel's button, whose value is the press's key."""
    return f"ask|{place}"


def spoiler(number: int) -> str:
    """Show what a button of a panel hides; its value holds it."""
    return f"spoiler|{number}"
