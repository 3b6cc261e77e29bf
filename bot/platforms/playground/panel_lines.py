"""Panels' commands as lines of text: ``/name word first second name:value``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.platforms.playground.commands import Choices, Command, person_named, shown, suggestion
from bot.services.errors import Refusal
from bot.services.panels import Option, OptionKind, PanelCommand

MEMBERS = "people"
"""The group of choices that a member is named from."""

SHOWN_FIRST = "show"
"""The word of a group that its name alone stands for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is a panel's command: which one, and its options by name."""

    command: PanelCommand
    values: dict[str, str]


def group_of(command: PanelCommand, option: Option) -> str:
    """The group of choices that completes the option; empty when nothing does."""
    if option.choices:
        return f"{command.full_name} {option.name}"
    return MEMBERS if option.kind is OptionKind.MEMBER else option.completes


def completed(command: PanelCommand) -> Command:
    """The command as the completion shows it."""
    groups = (group_of(command, option) for option in command.options if option.kind is not OptionKind.FILE)
    return Command(
        command.full_name, command.usage, command.summary, tuple(group for group in groups if group)
    )


def read_line(line: str, commands: Sequence[PanelCommand], choices: Choices) -> Line | None:
    """The panel's command in a line that begins with a slash; None when it is none of them.

    Raises ``Refusal`` with advice when a word or an option is missing or wrong.
    """
    found = re.match(r"/\s*(\S+)[ \t]*(.*)", line.strip(), re.DOTALL)
    named = [command for command in commands if found and command.name == found[1].casefold()]
    if found is None or not named:
        return None
    rest = found[2]
    first = re.match(r"(\S*)\s*(.*)", rest, re.DOTALL)
    word = first[1].casefold() if first else ""
    for command in named:
        if command.word and command.word == word:
            return Line(command, _options(command, first[2] if first else "", choices))
    alone = next((command for command in named if not command.word), None)
    if alone is not None:
        return Line(alone, _options(alone, rest, choices))
    if not word:
        shown_first = next((command for command in named if command.word == SHOWN_FIRST), None)
        if shown_first is not None:
            return Line(shown_first, {})
    words = [command.word for command in named]
    raise Refusal(
        "unknown_word",
        f"`/{named[0].name}` goes on with {_either(words)}" + (suggestion(word, words) if word else "."),
    )


def _either(words: Sequence[str]) -> str:
    return " or ".join(f"`{word}`" for word in words)


def _options(command: PanelCommand, rest: str, choices: Choices) -> dict[str, str]:
    typed = [option for option in command.options if option.kind is not OptionKind.FILE]
    rest, values = _named(typed, rest, choices)
    left = [option for option in typed if option.name not in values]
    for option in left:
        if not rest.strip():
            break
        taken, after = _take(option, rest.strip(), choices, last=option is left[-1])
        value = _fitting(option, taken, choices)
        if value is None:
            if option.required:
                raise _wrong(command, option, taken, choices)
            continue
        values[option.name], rest = value, after
    if rest.strip():
        raise _not_understood(command, rest, choices)
    for option in typed:
        if option.required and option.name not in values:
            raise Refusal("missing_option", f"That needs {option.name}: `{command.usage}`")
    return values


def _named(options: Sequence[Option], rest: str, choices: Choices) -> tuple[str, dict[str, str]]:
    """What stands before the first ``name:``, and the values of those that are given by name."""
    names = {option.name.casefold(): option for option in options}
    if not names:
        return rest, {}
    pattern = rf"(?:^|(?<=\s))({'|'.join(map(re.escape, names))}):"
    parts = re.split(pattern, rest, flags=re.IGNORECASE)
    values = {}
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        option = names[name.casefold()]
        value = _fitting(option, text.strip().strip('"'), choices)
        if value is None:
            raise Refusal("bad_option", _told(option, text, choices))
        values[option.name] = value
    return parts[0], values


def _take(option: Option, rest: str, choices: Choices, *, last: bool) -> tuple[str, str]:
    """The option's part of what is left, and the rest: a quoted phrase, a name, a word, or all of it."""
    quoted = re.match(r'"([^"]*)"\s*(.*)', rest, re.DOTALL)
    if quoted:
        return quoted[1], quoted[2]
    if option.kind is OptionKind.MEMBER:
        for _, name in sorted(choices.people, key=lambda person: -len(person[1])):
            start = re.match(rf"@?{re.escape(name)}(?=\s|$)", rest, re.IGNORECASE)
            if start:
                return start[0], rest[start.end() :].lstrip()
    if last and option.kind is OptionKind.TEXT and not option.choices:
        return rest, ""
    word, *after = rest.split(maxsplit=1)
    return word, after[0] if after else ""


def _fitting(option: Option, text: str, choices: Choices) -> str | None:
    """The value, or None when the option cannot be that."""
    if option.kind is OptionKind.MEMBER:
        return person_named(text, choices)
    if option.kind is OptionKind.NUMBER:
        return text if re.fullmatch(r"-?\d{1,9}", text, re.ASCII) else None
    if option.choices:
        return next((choice for choice in option.choices if choice.casefold() == text.casefold()), None)
    return text or None


def _told(option: Option, text: str, choices: Choices) -> str:
    match option.kind:
        case OptionKind.MEMBER:
            names = [name for _, name in choices.people]
            return f"There is nobody called `{shown(text)}`{suggestion(text, names)}"
        case OptionKind.NUMBER:
            return f"{option.name} is a number, not `{shown(text)}`."
        case _:
            either = _either(option.choices)
            return f"{option.name} is {either}, not `{shown(text)}`{suggestion(text, option.choices)}"


def _wrong(command: PanelCommand, option: Option, text: str, choices: Choices) -> Refusal:
    return Refusal("bad_option", f"{_told(option, text, choices)} It is typed `{command.usage}`.")


def _not_understood(command: PanelCommand, rest: str, choices: Choices) -> Refusal:
    bound = [option for option in command.options if option.choices or option.kind is not OptionKind.TEXT]
    if len(bound) == 1 and bound[0].kind is not OptionKind.FILE:
        return _wrong(command, bound[0], rest.split()[0], choices)
    return Refusal("bad_option", f"I do not understand `{shown(rest)}`: it is typed `{command.usage}`.")
