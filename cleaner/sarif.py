"""Findings as a SARIF 2.1.0 log, which code scanning services and editors read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cleaner.report import Finding
from cleaner.types import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

#: The id of findings that are of no rule: what normalization would change.
NORMALIZED = "normalize"
_NORMALIZED_WHY = "White space, line ends or invisible characters that cleaning settles."


def log(findings: Sequence[tuple[Finding, Rule | None]], failures: Sequence[str], version: str) -> dict[str, Any]:
    """Return the log of one run: every finding with its rule, and what could not be done."""
    ids = list(dict.fromkeys(_id(finding) for finding, _ in findings))
    rules = {_id(finding): rule for finding, rule in findings}
    invocation: dict[str, Any] = {"executionSuccessful": not failures}
    if failures:
        invocation["toolExecutionNotifications"] = [{"level": "error", "message": {"text": failure}} for failure in failures]
    run = {
        "tool": {"driver": {"name": "clean", "semanticVersion": version, "rules": [_descriptor(each, rules[each]) for each in ids]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": _results([finding for finding, _ in findings], ids.index),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _id(finding: Finding) -> str:
    return finding.rule or NORMALIZED


def _descriptor(rule_id: str, rule: Rule | None) -> dict[str, Any]:
    described = {"id": rule_id, "shortDescription": {"text": (rule.why if rule else _NORMALIZED_WHY) or rule_id}}
    return {**described, "properties": {"tags": [rule.family], "where": str(rule.location)}} if rule else described


def _results(findings: Sequence[Finding], index: Callable[[str], int]) -> list[dict[str, Any]]:
    results = []
    seen: dict[tuple[str, ...], int] = {}
    for finding in findings:
        uri = _uri(finding.path)
        same = (uri, _id(finding), finding.text)
        seen[same] = seen.get(same, 0) + 1
        # Not the line: a finding that an edit has moved is still the same one.
        identity = "\0".join((*same, str(seen[same]))).encode("utf-8", "surrogatepass")
        location: dict[str, Any] = {"artifactLocation": {"uri": uri}}
        if finding.rule:
            location["region"] = {"startLine": finding.line, "endLine": finding.end}
        results.append(
            {
                "ruleId": _id(finding),
                "ruleIndex": index(_id(finding)),
                "level": "warning",
                "message": {"text": finding.text},
                "locations": [{"physicalLocation": location}],
                "partialFingerprints": {"text/v1": hashlib.sha256(identity).hexdigest()},
            }
        )
    return results


def _uri(path: str) -> str:
    """Return the path as a URI, relative as it was; bytes of any encoding come out as percent codes."""
    if Path(path).is_absolute():
        return Path(path).as_uri()
    return quote(os.fsencode(path.replace(os.sep, "/")))
