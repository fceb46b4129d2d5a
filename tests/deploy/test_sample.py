"""Looking at examples finds what looking at everybody finds, wherever the one difference is."""

from __future__ import annotations

import pytest

from strangler.model import Finding
from strangler.plan.platform import Tenant
from strangler_deploy import mould
from strangler_deploy.check import check
from strangler_deploy.estate import Estate
from strangler_deploy.mould import Moulds
from strangler_deploy.render import render, shared_files
from strangler_deploy.sample import Compared, Example, compared, sample, told
from strangler_deploy.source import Held

from .estates import plan, tenants

MANY = tenants(*(f"customer{number}" for number in range(8)))
VICTIM = "tenants/customer5"  # neither first, second, longest, nor of a shape of its own


def _rules(tree: dict[str, str], own: dict[str, Tenant]) -> set[str]:
    return {finding.rule for finding in check(tree, plan(), own)} - {"DEPLOY-UNCHECKED", "POLICY-ENGINE", "DEPLOY-C10"}


def _looked_at(tree: dict[str, str]) -> set[str]:
    moulds = Moulds(Estate(plan()), MANY)
    seen = compared(Held(tree), moulds, MANY, 1)
    shared = Held(tree).shared()
    seen.add(shared, dict(shared_files(Estate(plan()))))
    return set(sample(seen, shared, moulds, MANY).folders)


@pytest.fixture(scope="module")
def tree() -> dict[str, str]:
    return render(plan(), MANY)


def test_of_tenants_declared_alike_a_few_are_looked_at(tree: dict[str, str]) -> None:
    assert _looked_at(tree) == {"customer0", "customer1", "customer7"}
    assert _rules(tree, MANY) == set()


TO_ONE = "- from:\n        - namespaceSelector:\n            matchLabels: {saas/tenant: customer3}\n"
DENY = "platform/networkpolicy-default-deny.yaml"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: []}\n"
MUTANTS = {
    "a field that is none": ("app/deployment-search.yaml", "HistoryLimit: 5", "History: 5", "DEPLOY-FIELD"),
    "a name that is not there": ("app/deployment-search.yaml", "Name: search", "Name: find", "DEPLOY-REFERENCE"),
    "the same object twice": ("app/service-search.yaml", "name: search", "name: orders", "DEPLOY-TWICE"),
    "a secret": ("app/deployment-search.yaml", "name: PORT", "name: AWS_SECRET_ACCESS_KEY", "DEPLOY-SECRET"),
    "no YAML": ("app/service-search.yaml", "spec:", "spec: [", "DEPLOY-YAML"),
    "nobody let in": ("platform/networkpolicy-billing-in.yaml", "- from:", "- fro:", "DEPLOY-FIELD"),
    "another's bucket": ("control/iam-policy-billing.yaml", "customer5-billing-i", "customer3-billing-i", "IAM-CROSS"),
    "some others' buckets": ("control/iam-policy-billing.yaml", "customer5-billing-invoices", "c*", "IAM-CROSS"),
    "a wildcard": ("control/iam-policy-billing.yaml", '"s3:PutObject"', '"s3:*"', "IAM-BEYOND"),
    "another's namespace": (DENY, "tenant-customer5", "tenant-customer3", "DEPLOY-TWICE"),
}


@pytest.mark.parametrize("what", MUTANTS)
def test_a_change_of_any_one_tenant_is_found(what: str, tree: dict[str, str]) -> None:
    path, old, new, rule = MUTANTS[what]
    assert old in tree[f"{VICTIM}/{path}"]
    assert rule in _rules({**tree, f"{VICTIM}/{path}": tree[f"{VICTIM}/{path}"].replace(old, new)}, MANY)


@pytest.mark.parametrize("what", ["another's namespace", "some others' buckets"])
def test_examples_find_what_everybody_would(what: str, tree: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    path, old, new, _ = MUTANTS[what]
    broken = {**tree, f"{VICTIM}/{path}": tree[f"{VICTIM}/{path}"].replace(old, new)}
    found = _rules(broken, MANY)
    monkeypatch.setattr(mould, "_WORTH_A_MOULD", 1000)  # everybody is looked at
    assert found == _rules(broken, MANY) != set()


def test_a_file_too_few_or_too_many_is_found(tree: dict[str, str]) -> None:
    fewer = {path: text for path, text in tree.items() if path != f"{VICTIM}/{DENY}"}
    assert "NETWORK-INGRESS" in _rules(fewer, MANY)
    more = {**tree, f"{VICTIM}/app/pod-x.yaml": POD}
    assert _rules(more, MANY)
    assert "customer5" in _looked_at(more)


def test_whoever_is_named_where_the_tree_was_changed_is_looked_at(tree: dict[str, str]) -> None:
    path = f"{VICTIM}/{DENY}"
    broken = {**tree, path: tree[path].replace("spec:\n", f"spec:\n  ingress:\n    {TO_ONE}")}
    assert _looked_at(broken) == {"customer0", "customer1", "customer7", "customer5", "customer3"}
    shared = {**tree, "control/extra.yaml": "# for customer4\n"}
    assert "customer4" in _looked_at(shared)


def test_a_folder_of_nobodys_is_looked_at(tree: dict[str, str]) -> None:
    left = {**tree, "tenants/gone/app/x.yaml": "metadata: ["}
    assert "gone" in _looked_at(left)
    assert "DEPLOY-YAML" in _rules(left, MANY)


def test_processes_share_the_comparison(tree: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    moulds = Moulds(Estate(plan()), MANY)
    monkeypatch.setattr("strangler_deploy.sample._WORTH_A_PROCESS", 2)
    broken = {**tree, f"{VICTIM}/app/new.yaml": "x"}
    one, two = (compared(Held(broken), moulds, MANY, processes) for processes in (1, 2))
    assert (sorted(one.cast), one.others, one.stale, one.changed, one.files) == (
        sorted(two.cast), two.others, two.stale, two.changed, two.files)  # fmt: skip
    assert one.stale[0].location is not None
    assert one.changed == [f"{VICTIM}/app/new.yaml", "x"]


def test_a_finding_about_an_example_is_told_once_with_the_number_of_the_others() -> None:
    examples = {"a1": Example(0, 9), "b1": Example(0, 9), "c1": Example(1, 0)}
    findings = [Finding("R", f"tenant-{id_} is wrong") for id_ in ("a1", "b1", "c1")]
    assert [f.message for f in told(findings, examples)] == [
        "tenant-a1 is wrong (and so for 9 more that are declared alike)",
        "tenant-c1 is wrong",
    ]


def test_nothing_changed_is_nothing_stale() -> None:
    seen = Compared()
    seen.add({"a": "x\n"}, {"a": "x\n"})
    assert (seen.stale, seen.changed, seen.files) == ([], [], 1)
