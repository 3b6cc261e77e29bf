"""The published schema and the tables of the format's page say what the code does."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from bot.question_bank.schema.bank import KINDS
from bot.question_bank.schema.published import build_schema, schema_text, with_field_tables

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "bank-format.md").read_text()
SCHEMA = jsonschema.Draft202012Validator(json.loads(schema_text()))
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_published_schema_is_the_one_the_code_makes():
    assert (ROOT / "questions" / "schema.json").read_text() == schema_text(), (
        "run: python -m bot.question_bank.schema"
    )


def test_the_tables_of_the_formats_page_are_fresh():
    assert with_field_tables(PAGE) == PAGE, "run: python -m bot.question_bank.schema"


def test_it_is_a_valid_schema():
    jsonschema.Draft202012Validator.check_schema(build_schema())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.splitlines()[0])
def test_the_examples_of_the_page_fit_the_schema(example):
    SCHEMA.validate(yaml.safe_load(example))


@pytest.mark.parametrize(
    "text",
    [
        "prompt: x\noptions: [a, {text: b, rigth: true}]",
        "kind: flashcard\nfront: x",
        "kind: nonsense\nprompt: x",
        "questions: [{prompt: x, options: [a, {text: b, right: true}]}]",
        "kind: code_tests\nprompt: x\nsolution: {../x.py: x}",
    ],
)
def test_what_the_reader_refuses_for_its_shape_the_schema_refuses(text, read_text):
    assert read_text(text).problems
    assert not SCHEMA.is_valid(yaml.safe_load(text))


def test_options_may_be_what_yaml_takes_for_numbers_and_booleans():
    SCHEMA.validate(yaml.safe_load("prompt: x\noptions: [yes, 1.0, null, {text: 3, right: true}]"))


@pytest.mark.parametrize("model", KINDS.values(), ids=lambda model: model.__name__)
def test_every_field_is_described(model):
    properties = build_schema()["$defs"][model.__name__]["properties"]
    assert [
        name for name, field in properties.items() if name != "kind" and not field.get("description")
    ] == []
