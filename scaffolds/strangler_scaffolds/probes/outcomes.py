"""The outcome of each test by its id: a plugin of pytest."""

from __future__ import annotations

from typing import Any

from . import records

_seen: dict[str, str] = {}
_RANK = {"passed": 0, "skipped": 1, "xfailed": 1, "xpassed": 1, "failed": 2, "error": 3}


def pytest_runtest_logstart(nodeid: str, location: Any) -> None:
    """A test begins (pytest)."""
    records.begin_test(nodeid)


def pytest_runtest_logreport(report: Any) -> None:
    """A phase of a test has ended (pytest); the worst phase is the test's outcome."""
    outcome = _outcome(report)
    before = _seen.get(report.nodeid)
    if before is None or _RANK[outcome] > _RANK[before]:
        _seen[report.nodeid] = outcome
    if report.when == "teardown":
        records.end_test(report.nodeid, _seen[report.nodeid])


def pytest_collectreport(report: Any) -> None:
    """A file could not be collected (pytest)."""
    if report.failed:
        records.end_test(f"{report.nodeid}::<collection>", "error")


def _outcome(report: Any) -> str:
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    if report.failed:
        return "failed" if report.when == "call" else "error"
    return str(report.outcome)
