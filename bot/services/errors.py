"""The one exception tree of the services. A platform shows ``str(error)`` and needs to know no more.

Every text says what to do. Storage translates its driver's errors into these at its own door.
"""

from __future__ import annotations


class ServiceError(Exception):
    """Everything that services and their adapters raise on purpose."""


class Refusal(ServiceError):
    """A clear no to one person. ``code`` is stable (for tests and logs), ``text`` is shown to them."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class NotFound(Refusal):
    """What was named does not exist here (any more)."""


class Closed(Refusal):
    """The round is over."""


class NotAllowed(Refusal):
    """Not for this person."""


class BadCode(Refusal):
    """What was handed in is not code that can be graded."""


class TooMuch(Refusal):
    """Too large, too often, or too many at once."""


class BadSetting(Refusal):
    """A setting that cannot be used: an unknown zone, a day that is none."""


class Unavailable(Refusal):
    """The database is away. Nothing was recorded; the same request may be sent again."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(
            "unavailable",
            "Warmup's database is not answering. Nothing is lost: please try again in a moment.",
        )
        self.detail = detail
        """For the log; never shown."""


class ClockSkew(ServiceError):
    """This machine's clock and the database's differ by too much to open rounds."""


class Unsealed(ServiceError):
    """A secret in the database that none of the keys opens. The text says what to look at."""


class DeliveryFailed(ServiceError):
    """A platform did not take a message this time; it is tried again later."""

    def __init__(self, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s
        """What the platform asked for (a 429), if it did."""


class Gone(DeliveryFailed):
    """The channel was deleted or the permission is gone: trying again is useless."""


class RoleRefused(ServiceError):
    """A platform does not let us give or take a role; the text says what an admin has to do."""
