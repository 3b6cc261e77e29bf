"""Arbitrary questions and challenges, for properties that hold of all of them."""

from hypothesis import strategies as st

from bot.domain.content import (
    Challenge,
    Difficulty,
    Kind,
    Limits,
    Match,
    Meta,
    Option,
    Question,
    Show,
    SourceFile,
    StdoutCase,
    TestFile,
    Variant,
)

LETTERS = st.characters(
    exclude_categories=("Cs", "Cc"), include_characters="\n\t", exclude_characters="\x85\ufeff\ufffe\uffff"
)
WORDS = st.sampled_from(
    [
        "yes",
        "1.0",
        "null",
        "~",
        "- x",
        "# no",
        "a: b",
        "  print(1)",
        "x \n",
        "\n\n",
        "|",
        "`",
        "{",
        "@everyone",
        "<b>",
        '"',
        "'",
        "&amp",
        "",
        "*",
        "!tag",
        "%",
        "---",
        "...",
        "\u2028",
        "😀",
        "\\",
        "1:30",
        "=",
        "<<",
        "0o7",
        "$$x^2$$",
        "%50%",
        "#",
        "####",
        "\\n",
        "::",
        "//",
        "]]>",
        "[sound:x]",
    ]
)
_any = st.one_of(st.text(LETTERS, max_size=30), st.lists(WORDS, min_size=1, max_size=4).map("".join))
text = _any.filter(lambda value: "<img" not in value.lower() and "![" not in value)
"""Without pictures, which imports refuse."""
written = text.filter(lambda value: value.strip() != "")
short = written.map(lambda value: " ".join(value.split())[:90]).filter(bool)
keys = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True)
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}(/[a-z][a-z0-9_]{0,8})?\.py", fullmatch=True)
lines = st.lists(written, max_size=3).map(tuple)
shows = st.sampled_from(Show)
metas = st.builds(
    Meta,
    key=keys,
    title=short,
    topic=short,
    difficulty=st.sampled_from(Difficulty),
    tags=st.lists(short, max_size=3).map(tuple),
    level=short | st.just(""),
    hints=lines,
    minutes=st.none() | st.integers(1, 1_440),
    author=short | st.just(""),
    licence=short | st.just(""),
)


@st.composite
def option_lists(draw, size=(2, 10)):
    texts = draw(st.lists(written, min_size=size[0], max_size=size[1], unique_by=str.strip))
    right = draw(st.sets(st.integers(0, len(texts) - 1), min_size=1, max_size=len(texts) - 1))
    return tuple(Option(text, index in right, draw(text_or_none)) for index, text in enumerate(texts))


text_or_none = st.just("") | written


def _question(kind, **fields):
    return st.builds(
        Question, meta=metas, kind=st.just(kind), **{"prompt": written, "explanation": text_or_none, **fields}
    )


multiple_choice = _question(Kind.MULTIPLE_CHOICE, options=option_lists(), shuffle=st.booleans())
flashcards = _question(Kind.FLASHCARD, answer=written)
questions = st.one_of(
    multiple_choice,
    _question(
        Kind.PREDICT_OUTPUT,
        program=written,
        expected_output=text,
        options=st.just(()) | option_lists(),
        shuffle=st.booleans(),
    ),
    flashcards,
    _question(Kind.FREE_TEXT, answer=written, rubric=lines),
    _question(Kind.CHECKLIST, rubric=st.lists(written, min_size=1, max_size=3).map(tuple)),
)


def files(at_least=0):
    return st.lists(
        st.builds(SourceFile, names, text), min_size=at_least, max_size=3, unique_by=lambda file: file.name
    ).map(tuple)


def variants(at_least=0):
    return st.lists(
        st.builds(Variant, short | st.just("solution"), files(1)),
        min_size=at_least,
        max_size=3,
        unique_by=lambda each: each.title,
    ).map(tuple)


tests = st.lists(
    st.builds(
        TestFile,
        st.builds(SourceFile, names | st.just("test_solution.py"), written),
        show=shows,
        stage=st.integers(1, 50),
        show_by_test=st.lists(st.tuples(short, shows), max_size=2, unique_by=lambda pair: pair[0]).map(tuple),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda test: test.file.name,
).map(tuple)
cases = st.lists(
    st.builds(StdoutCase, name=short | st.just("output"), stdin=text, expected=text, show=shows),
    min_size=1,
    max_size=3,
    unique_by=lambda case: case.name,
).map(tuple)


def _challenge(kind, **fields):
    shared = {
        "prompt": written,
        "language": st.sampled_from(["python", "sql"]),
        "entry": names | st.just("solution.py"),
        "starter": files(),
        "given": files(),
        "references": variants(),
        "wrong": variants(),
        "explanation": text_or_none,
        "packages": st.lists(st.sampled_from(["sqlalchemy", "numpy", "aiosqlite"]), unique=True).map(tuple),
        "limits": st.builds(Limits, cpu_ms=st.integers(50, 60_000), memory_mb=st.integers(16, 2_048)),
    }
    return st.builds(Challenge, meta=metas, kind=st.just(kind), **{**shared, **fields})


challenges = st.one_of(
    _challenge(
        Kind.CODE_STDOUT,
        cases=cases,
        match=st.sampled_from([match for match in Match if match is not Match.CHECKER]),
        tolerance=st.floats(0, 10),
        checker=text_or_none,
    ),
    st.sampled_from([Kind.CODE_TESTS, Kind.CODE_PROJECT, Kind.FIX_THE_BUG, Kind.EXTEND]).flatmap(
        lambda kind: _challenge(kind, tests=tests, partial_credit=st.booleans())
    ),
    _challenge(Kind.WRITE_A_TEST, right=files(1), broken=variants(1), partial_credit=st.booleans()),
)
items = questions | challenges
