"""Which language is spoken at the moment, and its catalogue."""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

CATALOGUES = Path(__file__).parent / "catalogues"
LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "ja": "日本語"}
"""Every language, by its code, in its own words."""

_spoken: ContextVar[str] = ContextVar("spoken", default="en")


def language_of(locale: str) -> str:
    """The language nearest to a platform's locale (``es-419``, ``de_AT``): English when there is none."""
    code = locale.replace("_", "-").partition("-")[0].lower()
    return code if code in LANGUAGES else "en"


def spoken() -> str:
    """The language of whatever is drawn at the moment."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything said inside is in this language."""
    token = _spoken.set(language if language in LANGUAGES else "en")
    try:
        yield
    finally:
        _spoken.reset(token)


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The translations of a language, read when it is first spoken. English needs none."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return gettext.NullTranslations()
    import polib

    return gettext.GNUTranslations(io.BytesIO(polib.pofile(str(path)).to_binary()))
