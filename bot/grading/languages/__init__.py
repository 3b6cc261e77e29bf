"""How to run one language: what goes into the sandbox, and what its report says.

A further language is one module here with a ``Language``, its entry point in ``bot/grading/guest``
and its line in ``LANGUAGES``.
"""

from __future__ import annotations

from bot.grading.languages.language import Language, UnknownLanguage
from bot.grading.languages.python import Python
from bot.grading.languages.sql import Sql

LANGUAGES: dict[str, Language] = {"python": Python(), "sql": Sql()}
"""By the name that a challenge's ``language`` has."""


def language(name: str) -> Language:
    """The language called ``name``.

    Raises:
        UnknownLanguage: there is none.
    """
    try:
        return LANGUAGES[name]
    except KeyError:
        raise UnknownLanguage(f"no language {name!r}: there are {', '.join(sorted(LANGUAGES))}") from None


__all__ = ["LANGUAGES", "Language", "UnknownLanguage", "language"]
