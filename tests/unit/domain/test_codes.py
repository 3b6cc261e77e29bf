"""One-time codes: typed as people type, told apart, never read back."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.codes import ALPHABET, digest_of, new_code


def test_a_code_is_two_groups_of_four_that_nobody_misreads() -> None:
    code = new_code(os.urandom)
    assert len(code) == 9
    assert code[4] == "-"
    assert not set(code.replace("-", "")) & set("ILOU")


@pytest.mark.parametrize("typed", ["01AB-CD2Z", "01abcd2z", " oiab cd2z ", "O1-AB-CD-2Z", "0lab-cd2z"])
def test_a_code_is_known_however_it_is_typed(typed: str) -> None:
    assert digest_of(typed) == digest_of("01AB-CD2Z") != ""


@given(st.binary(min_size=8, max_size=8))
def test_every_code_has_a_digest_of_its_own_that_does_not_show_it(noise: bytes) -> None:
    code = new_code(lambda _: noise)
    digest = digest_of(code)
    assert len(digest) == 64
    assert code.replace("-", "").lower() not in digest
    flipped = bytes([noise[0] ^ 1, *noise[1:]])
    assert digest_of(new_code(lambda _: flipped)) != digest


@given(st.text(max_size=20))
def test_anything_else_is_no_code(typed: str) -> None:
    digest = digest_of(typed)
    letters = [letter for letter in typed.upper() if not letter.isspace() and letter != "-"]
    assert bool(digest) == (len(letters) == 8 and set(letters) <= set(ALPHABET + "OIL"))
