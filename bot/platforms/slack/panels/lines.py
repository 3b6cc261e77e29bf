"""The line of text after a slash command, read as the options of a panel's command.

Options come as ``name:value`` anywhere, or in their order; the last text option takes the rest of the line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.platforms.slack.arguments import shown
from bot.platforms.slack.typed import MEMBER, as_typed
from bot.services.errors import Refusal
from bot.services.panels import Option, OptionKind, PanelCommand

SHOW = "show"
"""The word of a group that is meant when none is typed."""
NAMED = re.compile(r'(?<!\S)(?P<name>[A-Za-z][\w-]*):(?P<value>["“”][^"“”]*["“”]|\S+)')


def find(commands: Sequence[PanelCommand], name: str, text: str) -> tuple[PanelCommand, str] | None:
    """The command that ``/name text`` means, and the rest of its line; None when panels have none."""
    first, _, rest = text.strip().partition(" ")
    word = first.strip().casefold() or SHOW
    for command in commands:
        if command.name == name and command.word and command.word == word:
            return command, rest.strip()
    for command in commands:
        if command.name == name and not command.word:
            return command, text.strip()
    return None


def words_of(commands: Sequence[PanelCommand], name: str) -> list[str]:
    """The words that follow a group's name."""
    return [command.word for command in commands if command.name == name and command.word]


def usage(command: PanelCommand) -> str:
    """What may follow the command's name: ``word <needed> [optional]``."""
    parts = [command.word] if command.word else []
    for option in command.options:
        if option.kind is OptionKind.MEMBER:
            told = "@member"
        else:
            told = "|".join(option.choices) if 0 < len(option.choices) <= 6 else option.name
        parts.append(f"<{told}>" if option.required else f"[{told}]")
    return " ".join(parts)


def read(command: PanelCommand, text: str, typed: str) -> dict[str, str]:
    """The options' values by name. ``typed`` is how the person typed the command, for advice.

    Raises ``Refusal`` for what is missing, not among the choices, no number, or too much.
    """
    known = {option.name: option for option in command.options if option.kind is not OptionKind.FILE}
    values: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        option = known.get(found["name"].casefold())
        if option is None or option.name in values:
            return found[0]
        values[option.name] = found["value"].strip('"“”')
        return " "

    rest = NAMED.sub(named, text)
    left = [option for option in known.values() if option.name not in values]
    for option in left:
        if option.kind is OptionKind.MEMBER and (member := MEMBER.search(rest)):
            values[option.name] = member[0]
            rest = f"{rest[: member.start()]} {rest[member.end() :]}"
    left = [option for option in left if option.kind is not OptionKind.MEMBER]
    over = _in_order(left, as_typed(rest), values)
    if over:
        told = f"I do not know what `{shown(over)}` means here. Type it as `{typed}`."
        raise Refusal("bad_argument", told)
    for option in known.values():
        if option.required and not values.get(option.name, "").strip():
            told = option.summary.rstrip(".")
            raise Refusal("missing_argument", f"`{option.name}` is missing: {told}. Type it as `{typed}`.")
    return {name: _checked(known[name], value, typed) for name, value in values.items()}


def _in_order(options: Sequence[Option], text: str, values: dict[str, str]) -> str:
    """Give each option its words; the last one that takes any text gets what is left. What nobody takes."""
    free = [at for at, option in enumerate(options) if option.kind is OptionKind.TEXT and not option.choices]
    last = free[-1] if free else len(options)
    for option in options[:last]:
        word, _, rest = text.lstrip().partition(" ")
        if word and (option.required or _suits(option, word)):
            values[option.name], text = word, rest
    for option in reversed(options[last + 1 :]):
        rest, _, word = text.rstrip().rpartition(" ")
        if word and (_suits(option, word) if rest or not options[last].required else False):
            values[option.name], text = word, rest
    if last < len(options) and text.strip():
        values[options[last].name] = text.strip()
        return ""
    return text.strip()


def _suits(option: Option, word: str) -> bool:
    if option.choices:
        return word.casefold() in {choice.casefold() for choice in option.choices}
    return option.kind is not OptionKind.NUMBER or bool(re.fullmatch(r"-?[0-9]{1,9}", word))


def _checked(option: Option, value: str, typed: str) -> str:
    value = value.strip()
    if option.kind is OptionKind.MEMBER:
        found = MEMBER.search(value)
        if found is None:
            raise Refusal("no_member", f"Mention the member, as in `{typed.partition(' ')[0]} @ada`.")
        return found["id"]
    value = as_typed(value)
    if option.choices:
        for choice in option.choices:
            if choice.casefold() == value.casefold():
                return choice
        listed = ", ".join(f"`{choice}`" for choice in option.choices[:20])
        raise Refusal("bad_argument", f"`{option.name}` is one of {listed}, not `{shown(value)}`.")
    if not _suits(option, value):
        raise Refusal("bad_argument", f"`{option.name}` is a number, not `{shown(value)}`.")
    return value
