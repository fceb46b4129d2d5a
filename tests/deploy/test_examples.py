"""The examples in docs/examples: each renders, and nothing is wrong with what it renders."""

from __future__ import annotations

import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from strangler.model import Finding, Location, Severity
from strangler.plan import Plan, load, load_tenants, loads
from strangler.plan.platform import Tenant
from strangler_deploy import check, first_ceilings, render, render_to
from strangler_deploy.check import clusters
from strangler_deploy.checks.declared import declared
from strangler_deploy.checks.documents import read
from strangler_deploy.checks.links import linked
from strangler_deploy.checks.objects import fits
from strangler_deploy.checks.schemas import Schemas
from strangler_deploy.checks.secrets import leaks
from strangler_deploy.estate import Estate

_EXAMPLES = Path(__file__).parent.parent.parent / "docs/examples"
_NAMES = sorted(folder.name for folder in _EXAMPLES.iterdir())


def _load(name: str) -> tuple[Plan, dict[str, Tenant]]:
    return load(_EXAMPLES / name / "strangler.yaml"), load_tenants(_EXAMPLES / name / "tenants")


def _findings(name: str, crds: Path | None) -> list[Finding]:
    plan, tenants = _load(name)
    tree, estate, found = render(plan, tenants), Estate(plan), list[Finding]()
    documents = list(read(tree, found))
    schemas = Schemas(crds, "1.36")
    for document in documents:
        schemas.learn(document.data)

    def locate(origin: str) -> Location:
        return Location(origin)

    found += [*fits(documents, schemas, locate), *linked(documents, clusters(estate, tenants)).findings(locate)]
    return [*found, *leaks(tree), *declared(estate, locate)]


@pytest.mark.parametrize("name", _NAMES)
def test_nothing_is_wrong_with_an_example(name: str) -> None:
    assert [f for f in _findings(name, None) if f.severity is not Severity.NOTE] == []


@pytest.mark.parametrize("name", _NAMES)
def test_every_object_of_an_example_fits_its_schema_and_none_is_unchecked(name: str, crds: Path) -> None:
    assert _findings(name, crds) == []


@pytest.mark.parametrize("name", _NAMES)
def test_kubernetes_validate_finds_nothing_in_native_objects(name: str) -> None:
    checked = 0
    seen: set[str] = set()
    for path, text in render(*_load(name)).items():
        data = yaml.safe_load(text) if path.endswith(".yaml") else {}
        api = data.get("apiVersion", "")
        native = "." not in api.partition("/")[0] or api.partition("/")[0].endswith(".k8s.io")
        shape = repr(sorted(_shape(data)))
        if native and api and "gateway" not in api and "audit" not in api and "kustom" not in api and shape not in seen:
            seen.add(shape)
            kubernetes_validate.validate(data, "1.36", strict=True)
            checked += 1
    assert checked > 15


def _shape(data: object, path: str = "") -> list[str]:
    """Where an object has values, and of which kinds: two of one shape need not both be sent through a slow checker."""
    if isinstance(data, dict):
        kind = [f"{path}={data['kind']}"] if path == "" and "kind" in data else []
        return kind + [item for key, value in data.items() for item in _shape(value, f"{path}.{key}")]
    if isinstance(data, list):
        return [item for value in data for item in _shape(value, f"{path}[]")]
    return [f"{path}:{type(data).__name__}"]


def test_the_facades_own_plan_is_a_plan() -> None:
    tree = render(*_load("regulated"))
    data = yaml.safe_load(tree["tenants/practice-one/app/configmap-facade.yaml"])["data"]
    plan = loads(data["strangler.yaml"])
    assert plan.services["records"].upstream == "http://records"
    assert plan.services["records"].rollout.bake == 3600


_CONDITIONS = """
version: 1
monolith: {name: shop, packages: [shop], upstream: "http://10.80.1.5:8000", serving: {answer_timeout: 20}}
services:
  billing:
    modules: [shop.billing]
    routes: ["/plain/**", {path: "/api/**", methods: [GET], headers: {X-Beta: "yes"}, limit: {rate: 5}}]
    shadow: {percent: 20}
    pinned: [acme]
facade: {tenant: "host:example.org"}
platform: {tiers: {standard: {isolation: bridge}}, facade: {mode: MODE}}
"""


