"""Sentences that know how they were made, so that they can be made again in another language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.locales.languages import catalogue, spoken


class Said(str):
    """An English sentence; ``tr`` makes it anew from its pattern and values."""

    __slots__ = ("number", "pattern", "patterns", "values")

    pattern: str
    patterns: str
    """The pattern for several things; empty when nothing is counted."""
    number: int
    values: Mapping[str, Any]

    @classmethod
    def of(cls, pattern: str, patterns: str, number: int, values: Mapping[str, Any]) -> Said:
        """The sentence in English."""
        said = cls((patterns if patterns and number != 1 else pattern).format_map(values))
        said.pattern, said.patterns, said.number, said.values = pattern, patterns, number, values
        return said


def say(pattern: str, **values: Any) -> Said:
    """A sentence with values where the pattern has their names in braces; values may be sentences again."""
    return Said.of(pattern, "", 0, values)


def amount(number: int, unit: str) -> Said:
    """``1 point``, ``2,000 points``: the unit in the singular, its plural with an s."""
    return Said.of(f"{{n}} {unit}", f"{{n}} {unit}s", number, {"n": f"{number:,}"})


def msgid(sentence: str) -> str:
    """The sentence itself: says that it is given through ``tr`` later, where it is not seen to be one."""
    return sentence


def tr(sentence: str, **values: Any) -> str:
    """The sentence in the language that is spoken, with its values; English when it has no translation."""
    if spoken() == "en":
        return sentence.format_map(values) if values else sentence
    known = catalogue(spoken())
    if isinstance(sentence, Said):
        values = dict(sentence.values)
        if sentence.patterns:
            pattern = known.ngettext(sentence.pattern, sentence.patterns, sentence.number)
        else:
            pattern = known.gettext(sentence.pattern)
    else:
        pattern = known.gettext(sentence) if sentence else ""
        if not values:
            return pattern
    return pattern.format_map({name: _inner(value) for name, value in values.items()})


def _inner(value: Any) -> Any:
    return tr(value) if isinstance(value, Said) else value
