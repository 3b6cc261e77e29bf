"""What people read, in their language: sentences written in English once, and catalogues of translations.

A sentence is its own key. Services say theirs in English: plainly where nothing changes in them, with ``say``
or ``amount`` where something does; both are strings. A platform knows its reader's language, draws
``speaking`` it, and gives every sentence through ``tr``. What no catalogue has stays English.
"""

from bot.locales.languages import LANGUAGES, language_of, speaking, spoken
from bot.locales.sentences import Said, amount, msgid, say, tr

__all__ = ["LANGUAGES", "Said", "amount", "language_of", "msgid", "say", "speaking", "spoken", "tr"]
