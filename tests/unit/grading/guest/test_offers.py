"""What a job hears about packages that it may not import."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.grading.guest.offers import Offers


def test_an_undeclared_package_names_those_on_offer(tmp_path: Path) -> None:
    offers = Offers(["sqlalchemy"], ["sqlalchemy", "greenlet"], str(tmp_path))
    with pytest.raises(ModuleNotFoundError) as refused:
        offers.find_spec("numpy")
    assert (
        str(refused.value)
        == "No module named 'numpy': this challenge offers the standard library and sqlalchemy"
    )
    assert refused.value.name == "numpy"


def test_what_is_on_offer_is_found(tmp_path: Path) -> None:
    (tmp_path / "greenlet.py").write_text("")
    spec = Offers(["sqlalchemy"], ["greenlet"], str(tmp_path)).find_spec("greenlet")
    assert spec is not None
    assert spec.origin == str(tmp_path / "greenlet.py")


def test_submodules_and_the_standard_library_are_left_to_others(tmp_path: Path) -> None:
    offers = Offers([], [], str(tmp_path))
    assert offers.find_spec("curses") is None
    assert offers.find_spec("numpy.linalg", ["/x"]) is None
