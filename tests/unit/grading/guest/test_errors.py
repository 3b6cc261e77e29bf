"""What an exception tells a member: their own files and lines, and nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.grading.guest.bridge.serve import describe_error
from bot.grading.guest.errors import describe


def raised(path: Path, ours: str) -> BaseException:
    """What comes of a member's file that calls code which was loaded under the name ``ours``."""
    path.write_text("def solve():\n    ours()\n")
    space: dict = {}
    exec(compile("def ours():\n    raise ValueError('no')\n", ours, "exec"), space)
    exec(compile(path.read_text(), str(path), "exec"), space)
    with pytest.raises(ValueError, match="no") as caught:
        space["solve"]()
    return caught.value


@pytest.mark.parametrize("told", [describe, describe_error])
@pytest.mark.parametrize("ours", ["/elsewhere/offers.py", "{home}/clone/offers.py"])
def test_the_line_is_the_members_wherever_the_checkout_lies(tmp_path, told, ours):
    # The job's /tmp covers the machine's, so a checkout there has a name like a file of the job's.
    error = raised(tmp_path / "solution.py", ours.format(home=tmp_path))
    facts = told(error, str(tmp_path))
    assert (facts["file"], facts["line"]) == ("solution.py", 2)
    assert "offers" not in facts["trace"]


@pytest.mark.parametrize("told", [describe, describe_error])
def test_a_syntax_error_has_its_line_and_a_caret(tmp_path, told):
    path = tmp_path / "solution.py"
    path.write_text("x = 1\nx = = 2\n")
    with pytest.raises(SyntaxError) as caught:
        compile(path.read_text(), str(path), "exec")
    facts = told(caught.value, str(tmp_path))
    assert (facts["file"], facts["line"]) == ("solution.py", 2)
    assert facts["caret"].splitlines()[1].index("^") == 4
