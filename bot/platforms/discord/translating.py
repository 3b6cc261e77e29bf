"""What Discord lists of the commands, in every language there is: descriptions, options, choices."""

from __future__ import annotations

from discord import Locale, app_commands
from discord.app_commands import TranslationContextLocation, TranslationContextTypes, locale_str

from bot.locales import language_of, speaking, tr

NAMES = frozenset({TranslationContextLocation.command_name, TranslationContextLocation.group_name})
"""Commands are called the same in every language, as texts name them."""


class Translator(app_commands.Translator):
    """Looks descriptions up in the catalogues; what is named there in English only stays English."""

    async def translate(
        self, string: locale_str, locale: Locale, context: TranslationContextTypes
    ) -> str | None:
        """The text in Discord's locale; None where it would be the English one."""
        language = language_of(locale.value)
        if language == "en" or context.location in NAMES:
            return None
        if context.location is TranslationContextLocation.parameter_name:
            return None
        with speaking(language):
            translated = tr(string.message)
        return translated if translated != string.message else None
