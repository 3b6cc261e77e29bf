"""What every question and challenge has."""

import pytest

from bot.domain.content import Difficulty, Meta


@pytest.mark.parametrize(
    ("title", "most", "shown"),
    [
        ("A default that remembers", 48, "A default that remembers"),
        ("exactly", 7, "exactly"),
        ("A payment request times out on the client", 20, "A payment request…"),
        ("A payment request, timed out", 19, "A payment request…"),
        ("one two", 4, "one…"),
        ("Donaudampfschifffahrt", 8, "Donauda…"),
    ],
)
def test_a_title_is_cut_after_a_word_and_says_so(title, most, shown):
    meta = Meta(key="k", title=title, topic="t", difficulty=Difficulty.EASY)
    assert meta.title_within(most) == shown
    assert len(shown) <= most
