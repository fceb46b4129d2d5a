"""The outcome of each test by its id, for pytest (as a plugin) and for unittest and Django's runner."""

from __future__ import annotations

import unittest
from typing import Any, Callable, Dict

from . import records

_seen: Dict[str, str] = {}
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


def watch_unittest() -> None:
    """Note what every unittest result is told."""
    result: Any = unittest.TestResult
    result.startTest = _noting_start(result.startTest)
    for method, outcome in (
        ("addSuccess", "passed"),
        ("addFailure", "failed"),
        ("addError", "error"),
        ("addSkip", "skipped"),
        ("addExpectedFailure", "xfailed"),
        ("addUnexpectedSuccess", "xpassed"),
    ):
        setattr(result, method, _noting(getattr(result, method), outcome))
    result.addSubTest = _noting_subtest(result.addSubTest)


def _noting_start(original: Callable[..., Any]) -> Callable[..., Any]:
    def start(self: Any, test: Any) -> Any:
        records.begin_test(test.id())
        return original(self, test)

    return start


def _noting(original: Callable[..., Any], outcome: str) -> Callable[..., Any]:
    def add(self: Any, test: Any, *rest: Any) -> Any:
        records.end_test(test.id(), outcome)
        return original(self, test, *rest)

    return add


def _noting_subtest(original: Callable[..., Any]) -> Callable[..., Any]:
    def add(self: Any, test: Any, subtest: Any, error: Any) -> Any:
        if error is not None:
            records.end_test(subtest.id(), "failed")
        return original(self, test, subtest, error)

    return add
