"""What storage writes down, it reads back the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.content import (
    CODE_KINDS,
    Challenge,
    Item,
    Kind,
    Limits,
    Meta,
    Option,
    Question,
    SourceFile,
    StdoutCase,
    TestFile,
    Variant,
)
from bot.domain.grading import CodeError, Judgement, TestLine, Usage
from bot.services.commands import ReplyTarget
from bot.storage.documents import (
    files_document,
    item_document,
    judgement_document,
    read_files,
    read_item,
    read_judgement,
    read_reply,
    reply_document,
)
from bot.storage.tables.base import storable, to_json

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
files = st.builds(SourceFile, name=texts, text=texts)
several = st.lists(files, max_size=2).map(tuple)
numbers = st.floats(min_value=0, max_value=1e9)
metas = st.builds(
    Meta,
    key=texts,
    title=texts,
    topic=texts,
    tags=st.lists(texts, max_size=2).map(tuple),
    hints=st.lists(texts, max_size=2).map(tuple),
    minutes=st.none() | st.integers(1, 90),
)
questions = st.builds(
    Question,
    meta=metas,
    kind=st.sampled_from([kind for kind in Kind if kind not in CODE_KINDS]),
    prompt=texts,
    options=st.lists(st.builds(Option, texts, st.booleans(), texts), max_size=3).map(tuple),
    expected_output=st.none() | texts,
    rubric=st.lists(texts, max_size=2).map(tuple),
)
challenges = st.builds(
    Challenge,
    meta=metas,
    kind=st.sampled_from(sorted(CODE_KINDS)),
    prompt=texts,
    starter=several,
    tests=st.lists(st.builds(TestFile, file=files), max_size=2).map(tuple),
    cases=st.lists(st.builds(StdoutCase, name=texts, stdin=texts, expected=texts), max_size=2).map(tuple),
    references=st.lists(st.builds(Variant, texts, several), max_size=2).map(tuple),
    limits=st.builds(Limits, cpu_ms=st.integers(1, 60_000)),
    tolerance=numbers,
)
judgements = st.builds(
    Judgement,
    headline=texts,
    tests=st.lists(st.builds(TestLine, name=texts, message=texts), max_size=2).map(tuple),
    error=st.none() | st.builds(CodeError, type=texts, message=texts, line=st.none() | st.integers(1, 99)),
    stdout=texts,
    usage=st.builds(Usage, wall_ms=numbers, cpu_ms=numbers, memory_mb=numbers),
)


@given(questions | challenges)
def test_items_come_back_the_same(item: Item) -> None:
    assert read_item(json.loads(to_json(item_document(item)))) == item


@given(judgements)
def test_judgements_come_back_the_same(judgement: Judgement) -> None:
    assert read_judgement(json.loads(to_json(judgement_document(judgement)))) == judgement


@given(several, st.builds(ReplyTarget, token=texts, message=texts, expires_at=st.none()))
def test_files_and_replies_come_back_the_same(some: tuple[SourceFile, ...], reply: ReplyTarget) -> None:
    assert read_files(json.loads(to_json(files_document(some)))) == some
    assert read_reply(json.loads(to_json(reply_document(reply)))) == reply


def test_nothing_stays_nothing() -> None:
    assert read_judgement(None) is None
    assert reply_document(None) is None
    assert read_reply(None) is None


def test_a_document_of_an_older_version_gets_the_defaults() -> None:
    old = {
        "kind": "multiple_choice",
        "prompt": "?",
        "meta": {"key": "k", "title": "t", "topic": "sql", "difficulty": "easy"},
        "a_field_of_the_past": 1,
    }
    item = read_item(old)
    assert isinstance(item, Question)
    assert item.options == ()


@given(st.text(max_size=30))
def test_any_text_becomes_one_that_postgresql_can_hold(text: str) -> None:
    assert "\x00" not in storable(text)
    storable(text).encode("utf-8")
    to_json({"text": text}).encode("utf-8")


@pytest.mark.parametrize("text", ["plain", "☃ 🎉", "quotes ' \" \\ and\nlines"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert storable(text) == text