def test_a_facade_in_the_cluster_carries_out_all_that_the_plan_says_of_requests() -> None:
    plan = loads(_CONDITIONS.replace("MODE", "facade"))
    tree = render(plan, {"acme": Tenant.model_validate({"id": "acme"})})
    (text,) = (text for path, text in tree.items() if path.endswith("configmap-facade.yaml"))
    own = loads(yaml.safe_load(text)["data"]["strangler.yaml"])
    given, taken = plan.services["billing"], own.services["billing"]
    assert (taken.routes, taken.shadow, taken.pinned) == (given.routes, given.shadow, given.pinned)
    assert own.monolith.serving == plan.monolith.serving
    assert "DEPLOY-ROUTE" not in {finding.rule for finding in declared(Estate(plan), Location)}


def test_a_route_that_a_gateway_would_make_wider_than_the_plan_is_found() -> None:
    found = declared(Estate(loads(_CONDITIONS.replace("MODE", "gateway"))), Location)
    (finding,) = (finding for finding in found if finding.rule == "DEPLOY-ROUTE")
    assert "route /api/** of 'billing' also says headers, limit" in finding.message
    assert finding.location.path.endswith("services.billing.routes.1")


def test_a_facade_in_the_cluster_can_report_usage_and_has_a_token_for_it() -> None:
    tree = render(*_load("regulated"))
    folder = "tenants/practice-one"
    stateful = yaml.safe_load(tree[f"{folder}/app/statefulset-facade.yaml"])
    (variable,) = stateful["spec"]["template"]["spec"]["containers"][0]["env"]
    assert variable["name"] == "STRANGLER_USAGE_TOKEN"
    secret = variable["valueFrom"]["secretKeyRef"]["name"]
    assert f"{folder}/platform/externalsecret-{secret}.yaml" in tree
    plan = loads(yaml.safe_load(tree[f"{folder}/app/configmap-facade.yaml"])["data"]["strangler.yaml"])
    assert plan.facade.usage is not None and plan.facade.usage.url == "https://control-plane.example.com"
    policy = f"{folder}/platform/networkpolicy-facade-out.yaml"
    assert "443" in tree[policy]
    flawed = {**tree, policy: tree[policy].replace("port: 443", "port: 444")}
    rules = {found.rule for found in check(flawed, *_load("regulated")) if found.severity is Severity.ERROR}
    assert any(rule.startswith("NET") for rule in rules), rules


def test_the_ceiling_that_binds_first_is_first() -> None:
    found = first_ceilings(*_load("reference"))
    assert found == sorted(found, key=lambda ceiling: -ceiling.share) or found[0].share >= found[-1].share
    assert {"target groups", "Pod Identity associations", "buckets"} <= {ceiling.name for ceiling in found}


@pytest.mark.real
@pytest.mark.parametrize("name", _NAMES)
def test_kustomize_builds_every_folder(name: str, tmp_path: Path, kubectl: str) -> None:
    render_to(tmp_path / "tree", *_load(name))
    folders = sorted(path.parent for path in (tmp_path / "tree").rglob("kustomization.yaml"))
    assert len(folders) > 4
    for folder in folders:
        built = subprocess.run([kubectl, "kustomize", str(folder)], capture_output=True, text=True, check=False)
        assert built.returncode == 0, built.stderr
        listed = yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]
        assert len([d for d in yaml.safe_load_all(built.stdout) if d]) == len(listed)


def test_every_field_that_is_exported_has_an_object_to_go_into() -> None:
    """ACK fills what is there and makes nothing."""
    plan, tenants = _load("reference")
    documents = [yaml.safe_load(text) for path, text in render(plan, tenants).items() if path.endswith(".yaml")]
    there = {
        (str(document.get("kind")).lower(), document["metadata"].get("namespace", ""), document["metadata"]["name"])
        for document in documents
        if document.get("metadata", {}).get("name")
    }
    exports = [document for document in documents if document.get("kind") == "FieldExport"]
    for export in exports:
        to = export["spec"]["to"]
        assert (to["kind"], to.get("namespace", export["metadata"]["namespace"]), to["name"]) in there, to
    assert len(exports) > 3
