from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from strangler_deploy.admission import verify
from strangler_deploy.admission.mutations import MUTATIONS
from strangler_deploy.admission.review import User
from strangler_deploy.documents import Document

from .conftest import documents
from .fixtures import BUCKET, DATABASE, NAMESPACE, TABLE, _object, template, workload


def _tree() -> list[Document]:
    route = {"hostnames": ["app.example.com"], "rules": [{"matches": [{"path": {"value": "/acme/x"}}]}]}
    objects: list[dict[str, Any]] = [
        NAMESPACE,
        workload("Deployment", template()),
        workload("Deployment", template("internal")),
        _object("v1", "ResourceQuota", {"spec": {}}),
        _object("gateway.networking.k8s.io/v1", "HTTPRoute", {"spec": route}),
        *(copy.deepcopy(data) for data in (BUCKET, DATABASE, TABLE)),
    ]
    for number, data in enumerate(objects[1:]):
        data["metadata"] = {**data["metadata"], "namespace": "tenant-acme", "name": f"x{number}"}
    placed = [Document(f"{number}.yaml", data, cluster="main") for number, data in enumerate(objects)]
    return [*documents(), *placed]


def test_our_own_objects_pass_and_every_broken_copy_is_refused() -> None:
    assert list(verify.findings(_tree())) == []


def test_an_object_that_a_policy_refuses_is_named_with_engine_and_reason() -> None:
    job = workload("Job", template(env=[{"name": "AWS_ACCESS_KEY_ID"}]), "batch/v1")
    bad = Document("bad.yaml", job, cluster="main")
    found = [f for f in verify.findings([*_tree(), bad]) if f.rule == "POLICY-DENIED"]
    assert {f.location.path for f in found if f.location} == {"bad.yaml"}
    assert sum("(vap) refuses it:" in f.message for f in found) == 1
    assert sum("refuses its pods" in f.message for f in found) == 3


@pytest.mark.parametrize("kind", ["ValidatingAdmissionPolicy", "ValidatingPolicy"])
@pytest.mark.parametrize("rule", sorted({m.rule for m in MUTATIONS} | {"submitters"}))
def test_a_policy_that_says_yes_to_everything_is_toothless(kind: str, rule: str) -> None:
    def weakened(document: Document) -> Document:
        if (document.kind, document.name) != (kind, rule):
            return document
        data = copy.deepcopy(dict(document.data))
        data["spec"]["validations"] = [{"expression": "true"}]
        return replace(document, data=data)

    found = list(verify.findings([weakened(d) for d in _tree()]))
    assert found
    assert all(f.rule == "POLICY-TOOTHLESS" and f"policy {rule} " in f.message for f in found)


def test_a_rego_rule_that_never_complains_is_toothless() -> None:
    def weakened(document: Document) -> Document:
        if document.kind != "ConstraintTemplate" or document.name != "phinonroot":
            return document
        data = copy.deepcopy(dict(document.data))
        source = data["spec"]["targets"][0]["code"][0]["source"]
        source["rego"] = 'package phinonroot\nviolation contains {"msg": "never"} if false\n'
        return replace(document, data=data)

    found = list(verify.findings([weakened(d) for d in _tree()]))
    assert {f.rule for f in found} == {"POLICY-TOOTHLESS"}
    assert all("(gatekeeper)" in f.message for f in found)


def test_a_policy_that_cannot_be_compiled_is_said() -> None:
    broken = {"validations": [{"expression": "object."}]}
    metadata = {"name": "x"}
    data = {"apiVersion": "policies.kyverno.io/v1", "kind": "ValidatingPolicy", "metadata": metadata, "spec": broken}
    found = list(verify.findings([Document("p.yaml", data, cluster="main")]))
    assert [f.rule for f in found] == ["POLICY-BROKEN"]


def test_tenants_that_differ_in_their_name_alone_are_asked_about_once() -> None:
    deployment = {**workload("Deployment", template()), "metadata": {"name": "a", "namespace": "tenant-acme"}}

    def of(tenant: str) -> list[Document]:
        renamed = json.loads(json.dumps([NAMESPACE, deployment]).replace("acme", tenant))
        return [Document(f"{tenant}.yaml", data, cluster="main") for data in renamed]

    many = [document for number in range(20) for document in of(f"t{number:04}")]
    assert len(list(verify._classes(many, documents(), User()))) == 3  # a namespace, a Deployment, its pod
