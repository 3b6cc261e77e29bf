"""The driver's errors, translated at the door into those of the services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import exc

from bot.services.errors import ServiceError, Unavailable

TRY_AGAIN = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,  # the server shuts down or starts up
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.TransactionRollbackError,  # deadlock, serialisation
    OSError,
    TimeoutError,
)
"""Errors after which nothing is recorded and the same request may be sent again."""


class SchemaError(ServiceError):
    """The database's tables are not those of this program; the text says what to do."""


class SchemaTooNew(SchemaError):
    """A newer program has migrated this database."""


class SchemaTooOld(SchemaError):
    """The migrations of this program have not been run yet."""


def is_retryable(error: BaseException) -> bool:
    """Whether the error means that the database is away, busy or full rather than that we are wrong."""
    if isinstance(error, exc.TimeoutError):
        return True
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated or isinstance(error.driver_exception, TRY_AGAIN)
    return isinstance(error, TRY_AGAIN)


@contextmanager
def translated() -> Iterator[None]:
    """Raise ``Unavailable`` in place of the database's errors that a retry can mend; others pass."""
    try:
        yield
    except (exc.DBAPIError, exc.TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        if is_retryable(error):
            raise Unavailable(_detail(error)) from error
        raise


@contextmanager
def connecting() -> Iterator[None]:
    """As ``translated``, for code that does nothing but reach the server: its network errors count too."""
    try:
        with translated():
            yield
    except (OSError, asyncpg.PostgresError) as error:
        raise Unavailable(_detail(error)) from error


def _detail(error: BaseException) -> str:
    """For the log: the kind of error and its first line (no statement, no values)."""
    cause = error.driver_exception if isinstance(error, exc.DBAPIError) else error
    return f"{type(cause).__name__}: {str(cause).splitlines()[0] if str(cause) else ''}"
