"""The spellings of a database URL."""

import pytest

from bot.services.errors import BadSetting
from bot.storage.address import normalise


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgres://u:p@host/db", "postgresql://u:p@host/db"),
        ("postgresql+asyncpg://u@host:5433/db", "postgresql://u@host:5433/db"),
        ("postgresql://host/db?sslmode=require", "postgresql://host/db?sslmode=require"),
        (
            "postgresql://host/db?sslmode=require&channel_binding=require&keepalives=1",
            "postgresql://host/db?sslmode=require",
        ),
        ("postgresql://warmup@/warmup?host=/tmp/s", "postgresql://warmup@/warmup?host=/tmp/s"),
        (" postgresql://host/db\n", "postgresql://host/db"),
    ],
)
def test_the_driver_gets_what_it_reads(given: str, driver: str) -> None:
    assert normalise(given) == driver


@pytest.mark.parametrize("given", ["mysql://u:secret@host/db", "secret", "", "sqlite:///secret.db"])
def test_another_kind_of_url_is_refused_without_telling_it(given: str) -> None:
    with pytest.raises(BadSetting, match="postgresql://user:password@host") as refusal:
        normalise(given)
    assert "secret" not in str(refusal.value)
