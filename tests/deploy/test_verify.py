from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from strangler.model import Location, Severity
from strangler.plan import load, load_tenants
from strangler.plan.platform import Tenant
from strangler_deploy.check import check
from strangler_deploy.checks.rules import RULES
from strangler_deploy.documents import Document
from strangler_deploy.estate import Estate
from strangler_deploy.render import render
from strangler_deploy.verify import isolated, placed, verified

from .estates import ISOLATIONS, documents, plan, tenants


def _locate(origin: str) -> Location:
    return Location(f"found/{origin}", 7)


def test_a_document_knows_its_cluster_and_its_line() -> None:
    (found,) = placed([Document("a/x.yaml", {}, "strangler.yaml services")], {"a": "main"}, _locate)
    assert (found.cluster, found.location) == ("main", Location("found/strangler.yaml services", 7))


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_nothing_is_wrong_with_what_we_render(isolation: str) -> None:
    tree, estate = documents(plan(isolation), tenants()), Estate(plan(isolation))
    assert [f.message for f in verified(tree, estate, tenants(), _locate)] == []
    assert [f.message for f in isolated(tree, estate, tenants(), _locate)] == []


def test_a_finding_about_the_plan_is_on_its_line() -> None:
    small = plan(platform="  clusters: {main: {endpoint: both, hybrid: true}}\n")
    found = list(verified(documents(small, tenants()), Estate(small), tenants(), _locate))
    assert {f.location for f in found if f.rule == "DEPLOY-C25"} == {
        Location("found/strangler.yaml platform.clusters.main", 7)
    }


def test_the_proofs_are_part_of_the_check() -> None:
    small: Mapping[str, str] = render(plan(), tenants())
    broken = {path: text for path, text in small.items() if not path.endswith("networkpolicy-metering-in.yaml")}
    assert {f.rule for f in check(broken, plan(), tenants())} >= {"NETWORK-CLOSED"}


def test_every_rule_of_the_proofs_is_explained() -> None:
    wanted = {f"DEPLOY-C{number}" for number in range(1, 26)}
    wanted |= {
        f"NETWORK-{n}"
        for n in ["OPEN", "CLOSED", "INERT", "DNS", "IDENTITY", "EGRESS", "INGRESS", "CROSSING", "ABSENT"]
    }
    wanted |= {f"IAM-{n}" for n in ["CROSS", "BEYOND", "MISSING", "TRUST", "UNKNOWN", "DOCUMENT", "SESSION"]}
    wanted |= {f"POLICY-{n}" for n in ["DENIED", "TOOTHLESS", "BROKEN", "ENGINE"]}
    assert wanted <= set(RULES)
    assert all(RULES[rule].holds and RULES[rule].why and RULES[rule].remedy for rule in wanted)


@pytest.mark.parametrize("name", ["small", "reference", "regulated"])
def test_the_examples_have_no_errors(name: str) -> None:
    folder = Path(__file__).parents[2] / "docs/examples" / name
    given, own = load(folder / "strangler.yaml"), load_tenants(folder / "tenants")
    errors = [f.message for f in check(render(given, own), given, own) if f.severity is Severity.ERROR]
    assert errors == []


def test_a_second_tenant_of_a_pool_is_no_stranger_to_its_databases() -> None:
    folder = Path(__file__).parents[2] / "docs/examples/reference"
    given, own = load(folder / "strangler.yaml"), load_tenants(folder / "tenants")
    more = {**own, "newco": Tenant(id="newco", tier="basic"), "oldco": Tenant(id="oldco", tier="basic")}
    assert [f.message for f in check(render(given, more), given, more) if f.severity is Severity.ERROR] == []
