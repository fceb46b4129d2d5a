"""Our own control plane on the control cluster: what is rendered for it holds, starts, and is all it needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from strangler.cli.control_plane import command as control_plane
from strangler.cli.main import main
from strangler.errors import PlanError, StranglerError
from strangler.model import Severity
from strangler.plan import Plan, loads
from strangler.plan.platform import Tenant
from strangler_deploy import check, control_plane_manifests, render

PLAN = """\
version: 1
monolith: {name: shop, packages: [shop], upstream: "http://10.80.1.5:8000"}
services:
  billing: {modules: [shop.billing], routes: ["/api/invoices/**"], rollout: {bake: 10m}}
platform:
  clusters:
    hub: {role: control}
    app: {role: application}
  delivery: {repository: "https://git.example.com/acme/gitops.git"}
  saas: {identity: true, control_plane: {}, services: {console: "registry.example.com/console@sha256:%s"}}
""" % ("1" * 64)


def objects(plan: Plan) -> dict[tuple[str, str], Any]:
    found = [yaml.safe_load(text) for text in control_plane_manifests(plan).values()]
    return {(item["kind"], item["metadata"]["name"]): item for item in found}


def pod(plan: Plan) -> Any:
    return objects(plan)["Deployment", "control-plane"]["spec"]["template"]["spec"]


@pytest.mark.parametrize(
    "variant",
    [
        PLAN,
        PLAN.replace("https://", "ssh://git@"),
        PLAN.replace("identity: true", "identity: false"),
        PLAN.replace("control_plane: {}", 'control_plane: {issuer: "https://id.example.com", replicas: 1}'),
        PLAN.replace("hub: {role: control}", "hub: {role: control, local: true}"),
    ],
)
def test_it_is_a_part_of_the_tree_and_nothing_is_found_in_it(variant: str) -> None:
    plan = loads(variant)
    tree = render(plan, {})
    ours = control_plane_manifests(plan)
    assert {f"control/{name}": text for name, text in ours.items()}.items() <= tree.items()
    assert not any("console" in name for name in ours)
    assert [found for found in check(tree, plan, {}) if found.severity is not Severity.NOTE] == []


def test_what_the_pod_is_started_with_is_what_the_command_takes() -> None:
    spec = pod(loads(PLAN))["containers"][0]
    assert spec["command"] == ["strangler", "control-plane", "run"]
    run = control_plane.commands["run"]
    taken = run.make_context("run", list(spec["args"])).params
    assert taken["repository"] == "https://git.example.com/acme/gitops.git"
    assert taken["issuer"] == "https://cognito-idp.eu-central-1.amazonaws.com/$(USER_POOL)"
    assert taken["follow"] is True


def test_its_plan_is_the_plan() -> None:
    plan = loads(PLAN)
    text = objects(plan)["ConfigMap", "control-plane-plan"]["data"]["strangler.yaml"]
    assert loads(text) == plan


def test_whatever_it_mounts_or_names_is_there() -> None:
    """In the tree, from the secret store, or in every namespace of Kubernetes."""
    found = objects(loads(PLAN))
    spec = pod(loads(PLAN))
    secrets = {volume["secret"]["secretName"] for volume in spec["volumes"] if "secret" in volume}
    assert {("ExternalSecret", name) for name in secrets} <= found.keys()
    named = [entry["valueFrom"]["configMapKeyRef"] for entry in spec["containers"][0]["env"] if "valueFrom" in entry]
    exports = {
        (item["spec"]["to"]["name"], item["spec"]["to"]["key"])
        for key, item in found.items()
        if key[0] == "FieldExport"
    }
    assert {(reference["name"], reference["key"]) for reference in named} == exports
    assert {("ConfigMap", name) for name, _ in exports} <= found.keys(), "an export only fills what is there"


def test_variables_that_a_value_names_stand_before_it() -> None:
    for variant in (PLAN, PLAN.replace("hub: {role: control}", "hub: {role: control, local: true}")):
        seen: set[str] = set()
        for entry in pod(loads(variant))["containers"][0]["env"]:
            named = {part.partition(")")[0] for part in entry.get("value", "").split("$(")[1:]}
            assert named <= seen
            seen.add(entry["name"])


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("networkpolicy-control-plane-out", "port: 5432", "port: 5433"),
        ("networkpolicy-control-plane-in", "port: 8080", "port: 8081"),
        ("networkpolicy-control-plane-out", "10.", "11."),
        ("deployment-control-plane", "runAsNonRoot: true", "runAsNonRoot: false"),
        ("rds-dbinstance-control-plane", "manageMasterUserPassword: true", "masterUserPassword: s3cret"),
        ("iam-role-control-plane", "aws:RequestTag/kubernetes-namespace", "aws:RequestTag/colour"),
    ],
)
def test_a_flaw_in_it_is_found(file: str, old: str, new: str) -> None:
    plan = loads(PLAN)
    tree = render(plan, {})
    path = f"control/platform-saas.{file}.yaml"
    assert old in tree[path]
    flawed = {**tree, path: tree[path].replace(old, new)}
    assert [found for found in check(flawed, plan, {}) if found.severity is Severity.ERROR] != []


def test_that_it_could_sign_in_to_a_tenants_database_is_found() -> None:
    plan = loads(f"{PLAN}  workloads: {{billing: {{data: {{ledger: {{kind: rds}}}}}}}}\n")
    tenants = {"acme": Tenant(id="acme", isolation="bridge")}
    tree, path = render(plan, tenants), "control/platform-saas.iam-policy-control-plane.yaml"
    assert [found for found in check(tree, plan, tenants) if found.severity is not Severity.NOTE] == []
    flawed = {**tree, path: tree[path].replace("dbuser:*/control_plane", "dbuser:*/*")}
    assert "IAM-CROSS" in {found.rule for found in check(flawed, plan, tenants)}


def test_a_plan_without_one_says_how_to_have_one() -> None:
    with pytest.raises(StranglerError) as found:
        control_plane_manifests(loads(PLAN.replace("control_plane: {}, ", "")))
    assert "control_plane: {}" in found.value.hint


def test_its_database_is_postgresql_and_its_name_its_own() -> None:
    for wrong in ("control_plane: {database: {kind: s3}}", "control_plane: {database: {kind: rds, engine: mysql}}"):
        with pytest.raises(PlanError):
            loads(PLAN.replace("control_plane: {}", wrong))
    with pytest.raises(PlanError):
        loads(PLAN.replace("{console:", "{control-plane:"))


def test_the_command_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "strangler.yaml"
    path.write_text(PLAN, encoding="utf-8")
    assert main(["control-plane", "manifests", "-o", str(tmp_path / "out"), "--plan", str(path)]) == 0
    written = {file.name: file.read_text(encoding="utf-8") for file in (tmp_path / "out").iterdir()}
    assert written == control_plane_manifests(loads(PLAN))
