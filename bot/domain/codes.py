"""One-time codes: short enough to type on a phone, kept only as a digest, gone after ten minutes.

Forty bits are enough because guesses are few: five wrong ones in ten minutes and no more is looked at, and a
code is there for ten minutes only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that looks like a digit, none that makes a word by chance with U."""
LETTERS = 8
LIFE = timedelta(minutes=10)
MOST_FAILURES = 5
"""Wrong codes of one member within ``LIFE``."""

_MISREAD = str.maketrans("OIL", "011")


def new_code(random_bytes: Callable[[int], bytes]) -> str:
    """A code from a source of random bytes, shown in two groups: ``7KQM-2XPD``."""
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in random_bytes(LETTERS))
    return f"{letters[:4]}-{letters[4:]}"


def digest_of(typed: str) -> str:
    """The digest of a code however it was typed: small letters, spaces, O for 0; empty for no code."""
    letters = "".join(typed.upper().translate(_MISREAD).replace("-", "").split())
    if len(letters) != LETTERS or set(letters) - set(ALPHABET):
        return ""
    return hashlib.sha256(f"warmup one-time code {letters}".encode()).hexdigest()
