# ruff: noqa: E501 - a broken permission is one line, however long
"""Every identity against every resource: equal to the declaration in all isolations, and broken policies are caught."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from strangler.model import Finding
from strangler_deploy.documents import Document
from strangler_deploy.estate import Estate
from strangler_deploy.iam import verify
from strangler_deploy.iam.declared import declared
from strangler_deploy.iam.identities import pods, roles
from strangler_deploy.iam.owners import Owners, owners
from strangler_deploy.iam.resources import resources
from strangler_deploy.iam.sessions import may_take, session_roles

from .estates import ISOLATIONS, documents, plan, rules, tenants

Edit = Callable[[dict[str, Any]], Any]


def _found(tree: list[Document], isolation: str) -> list[Finding]:
    return list(verify.findings(tree, Estate(plan(isolation)), tenants()))


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_what_is_allowed_is_what_is_declared(isolation: str) -> None:
    assert [f.message for f in _found(documents(plan(isolation), tenants()), isolation)] == []


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_the_proof_is_about_something(isolation: str) -> None:
    """No findings must not mean no identities: the matrix has as many rows and columns as the plan says."""
    tree = documents(plan(isolation), tenants())
    accounts = owners(tree, "000000000000")
    reader = roles(tree, accounts)
    identities = pods(tree, reader)
    assert len(identities) == (2 if isolation == "pool" else 6)
    assert len(list(resources(tree, accounts, "eu-central-1"))) == (3 if isolation == "pool" else 9)
    assert len(declared(Estate(plan(isolation)), tenants())) == 6
    labels = [role.document.labels.get("strangler/role") for role in session_roles(reader, identities)]
    assert labels.count("tenant-session") == (2 if isolation == "pool" else 0)


def test_a_pool_takes_a_part_for_one_named_tenant_only() -> None:
    tree = documents(plan("pool"), tenants())
    reader = roles(tree, Owners("000000000000"))
    identities = {pod.service_account: pod.identity for pod in pods(tree, reader)}
    found = session_roles(reader, pods(tree, reader))
    sessions = {role.document.labels.get("app.kubernetes.io/name"): role for role in found}
    assert may_take(identities["billing"], sessions["billing"], {"tenant": "acme"})
    assert not may_take(identities["billing"], sessions["billing"], {})
    assert not may_take(identities["orders"], sessions["billing"], {"tenant": "acme"})


def _edited(tree: list[Document], kind: str, name: str, field: str, edit: Edit) -> list[Document]:
    """The tree with the policy document in ``field`` of those objects changed, of the first tenant alone."""
    made, hit = [], False
    for document in tree:
        if (document.kind, document.name) == (kind, name) and document.group.endswith("k8s.aws") and not hit:
            hit = True
            data = copy.deepcopy(dict(document.data))
            if field:
                text = json.loads(data["spec"][field])
                edit(text)
                data["spec"][field] = json.dumps(text)
            else:
                edit(data["spec"])
            document = replace(document, data=data)
        made.append(document)
    assert hit, (kind, name)
    return made


def _statement(action: str, edit: Callable[[dict[str, Any]], Any]) -> Edit:
    def apply(policy: dict[str, Any]) -> None:
        statement = next(s for s in policy["Statement"] if any(a.startswith(action) for a in s["Action"]))
        edit(statement)

    return apply


def _add(**statement: Any) -> Edit:
    return lambda policy: policy["Statement"].append({"Effect": "Allow", **statement})


def _set(key: str, value: Any) -> Edit:
    return lambda statement: statement.__setitem__(key, value)


def _more(*actions: str) -> Edit:
    return lambda statement: statement["Action"].extend(actions)


def _without(key: str) -> Edit:
    return lambda statement: statement.pop(key, None)


def _condition(operator: str, to: Any = None) -> Edit:
    def apply(statement: dict[str, Any]) -> None:
        if to is None:
            statement["Condition"].pop(operator)
        else:
            statement["Condition"][operator] = to

    return apply


def _only_table(statement: dict[str, Any]) -> None:
    statement["Condition"]["Null"].pop("dynamodb:LeadingKeys")


def _replaced(old: str, new: str) -> Edit:
    def apply(policy: dict[str, Any]) -> None:
        text = json.dumps(policy)
        assert old in text
        made = json.loads(text.replace(old, new))
        policy.clear()
        policy.update(made)

    return apply


S3, TABLE, DOC, TRUST = "s3:", "dynamodb:", "policyDocument", "assumeRolePolicyDocument"
TAG = "${aws:PrincipalTag/tenant}"
# What is broken; in which isolation; kind, name and field; how; the rule that must notice.
MUTANTS: list[tuple[str, str, str, str, str, Edit, str]] = [
    ("any action on any resource", "bridge", "Policy", "billing", DOC, _add(Action="*", Resource="*"), "IAM-CROSS"),
    ("any S3 action on any bucket", "bridge", "Policy", "billing", DOC, _add(Action="s3:*", Resource="*"), "IAM-CROSS"),
    ("all but IAM", "bridge", "Policy", "billing", DOC, _add(NotAction="iam:*", Resource="*"), "IAM-CROSS"),
    ("all but one bucket", "bridge", "Policy", "billing", DOC, _add(Action="s3:GetObject", NotResource="arn:aws:s3:::x/*"), "IAM-CROSS"),
    ("wildcard action on its own", "bridge", "Policy", "billing", DOC, _statement(S3, _set("Action", ["s3:*"])), "IAM-BEYOND"),
    ("may delete its bucket", "bridge", "Policy", "billing", DOC, _statement("s3:ListBucket", _more("s3:DeleteBucket")), "IAM-BEYOND"),
    ("may open its bucket", "bridge", "Policy", "billing", DOC, _statement("s3:ListBucket", _more("s3:PutBucketPolicy")), "IAM-BEYOND"),
    ("ListBucket on /*", "bridge", "Policy", "billing", DOC, _statement("s3:ListBucket", lambda s: s.update(Resource=[s["Resource"][0] + "/*"])), "IAM-MISSING"),
    ("objects on the bucket", "bridge", "Policy", "billing", DOC, _statement("s3:DeleteObject", lambda s: s.update(Resource=[s["Resource"][0][:-2]])), "IAM-MISSING"),
    ("another tenant's bucket", "bridge", "Policy", "billing", DOC, _replaced("acme", "globex"), "IAM-CROSS"),
    ("a bucket's name cut short", "bridge", "Policy", "billing", DOC, _statement("s3:DeleteObject", lambda s: s.update(Resource=[s["Resource"][0].partition("-acme")[0] + "*"])), "IAM-CROSS"),
    ("a bucket by one letter", "bridge", "Policy", "billing", DOC, _replaced("acme", "????*"), "IAM-CROSS"),
    ("any table", "bridge", "Policy", "billing", DOC, _statement(TABLE, _set("Resource", ["arn:aws:dynamodb:*:*:table/*"])), "IAM-CROSS"),
    ("a table in any region", "bridge", "Policy", "billing", DOC, _statement(TABLE, _set("Resource", ["arn:aws:dynamodb:*"])), "IAM-CROSS"),
    ("may drop its table", "bridge", "Policy", "billing", DOC, _statement(TABLE, _more("dynamodb:DeleteTable")), "IAM-BEYOND"),
    ("actions misspelt", "bridge", "Policy", "billing", DOC, _replaced("dynamodb:GetItem", "dynamodb:GetItems"), "IAM-MISSING"),
    ("Deny for Allow", "bridge", "Policy", "billing", DOC, _statement(S3, _set("Effect", "Deny")), "IAM-MISSING"),
    ("a condition that never holds", "bridge", "Policy", "billing", DOC, _statement(TABLE, _set("Condition", {"StringEquals": {"aws:PrincipalTag/nobody": "x"}})), "IAM-MISSING"),
    ("sign in as anybody", "bridge", "Policy", "orders", DOC, _replaced("dbuser:*/acme_orders", "dbuser:*"), "IAM-CROSS"),
    ("sign in as another tenant", "bridge", "Policy", "orders", DOC, _replaced("acme_orders", "globex_orders"), "IAM-CROSS"),
    ("one user for all tenants", "bridge", "Policy", "orders", DOC, _replaced("dbuser:*/acme_orders", "dbuser:*/*_orders"), "IAM-CROSS"),
    ("no JSON", "bridge", "Policy", "billing", "", _set("policyDocument", "{"), "IAM-DOCUMENT"),
    ("allow in small letters", "bridge", "Policy", "billing", DOC, _statement(S3, _set("Effect", "allow")), "IAM-DOCUMENT"),
    ("a policy that is not there", "bridge", "Role", "billing", "", _set("policyRefs", [{"from": {"name": "other"}}]), "IAM-UNKNOWN"),
    ("administrator's policy", "bridge", "Role", "billing", "", _set("policies", ["arn:aws:iam::aws:policy/AdministratorAccess"]), "IAM-UNKNOWN"),
    ("no policy at all", "bridge", "Role", "billing", "", _without("policyRefs"), "IAM-MISSING"),
    ("no TagSession", "bridge", "Role", "billing", TRUST, lambda p: p["Statement"][0].update(Action=["sts:AssumeRole"]), "IAM-TRUST"),
    ("trust for EC2", "bridge", "Role", "billing", TRUST, _replaced("pods.eks.amazonaws.com", "ec2.amazonaws.com"), "IAM-TRUST"),
    ("trust for another namespace", "bridge", "Role", "billing", TRUST, _replaced("tenant-acme", "tenant-x"), "IAM-TRUST"),
    ("trust for another cluster", "bridge", "Role", "billing", TRUST, _replaced('eks-cluster-name": "main"', 'eks-cluster-name": "other"'), "IAM-TRUST"),
    ("no session tags", "bridge", "PodIdentityAssociation", "billing", "", _set("disableSessionTags", True), "IAM-TRUST"),
    ("associated with another's role", "bridge", "PodIdentityAssociation", "billing", "", _set("roleRef", {"from": {"name": "billing", "namespace": "tenant-globex"}}), "IAM-TRUST"),
    ("a role that is not there", "bridge", "PodIdentityAssociation", "billing", "", _set("roleRef", {"from": {"name": "none"}}), "IAM-UNKNOWN"),
    ("another service account", "bridge", "PodIdentityAssociation", "billing", "", _set("serviceAccount", "search"), "IAM-MISSING"),
    ("a session policy that takes all away", "bridge", "PodIdentityAssociation", "billing", "", _set("policy", '{"Version": "2012-10-17", "Statement": []}'), "IAM-MISSING"),
    ("the bucket's own policy lets all in", "bridge", "Bucket", "billing-invoices", "", _set("policy", json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}})), "IAM-CROSS"),
    ("the bucket's own policy shuts all out", "bridge", "Bucket", "billing-invoices", "", _set("policy", json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}})), "IAM-MISSING"),
    ("Scan beside LeadingKeys", "pool", "Policy", "billing-tenant", DOC, _statement(TABLE, lambda s: (s["Action"].append("dynamodb:Scan"), _only_table(s))), "IAM-CROSS"),
    ("LeadingKeys without Null", "pool", "Policy", "billing-tenant", DOC, _statement(TABLE, _only_table), "IAM-CROSS"),
    ("no LeadingKeys", "pool", "Policy", "billing-tenant", DOC, _statement(TABLE, _without("Condition")), "IAM-CROSS"),
    ("ForAnyValue for ForAllValues", "pool", "Policy", "billing-tenant", DOC, _replaced("ForAllValues:StringEquals", "ForAnyValue:StringEquals"), "IAM-CROSS"),
    ("keys by a wildcard", "pool", "Policy", "billing-tenant", DOC, _statement(TABLE, lambda s: s["Condition"].update({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "*"}}) or s["Condition"].pop("ForAllValues:StringEquals")), "IAM-CROSS"),
    ("another tag", "pool", "Policy", "billing-tenant", DOC, _replaced("PrincipalTag/tenant", "PrincipalTag/tenants"), "IAM-MISSING"),
    ("no tenant in the path", "pool", "Policy", "billing-tenant", DOC, _replaced(f"/{TAG}/*", "/*"), "IAM-CROSS"),
    ("every prefix", "pool", "Policy", "billing-tenant", DOC, _replaced(f'"s3:prefix": ["{TAG}/*"]', '"s3:prefix": ["*"]'), "IAM-CROSS"),
    ("no prefix", "pool", "Policy", "billing-tenant", DOC, _statement("s3:ListBucket", _without("Condition")), "IAM-CROSS"),
    ("the old language", "pool", "Policy", "billing-tenant", DOC, lambda p: p.update(Version="2008-10-17"), "IAM-MISSING"),
    ("the pod's own role has the data", "pool", "Policy", "billing", DOC, _add(Action="dynamodb:GetItem", Resource="*"), "IAM-CROSS"),
    ("a session for nobody in particular", "pool", "Role", "billing-tenant", TRUST, lambda p: p["Statement"][0]["Condition"].pop("Null"), "IAM-SESSION"),
    ("a session for any role", "pool", "Role", "billing-tenant", TRUST, lambda p: p["Statement"][0].update(Principal={"AWS": "*"}, Condition={"Null": {"aws:RequestTag/tenant": "false"}}), "IAM-SESSION"),
    ("the pod may not name a tenant", "pool", "Policy", "billing", DOC, lambda p: p["Statement"][0].update(Action=["sts:AssumeRole"]), "IAM-MISSING"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "isolation", "kind", "name", "field", "edit", "rule"), MUTANTS, ids=[m[0] for m in MUTANTS]
)
def test_a_broken_policy_is_caught(
    what: str, isolation: str, kind: str, name: str, field: str, edit: Edit, rule: str
) -> None:
    tree = _edited(documents(plan(isolation), tenants()), kind, name, field, edit)
    assert rule in rules(_found(tree, isolation)), what


def test_there_are_eighty_mutants_and_more() -> None:
    """Those here, those of the network, and each policy of two engines made to say yes (test_verify of admission)."""
    from strangler_deploy.admission.mutations import MUTATIONS

    from .test_network import MUTANTS as OF_THE_NETWORK

    of_policies = 2 * len({mutation.rule for mutation in MUTATIONS} | {"submitters"})
    assert len(MUTANTS) + len(OF_THE_NETWORK) + of_policies >= 80


def test_data_in_an_account_of_its_clusters_own_is_that_accounts() -> None:
    """ACK makes an object's counterpart where its namespace says; roles and resources are both there."""
    clusters = "  account: '111122223333'\n  clusters: {c: {role: control}, a: {account: '444455556666'}, b: {}}\n"
    for isolation in ("pool", "bridge"):
        given, own = plan(isolation, clusters), tenants("acme", "globex", "initech", "umbrella", "hooli")
        assert [f.message for f in verify.findings(documents(given, own), Estate(given), own)] == []


