from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from cleaner.rulefiles import shipped_folder
from cleaner.rulemodel import KINDS, Conditions, Predicates, RuleTable, json_schema
from cleaner.shapes import PREDICATES

FILES = sorted(shipped_folder().rglob("*.toml"))


@pytest.fixture(scope="module")
def validator() -> jsonschema.protocols.Validator:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(shipped_folder())))
def test_every_shipped_file_fits_the_schema(path: Path, validator: jsonschema.protocols.Validator) -> None:
    validator.validate(tomllib.loads(path.read_text("utf-8")))


@pytest.mark.parametrize(
    "wrong",
    [
        "[[rule]]\nline = 'x'",
        "[[rule]]\nid = 'a'\nlin = 'x'",
        "[[rule]]\nid = 'a'\nwhen = { hed = 1 }",
        "[[rule]]\nid = 'a'\nmetadata = []",
        "nothing = 1",
    ],
)
def test_what_is_wrong_does_not_fit(wrong: str, validator: jsonschema.protocols.Validator) -> None:
    assert not validator.is_valid(tomllib.loads(wrong))


def test_the_schema_in_the_rules_folder_is_that_of_the_code() -> None:
    assert json.loads((shipped_folder() / "rule.schema.json").read_text("utf-8")) == json_schema()


def test_every_predicate_may_be_asked_for_and_every_kind_given() -> None:
    assert set(Predicates.model_fields) - {"not_"} == set(PREDICATES)
    assert set(KINDS) <= set(RuleTable.model_fields)


def test_every_key_is_described() -> None:
    for model in (Conditions, RuleTable):
        assert all(field.description for field in model.model_fields.values())
