"""Secrets in the database, encrypted by Fernet (AES-128-CBC with HMAC-SHA256) under keys from the settings.

The first key seals; every key opens. So a key is changed by putting the new one in front, sealing everything
again, and taking the old one away. https://cryptography.io/en/latest/fernet/#cryptography.fernet.MultiFernet
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.services.errors import Unsealed


class BadKey(ValueError):
    """A key that is none. The text says how to make one, and never what was given."""


class FernetSeal:
    """The services' ``Seal``. Raises ``BadKey`` for no key, and for one that is not 32 bytes in base64."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise BadKey("there is no key to encrypt tokens with: make one with `./warmup slack key`")
        try:
            self._keys = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise BadKey("a key is not as `./warmup slack key` makes it: 44 characters of base64") from None

    def seal(self, secret: str) -> str:
        """Encrypt with the first key; never the same text twice."""
        return self._keys.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Decrypt with whichever key fits. Raises ``Unsealed``."""
        try:
            return self._keys.decrypt(sealed).decode()
        except InvalidToken:
            raise Unsealed(
                "no key opens what is kept: is the old key missing in WARMUP_TOKEN_KEYS?"
            ) from None


def new_key() -> str:
    """A key from the system's randomness."""
    return Fernet.generate_key().decode()
