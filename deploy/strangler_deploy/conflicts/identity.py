"""AWS permissions: C15, C16, C21."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from strangler.model import Finding
from strangler_deploy.conflicts.context import Context, conflict
from strangler_deploy.documents import Document, mapping, mappings
from strangler_deploy.iam.documents import Condition, Policy, Statement, parse
from strangler_deploy.iam.patterns import is_action

_IAM = "iam.services.k8s.aws"
_WHOLE_TABLE = ("dynamodb:Scan", "dynamodb:PartiQLSelect", "dynamodb:ExportTableToPointInTime")


def whole_tables(context: Context) -> Iterator[Finding]:
    """C15: a condition on keys beside an action that has none, or satisfied by a request without keys."""
    for document, policy in _policies(context):
        for statement in policy.statements:
            keyed = [c for c in statement.conditions if c.key == "dynamodb:leadingkeys"]
            if statement.effect != "Allow" or not keyed:
                continue
            for action in _WHOLE_TABLE:
                if _allows(statement, action):
                    message = f"{document} keeps tenants apart by dynamodb:LeadingKeys and allows {action}, without any"
                    yield conflict(15, message, document.location, f"take {action} away, and use Query")
            if any(c.quantifier == "ForAllValues" for c in keyed) and not _is_guarded(statement):
                message = f"{document}: ForAllValues is satisfied by a request that carries no dynamodb:LeadingKeys"
                hint = 'add the condition Null: {"dynamodb:LeadingKeys": "false"}'
                yield conflict(15, message, document.location, hint)


def _is_guarded(statement: Statement) -> bool:
    return Condition("Null", "dynamodb:leadingkeys", ("false",)) in statement.conditions


def _allows(statement: Statement, action: str) -> bool:
    if statement.not_actions is not None:
        return not any(is_action(pattern, action) for pattern in statement.not_actions)
    return any(is_action(pattern, action) for pattern in statement.actions or ())


def _policies(context: Context) -> Iterator[tuple[Document, Policy]]:
    for document in (*context.by_kind.get("Policy", ()), *context.by_kind.get("Role", ())):
        if document.group != _IAM:
            continue
        texts = [document.spec.get("policyDocument"), *mapping(document.spec.get("inlinePolicies")).values()]
        for text in filter(None, texts):
            try:
                yield document, parse(str(text))
            except ValueError:  # said by the proof of isolation
                continue


def session_policies(context: Context) -> Iterator[Finding]:
    """C16: a session policy switches the session's tags off, on which other policies rely."""
    tagged = {(d.namespace, d.name) for d, p in _policies(context) if _uses_tags(p)}
    roles = {(d.namespace, d.name): d for d in context.by_kind.get("Role", ()) if d.group == _IAM}
    for document in context.by_kind.get("PodIdentityAssociation", ()):
        spec = document.spec
        if spec.get("policy") and not spec.get("disableSessionTags"):
            message = f"{document} has a session policy, for which EKS wants disableSessionTags: true"
            hint = "put the policy on the role; or switch the tags off and use no aws:PrincipalTag anywhere"
            yield conflict(16, message, document.location, hint)
        role = roles.get(_role_of(document))
        if spec.get("disableSessionTags") and role is not None and _policy_keys(role) & tagged:
            message = f"{document} has no session tags, and a policy of its role relies on aws:PrincipalTag"
            yield conflict(16, message, document.location, "leave disableSessionTags out")


def _uses_tags(policy: Policy) -> bool:
    return "aws:principaltag/" in repr(policy).lower()


def _role_of(document: Document) -> tuple[str, str]:
    reference = mapping(mapping(document.spec.get("roleRef")).get("from"))
    return str(reference.get("namespace") or document.namespace), str(reference.get("name"))


def _policy_keys(role: Document) -> set[tuple[str, str]]:
    named = (mapping(r.get("from")) for r in mappings(role.spec.get("policyRefs")))
    keys = {(str(r.get("namespace") or role.namespace), str(r.get("name"))) for r in named}
    return keys | {(role.namespace, role.name)}


def escalation(context: Context) -> Iterator[Finding]:
    """C21: whoever may create IAM objects may do whatever ACK may do."""
    for document in context.by_kind.get("AppProject", ()):
        if _is_tenants(document) and not _excludes_iam(document):
            message = f"{document} lets a tenant's repository bring IAM roles and policies"
            hint = f"blacklist group {_IAM} in namespaceResourceBlacklist"
            yield conflict(21, message, document.location, hint)
    for document in context.by_kind.get("Role", ()):
        rules = mappings(document.data.get("rules"))
        if document.group == "rbac.authorization.k8s.io" and any(_grants_iam(rule) for rule in rules):
            message = f"{document} lets its subjects write IAM objects, and so grant themselves what ACK may do"
            yield conflict(21, message, document.location, f"leave {_IAM} to the platform")


def _is_tenants(document: Document) -> bool:
    if "saas/tenant" in document.labels:
        return True
    namespaces = {str(d.get("namespace")) for d in mappings(document.spec.get("destinations"))}
    return bool(namespaces) and all(name.startswith(("tenant-", "pool-")) for name in namespaces)


def _excludes_iam(document: Document) -> bool:
    spec = document.spec
    whitelist = spec.get("namespaceResourceWhitelist")
    if whitelist is not None and not any(item.get("group") in ("*", _IAM) for item in mappings(whitelist)):
        return True
    black = [i for i in mappings(spec.get("namespaceResourceBlacklist")) if i.get("group") in ("*", _IAM)]
    kinds = {str(item.get("kind")) for item in black}
    return "*" in kinds or {"Role", "Policy"} <= kinds


def _grants_iam(rule: Mapping[str, Any]) -> bool:
    groups, verbs = set(rule.get("apiGroups") or ()), set(rule.get("verbs") or ())
    return bool(groups & {"*", _IAM}) and bool(verbs & {"*", "create", "update", "patch"})
