"""Calls are sent ahead only where no answer of the member's code decides what is called next."""

import pytest

from bot.grading.examiner.independence import independent_tests

HEADER = """
import math, random
import pytest
import solution
from solution import encode, decode, f, Stack

N = 20_000
DATA = [1, 2]

def helper(x):
    return f(x)
"""

INDEPENDENT = {
    "a counted loop": "for i in range(N):\n    assert f(i) == i + 1",
    "a sum over answers": "assert sum(f(i) for i in range(N)) == 5",
    "answers collected": "out = []\nfor i in range(9):\n    out.append(f(i))\nassert out == list(range(9))",
    "a chain of comparisons with one call": "for i in range(9):\n    assert 0 <= f(i) <= i",
    "arguments computed": "for i in range(9):\n    k = i * 2 + math.gcd(i, 4)\n    assert f(str(k)) == k",
    "through the module": "for i in range(9):\n    assert solution.f(i) == i",
    "an object": "s = Stack()\nfor i in range(9):\n    s.push(i)\n    assert s.pop() == i",
    "a condition on the counter": "for i in range(9):\n    if i % 2:\n        assert f(i) == i",
}
DEPENDENT = {
    "a round trip": "for i in range(9):\n    assert decode(encode(i)) == i",
    "a round trip by a name": "for i in range(9):\n    x = encode(i)\n    assert decode(x) == i",
    "a round trip through a list": "xs = [encode(i) for i in range(9)]\nfor x in xs:\n    assert decode(x)",
    "a round trip through an item": "out = {}\nout[0] = encode(1)\nassert decode(out[0]) == 1",
    "a round trip through append": "out = []\nout.append(encode(1))\nassert decode(out[0]) == 1",
    "a length of answers": "acc = []\nfor i in range(9):\n    acc += [f(i)]\n    assert decode(len(acc))",
    "an answer fed back": "x = 1\nwhile x < 9:\n    x = f(x)",
    "a call on condition of an answer": "for i in range(9):\n    if f(i) > 3:\n        decode(i)",
    "a loop ended by an answer": "for i in range(9):\n    if f(i) > 3:\n        break",
    "a short circuit": "for i in range(9):\n    assert f(i) or decode(i)",
    "a chain of two calls": "assert 0 < f(1) < f(2)",
    "a helper that may call": "for i in range(9):\n    assert f(helper(i))",
    "chance": "for i in range(9):\n    assert f(random.random())",
    "an exception that decides": "try:\n    f(1)\nexcept ValueError:\n    decode(2)",
    "a block that catches": "with pytest.raises(ValueError):\n    f(1)\ndecode(2)",
    "a name taken over": "f = decode\nfor i in range(9):\n    assert f(i)",
    "an object made twice": "s = Stack()\ns = Stack()\nfor i in range(9):\n    s.push(i)",
    "an object that takes an answer": "s = Stack()\nfor i in range(9):\n    s.push(f(i))",
    "an object that is handed an answer": "s = Stack()\nx = f(1)\nfor i in range(9):\n    s.append(x)",
    "another object's answer": "s = Stack()\nt = Stack()\nfor i in range(9):\n    t.push(s.pop())",
    "an object among others": "s = [Stack()]\nfor i in range(9):\n    s[0].append(f(i))",
    "a walrus": "while (x := f(1)) < 3:\n    decode(x)",
    "a constant of the member's": "for i in range(9):\n    assert f(solution.START + i)",
}


def file_with(body: str, *, before: str = "", signature: str = "") -> str:
    lines = body.replace("\n", "\n    ")
    return f"{HEADER}\n{before}\ndef test_it({signature}):\n    {lines}\n"


@pytest.mark.parametrize("body", INDEPENDENT.values(), ids=INDEPENDENT)
def test_independent(body: str) -> None:
    assert "test_it" in independent_tests(file_with(body), ["solution"])


@pytest.mark.parametrize("body", DEPENDENT.values(), ids=DEPENDENT)
def test_dependent(body: str) -> None:
    assert "test_it" not in independent_tests(file_with(body), ["solution"])


LOOP = "for i in range(9):\n    assert f(i, n) == i"


def test_parameters_that_are_constants_are_independent() -> None:
    source = file_with(LOOP, before='@pytest.mark.parametrize("n", [1, -2])', signature="n")
    assert "test_it" in independent_tests(source, ["solution"])


@pytest.mark.parametrize("before", ["", '@pytest.mark.parametrize("n", [f(1)])'])
def test_parameters_from_elsewhere_are_not(before: str) -> None:
    assert not independent_tests(file_with(LOOP, before=before, signature="n"), ["solution"])


@pytest.mark.parametrize(
    "before",
    [
        "@pytest.fixture(autouse=True)\ndef prepare():\n    decode(encode(1))\n",
        "def setup_function():\n    decode(encode(1))\n",
        "def f(x):\n    return decode(encode(x))\n",
    ],
)
def test_code_around_the_test_makes_it_dependent(before: str) -> None:
    body = "for i in range(9):\n    assert f(i) == i"
    assert not independent_tests(file_with(body, before=before), ["solution"])


def test_methods_are_known_by_their_class() -> None:
    loop = "        for i in range(9):\n            self.assertEqual(f(i), i)\n"
    body = f"\nclass TestIt:\n    def test_it(self):\n{loop}"
    assert "TestIt::test_it" in independent_tests(HEADER + body, ["solution"])


@pytest.mark.parametrize(
    ("argument", "fresh"),
    [("[i, i + 1]", True), ("list(range(i))", True), ("kept", False), ("kept[i]", False)],
)
def test_whether_arguments_are_new_objects(argument: str, fresh: bool) -> None:
    body = f"kept = [[1], [2]]\nfor i in range(2):\n    assert f({argument}) == i"
    assert independent_tests(file_with(body), ["solution"])["test_it"].fresh is fresh


COUNTED = {
    "a counter": "for i in range(N):\n    f(i, 2)",
    "computed": "for i in range(9):\n    k = f'k{i % 3}'\n    f(k, str(-i))",
    "a list": "for i in range(9):\n    given = [i, 1]\n    f(given)",
    "two counters": "for i, j in enumerate(range(9)):\n    f(i + j)",
    "a sum": "n = 0\nwhile n < 9:\n    n += 2\n    f(n)",
    "a comprehension": "assert [f(i) for i in range(9)] == []",
}
WRITTEN = {
    "a table": "for a in ['x', 'y']:\n    f(a)",
    "pairs": "for a, b in zip('ab', 'bc'):\n    f(a)",
    "a table by the counter": "for i in range(2):\n    f([7, 9][i])",
    "a table with a name": "t = [7, 9]\nfor i in range(2):\n    f(t[i])",
    "a filter": "for n in [n for n in range(9) if all(n % d for d in range(2, n))]:\n    f(n)",
    "a name bound twice": "k = 1\nfor i in range(9):\n    f(k)\n    k = [5, 7][0]",
}


@pytest.mark.parametrize(
    ("body", "counted"), [*((b, True) for b in COUNTED.values()), *((b, False) for b in WRITTEN.values())]
)
def test_whether_arguments_are_counted_out(body: str, counted: bool) -> None:
    assert independent_tests(file_with(body), ["solution"])["test_it"].counted is counted


def test_loops_are_known_by_their_lines() -> None:
    source = (
        "from solution import f\ndef test_it():\n    f(1)\n    for i in range(9):\n        f(i)\n    f(2)\n"
    )
    found = independent_tests(source, ["solution"])["test_it"]
    assert [found.loop(line) for line in range(3, 7)] == [None, 0, 0, None]
