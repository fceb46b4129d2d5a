"""The outcome of each test by its id, for unittest and Django's runner."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from typing import Any

from . import records


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
