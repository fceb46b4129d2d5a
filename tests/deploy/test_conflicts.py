"""C1 to C25: what is refused, with which words, and the mended twin that passes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from strangler.plan import Plan, loads
from strangler.plan.platform import Tenant
from strangler_deploy.capacity import verify as capacity
from strangler_deploy.conflicts import verify as conflicts
from strangler_deploy.conflicts.context import Context
from strangler_deploy.documents import Document
from strangler_deploy.estate import Estate

from .estates import documents, tenants

EXAMPLES = sorted((Path(__file__).parents[1] / "data/conflicts").glob("c*.yaml"))
SERVICES = """\
version: 1
monolith: {name: shop, packages: [shop], upstream: "http://10.80.1.5:8000"}
services:
  orders: {image: "registry.example.com/orders", routes: ["/orders/**"]}
  search: {image: "registry.example.com/search", routes: ["/search/**"]}
"""


def example(path: Path) -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return made


def plan_of(variant: Mapping[str, Any]) -> Plan:
    return loads(SERVICES + yaml.safe_dump({"platform": variant.get("platform", {})}))


def tenants_of(variant: Mapping[str, Any]) -> dict[str, Tenant]:
    return tenants("acme", *(f"t{number}" for number in range(variant.get("tenants", 1) - 1)))


def tree_of(variant: Mapping[str, Any]) -> list[Document]:
    """What is rendered, without the kinds that the example leaves out, and the user's own manifests."""
    left_out = set(variant.get("without", ()))
    rendered = [d for d in documents(plan_of(variant), tenants_of(variant)) if d.kind not in left_out]
    own = [Document(f"extra/{n}.yaml", data, cluster="main") for n, data in enumerate(variant.get("manifests", ()))]
    return rendered + own + _large(variant)


def _large(variant: Mapping[str, Any]) -> list[Document]:
    """A CRD that is larger than an annotation may be."""
    if "large" not in variant:
        return []
    fields = {f"field{n}": {"type": "string", "description": "x" * 100} for n in range(3000)}
    schema = {"openAPIV3Schema": {"type": "object", "properties": fields}}
    spec = {"group": variant["large"], "versions": [{"name": "v1", "schema": schema}]}
    crd = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    return [Document("extra/crd.yaml", {**crd, "metadata": {"name": "large"}, "spec": spec}, cluster="main")]


def found(variant: Mapping[str, Any]) -> list[tuple[str, str]]:
    context = Context(Estate(plan_of(variant)), tenants_of(variant), tree_of(variant))
    findings = [*conflicts.findings(context), *capacity.findings(context)]
    assert all(f.location is not None and f.hint for f in findings)
    return [(f.rule, f"{f.message} ({f.hint})") for f in findings]


def test_there_is_an_example_of_every_conflict() -> None:
    assert [path.stem for path in EXAMPLES] == [f"c{number:02}" for number in range(1, 26)]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_is_refused_with_the_right_words_and_nothing_else_is(path: Path) -> None:
    made = example(path)
    refusals = found(made["refused"])
    assert {rule for rule, _ in refusals} == {f"DEPLOY-C{int(path.stem[1:])}"}
    assert any(made["says"] in words for _, words in refusals)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_its_mended_twin_passes(path: Path) -> None:
    assert found(example(path)["mended"]) == []
