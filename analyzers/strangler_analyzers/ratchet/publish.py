"""Findings where teams read them: SARIF for code scanning, annotations for GitHub's logs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from strangler.model import Finding, Severity

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def sarif(findings: Sequence[Finding], version: str) -> str:
    """A SARIF 2.1.0 log; each rule once, each finding with its place."""
    rules = sorted({finding.rule for finding in findings})
    driver = {"name": "strangler", "version": version, "rules": [{"id": rule} for rule in rules]}
    results = [_result(finding, rules) for finding in findings]
    log = {"$schema": _SARIF, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    return json.dumps(log, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _result(finding: Finding, rules: Sequence[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": str(finding.severity),
        "message": {"text": f"{finding.message}. {finding.hint}".strip()},
    }
    if finding.location:
        physical: dict[str, Any] = {"artifactLocation": {"uri": finding.location.path}}
        if finding.location.line:
            physical["region"] = {"startLine": finding.location.line}
        result["locations"] = [{"physicalLocation": physical}]
    return result


def github_annotations(findings: Sequence[Finding]) -> str:
    """Workflow commands, one a line: GitHub shows them beside the lines of a pull request."""
    return "".join(f"{_annotation(finding)}\n" for finding in findings)


def _annotation(finding: Finding) -> str:
    place = ""
    if finding.location:
        place = f"file={_property(finding.location.path)},"
        place += f"line={finding.location.line}," if finding.location.line else ""
    command = _COMMANDS[finding.severity]
    return f"::{command} {place}title={_property(finding.rule)}::{_data(f'{finding.message}. {finding.hint}')}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
