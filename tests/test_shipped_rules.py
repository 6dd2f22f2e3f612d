"""What is shipped in ``rules/``: valid by its schema, its examples right, its catalogue up to date."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cleaner import catalogue, library
from cleaner.rulefiles import rule_files, shipped_folder
from cleaner.rulemodel import schema_text

ROOT = Path(__file__).parents[1]
FILES = rule_files([shipped_folder()])


def test_the_schema_is_up_to_date() -> None:
    """If not: ``clean rules schema > rules/rule.schema.json``."""
    assert (shipped_folder() / "rule.schema.json").read_text("utf-8") == schema_text()


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


def test_every_file_fits_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    faults = [
        f"{file}: {error.json_path}: {error.message}"
        for file in FILES
        for error in validator.iter_errors(tomllib.loads(file.read_text("utf-8")))
    ]
    assert faults == []


def test_the_schema_refuses_what_the_parser_refuses() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    assert not validator.is_valid({"rule": [{"id": "a", "lin": "b"}]})
    assert not validator.is_valid({"rule": [{"id": "A b", "line": "b"}]})
    assert validator.is_valid({"rule": [{"id": "a", "line": "b", "when": {"not": {"bullet": True}}}]})


def test_no_two_files_define_a_condition_of_the_same_name() -> None:
    """The later one would stand for both, in silence."""
    defined = [name for file in FILES for name in tomllib.loads(file.read_text("utf-8")).get("conditions", {})]
    assert [name for name in defined if defined.count(name) > 1] == []


def checked(command: str) -> dict[str, Any]:
    """What a command says of all rules, run as people run it: in a process of its own, which no coverage slows."""
    done = subprocess.run(
        [sys.executable, "-m", "cleaner", "rules", command, "--format", "json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode == 0) is (said["problems"] == [])
    return said


@pytest.mark.component
def test_every_example_holds() -> None:
    """The known-clean documents included."""
    said = checked("test")
    assert said["problems"] == []
    rules, examples, clean = map(int, re.findall(r"\d+", said["summary"].replace(",", "")))
    assert (rules > 1000, clean) == (True, len(list((ROOT / "fixtures" / "clean").glob("*.txt"))))
    assert examples >= 2 * rules


@pytest.mark.component
def test_lint_is_silent() -> None:
    assert checked("lint")["problems"] == []


@pytest.mark.component
def test_the_catalogue_is_up_to_date() -> None:
    """If not: ``clean rules catalogue``."""
    figures = catalogue.scores(ROOT / "docs" / "rule-scores.json")
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == catalogue.page(library.read(), figures)
