"""docs/failures.md, checked: every failure has tests that name its number, and none is named in vain."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NUMBERED = re.compile(r"^(\d+)\. (.+:.+)$", re.MULTILINE)


def listed() -> dict[int, str]:
    """The failures of the page by their numbers."""
    text = (ROOT / "docs" / "failures.md").read_text()
    return {int(number): outcome for number, outcome in NUMBERED.findall(text)}


def named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The numbers that tests of a module carry as ``pytest.mark.failure(number)``, and the tests."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.failure":
                    (number,) = decorator.args
                    yield ast.literal_eval(number), node.name


def test_the_page_numbers_its_failures_from_one_to_forty():
    assert list(listed()) == list(range(1, 41))


def test_every_failure_has_a_test_that_names_its_number():
    tests = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for number, name in named(ast.parse(path.read_text())):
            tests[number].append(f"{path.name}::{name}")
    assert {number: outcome for number, outcome in listed().items() if not tests[number]} == {}
    assert set(tests) == set(listed())
