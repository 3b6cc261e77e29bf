"""Which challenge a file gives, and what the files handed in are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bootstrap.judging import NoChallenge, names_in_project, read_challenge
from bot.domain.content import Challenge, Difficulty, Kind, Meta, SourceFile

SHOP = Challenge(
    meta=Meta(key="shop", title="Shop", topic="python", difficulty=Difficulty.EASY),
    kind=Kind.CODE_PROJECT,
    prompt="Build it.",
    entry="shop/basket.py",
    starter=tuple(SourceFile(f"shop/{name}.py", "") for name in ("__init__", "prices", "basket")),
)

BANK = """\
questions:
  - {key: one, kind: code_stdout, licence: MIT, prompt: P, solution: print(1), output: "1"}
  - {key: two, kind: code_stdout, licence: MIT, prompt: P, solution: print(2), output: "2"}
  - {key: card, kind: flashcard, licence: MIT, front: F, back: B}
"""


def named(*paths: str, folder: str | None = None) -> list[str]:
    return names_in_project(SHOP, [Path(path) for path in paths], Path(folder) if folder else None)


@pytest.mark.parametrize(
    ("paths", "folder", "names"),
    [
        (
            ["/a/proj/shop/basket.py", "/a/proj/shop/prices.py"],
            "/a/proj",
            ["shop/basket.py", "shop/prices.py"],
        ),
        (
            ["/a/proj/shop/basket.py", "/a/proj/shop/new.py"],
            "/a/proj/shop",
            ["shop/basket.py", "shop/new.py"],
        ),
        (["/a/shop/basket.py", "/a/shop/prices.py"], None, ["shop/basket.py", "shop/prices.py"]),
        (["/a/shop/basket.py", "/b/notes.py"], None, ["shop/basket.py", "notes.py"]),
        (["/a/solution.py"], None, ["solution.py"]),
        (["/a/x.py", "/a/y/z.py"], "/a", ["x.py", "y/z.py"]),
        (
            ["/a/shop/basket.py", "/a/old/shop/basket.py", "/a/old/shop/prices.py"],
            "/a",
            ["shop/basket.py", "old/shop/basket.py", "old/shop/prices.py"],
        ),
    ],
    ids=["folder", "inner folder", "files", "stranger", "one file", "unknown names", "a copy deeper down"],
)
def test_files_keep_the_names_that_the_challenge_knows(paths, folder, names):
    assert named(*paths, folder=folder) == names


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("", "add --question with one of one, two"),
        ("three", "holds no challenge three; it holds one, two"),
    ],
)
def test_several_challenges_are_told_apart_by_key(tmp_path, key, reason):
    (tmp_path / "bank.yaml").write_text(BANK)
    with pytest.raises(NoChallenge, match=reason):
        read_challenge(tmp_path / "bank.yaml", key)
    assert read_challenge(tmp_path / "bank.yaml", "two").meta.key == "two"


def test_why_there_is_no_challenge_is_said(tmp_path):
    (tmp_path / "card.yaml").write_text("{kind: flashcard, licence: MIT, front: F, back: B}")
    with pytest.raises(NoChallenge, match="card is answered without code \\(flashcard\\)"):
        read_challenge(tmp_path / "card.yaml")
    with pytest.raises(NoChallenge, match="There is no such file"):
        read_challenge(tmp_path / "none.yaml")
