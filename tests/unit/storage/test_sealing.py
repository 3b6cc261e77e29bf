"""Sealing: nothing of the secret shows, the first key seals, every key opens, and bad keys are refused."""

from __future__ import annotations

import pytest

from bot.services.errors import Unsealed
from bot.storage.sealing import BadKey, FernetSeal, new_key


def test_what_is_sealed_shows_nothing_and_opens_again() -> None:
    seal = FernetSeal([new_key()])
    sealed = seal.seal("xoxb-secret")
    assert "secret" not in sealed
    assert seal.seal("xoxb-secret") != sealed
    assert seal.open(sealed) == "xoxb-secret"


def test_keys_rotate() -> None:
    old, new = new_key(), new_key()
    sealed = FernetSeal([old]).seal("x")
    both = FernetSeal([new, old])
    assert both.open(sealed) == "x"
    assert FernetSeal([new]).open(both.seal("x")) == "x"


@pytest.mark.parametrize("sealed", ["", "nonsense", "gAAAAA"])
def test_what_no_key_opens_is_told_without_it(sealed: str) -> None:
    with pytest.raises(Unsealed, match="WARMUP_TOKEN_KEYS"):
        FernetSeal([new_key()]).open(sealed)
    with pytest.raises(Unsealed):
        FernetSeal([new_key()]).open(FernetSeal([new_key()]).seal("x"))


@pytest.mark.parametrize("keys", [[], ["short"], ["é" * 44], ["A" * 43]])
def test_without_a_good_key_there_is_no_seal_and_the_text_says_how_to_make_one(keys: list[str]) -> None:
    with pytest.raises(BadKey, match="warmup slack key") as refused:
        FernetSeal(keys)
    assert all(key not in str(refused.value) for key in keys)
