from __future__ import annotations

from typing import get_args

from strangler.plan.platform.operations import Rule
from strangler_deploy.checks.rules import RULES
from strangler_deploy.evidence.controls import CONTROLS
from strangler_deploy.evidence.report import document, evidence

from .estates import plan


def test_every_policy_answers_some_control_and_every_rule_exists() -> None:
    assert {policy for control in CONTROLS for policy in control.policies} == set(get_args(Rule))
    assert {rule for control in CONTROLS for rule in control.rules} <= set(RULES)


def test_what_the_plan_switches_off_is_a_gap() -> None:
    lax = plan().platform.policies.model_copy(update={"off": ("phi-nonroot",)})
    given = plan().model_copy(update={"platform": plan().platform.model_copy(update={"policies": lax})})
    gaps = [gap for item in evidence(given) for gap in item.gaps]
    assert "policy phi-nonroot is off (platform.policies.off)" in gaps


def test_a_log_that_is_not_kept_is_a_gap() -> None:
    assert any("no CloudTrail data events" in gap for item in evidence(plan()) for gap in item.gaps)


def test_every_control_names_its_framework_its_log_and_a_query() -> None:
    for item in evidence(plan()):
        assert item.control.named
        assert item.log
        assert item.query


def test_the_document_says_that_it_is_no_certificate() -> None:
    text = document(plan())
    assert text.startswith("# Evidence\n")
    assert "not a certificate" in text
    assert text.count("\n## ") == len(CONTROLS)
