"""Custom ids hold everything, inside the limit, over releases."""

from __future__ import annotations

import pytest

from bot.platforms.discord.buttons import LONGEST_ID, Action, Press, read


@pytest.mark.parametrize("action", Action)
def test_what_is_written_is_read(action):
    press = Press(action, ("42", "B"), "nonce-1")
    assert read(str(press)) == press


def test_the_longest_key_and_nonce_have_room():
    text = str(Press(Action.SUBMIT, ("k" * 100,), "n" * 25))
    assert len(text) <= LONGEST_ID
    assert read(text).text(0) == "k" * 59 + "*"


@pytest.mark.parametrize("custom_id", ["", "a:1", "0:a:7:B", "2:a:7:B", "1:zz:7", "answer_7_B"])
def test_what_another_release_wrote_is_nothing_of_ours(custom_id):
    assert read(custom_id) is None


@pytest.mark.parametrize("argument", ["", "x", "-1", "9" * 30, "٣"])
def test_a_number_that_is_none_is_zero(argument):
    assert Press(Action.ANSWER, (argument,)).number(0) == 0
