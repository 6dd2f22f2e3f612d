"""Golden data through the library and through the command line."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cleaner.cli.app import app
from cleaner.pipeline import Cleaner
from cleaner.ruleset import RuleSet

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['label']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"))["case"]
]


@pytest.mark.parametrize("case", CASES)
def test_library(case: dict[str, Any], library: RuleSet) -> None:
    cleaned = Cleaner(library, **case.get("options", {})).clean(case["text"], case.get("url"))
    assert cleaned.text == case["want"]
    if "rules" in case:
        assert [removal.rule for removal in cleaned.removals] == case["rules"]


@pytest.mark.parametrize("case", CASES)
def test_command(case: dict[str, Any], library: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.pipeline.load", lambda paths: library)
    arguments = ["-", "--isolated", "--format", "json", *(["--url", case["url"]] if "url" in case else [])]
    for name, value in case.get("options", {}).items():
        arguments += [f"--{name}={','.join(value)}" if isinstance(value, list) else f"--{name}={value}"]
    done = CliRunner().invoke(app, arguments, input=case["text"].encode())
    record = json.loads(done.stdout)
    assert record["text"] == case["want"]
    if "rules" in case:
        assert [removal["rule"] for removal in record["removals"]] == case["rules"]


def test_every_case_has_a_label_of_its_own() -> None:
    labels = [case.id for case in CASES]
    assert len(labels) == len(set(labels))
