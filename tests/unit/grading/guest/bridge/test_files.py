"""The folders that both sides have: what the other side changes there is bounded before it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.grading.guest.bridge.files import MOST_BYTES, MOST_FILES, Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    files = Files()
    files.watch([str(tmp_path)])
    return files


def test_changes_are_made(files: Files, tmp_path: Path) -> None:
    files.apply([[f"{tmp_path}/a", None], [f"{tmp_path}/a/b.txt", "x"]])
    assert (tmp_path / "a" / "b.txt").read_text() == "x"
    files.apply([[f"{tmp_path}/a", False]])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "told",
    [
        [["{root}/" + "d/" * MOST_FILES + "x", None]],
        [[f"{{root}}/{n}", None] for n in range(MOST_FILES + 1)],
        [[f"{{root}}/{n}", "x" * (MOST_BYTES // 8)] for n in range(9)],
        [["{root}/x", False]] * (5 * MOST_FILES),
        [["{root}/ok", "x"], ["{root}/../out", "x"]],
        [["{root}/ok", "x"], ["/etc/out", "x"]],
        [["{root}/ok", "x"], [5, "x"]],
    ],
    ids=["deep", "many", "large", "changes", "above", "elsewhere", "no path"],
)
def test_too_much_is_refused_before_anything_is_changed(
    files: Files, tmp_path: Path, told: list[list[object]]
) -> None:
    given = [[str(path).format(root=tmp_path) if path != 5 else 5, content] for path, content in told]
    with pytest.raises(ValueError, match=r"files|folders"):
        files.apply(given)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_already_counts(files: Files, tmp_path: Path) -> None:
    half = "x" * (MOST_BYTES // 2)
    files.apply([[f"{tmp_path}/a", half]])
    files.apply([[f"{tmp_path}/b", half]])
    with pytest.raises(ValueError, match="too many files"):
        files.apply([[f"{tmp_path}/c", "x"]])
    files.apply([[f"{tmp_path}/a", False], [f"{tmp_path}/c", half]])
