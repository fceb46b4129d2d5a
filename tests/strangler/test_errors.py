from __future__ import annotations

from strangler.errors import PlanError, StranglerError
from strangler.model import Finding, Location


def test_an_error_carries_message_hint_and_place() -> None:
    error = StranglerError("no", hint="try yes", location=Location("a.py", 3))
    assert (str(error), error.hint, str(error.location)) == ("no", "try yes", "a.py:3")


def test_a_plan_error_holds_every_finding() -> None:
    findings = [Finding("A", "one"), Finding("B", "two")]
    assert PlanError("broken", findings).findings == tuple(findings)