def test_a_tenant_whose_name_begins_with_anothers_is_another_tenant() -> None:
    own = tenants("acme", "acme-prod", "acme-prod-2", "acm")
    given = plan(platform="  identity: {provisioners: true}\n")
    assert [f.message for f in verify.findings(documents(given, own), Estate(given), own)] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"s3:GetBucket*"', '"s3:Get*"], "Resource": "*"}, {"Effect": "Allow", "Action": ["s3:GetBucket*"'),
        ('"dynamodb:CreateTable"', '"dynamodb:*"], "Resource": ["*"]}, {"Effect": "Allow", "Action": ["dynamodb:X"'),
        ("acme-billing-invoices", "acme-*"),
    ],
)
def test_what_ack_is_given_for_one_tenant_stops_at_the_next(old: str, new: str) -> None:
    own = tenants("acme", "acme-prod")
    tree = [_widened(document, old, new) for document in documents(plan(), own)]
    found = verify.findings(tree, Estate(plan()), own)
    assert any("IAMRoleSelector tenant-acme lets ACK" in finding.message for finding in found)


def _widened(document: Document, old: str, new: str) -> Document:
    if document.kind != "Policy" or not document.name.endswith("-acme-provisioner"):
        return document
    text = document.spec["policyDocument"]
    assert old in text
    return replace(
        document, data={**document.data, "spec": {**document.spec, "policyDocument": text.replace(old, new)}}
    )
