"""What people write as ``DATABASE_URL``, made into what the driver reads."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.services.errors import BadSetting

SCHEMES = frozenset({"postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"})
LIBPQ_ONLY = frozenset(
    {
        "channel_binding",
        "connect_timeout",
        "gssencmode",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "load_balance_hosts",
        "tcp_user_timeout",
    }
)
"""Options of libpq that asyncpg would send to the server as settings, which then refuses the connection."""


def normalise(url: str) -> str:
    """A connection URL as asyncpg reads it: ``postgresql://``, its own options (such as ``sslmode``) kept.

    Takes the spellings of hosting services (``postgres://``) and of SQLAlchemy (``postgresql+asyncpg://``).
    Raises ``BadSetting`` for anything that is no PostgreSQL URL; the text holds no password.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in SCHEMES:
        raise BadSetting(
            "database_url",
            "DATABASE_URL has to look like postgresql://user:password@host:5432/database"
            f" (it starts with {parts.scheme or 'no scheme'}).",
        )
    options = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in LIBPQ_ONLY
    ]
    return urlunsplit(("postgresql", parts.netloc, parts.path or "/", urlencode(options, safe="/"), ""))
