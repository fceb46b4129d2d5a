"""Kyverno's ValidatingPolicy (``policies.kyverno.io/v1``): CEL, and rules for pods that reach their controllers too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from strangler_deploy.admission.matching import is_matched
from strangler_deploy.admission.review import Review
from strangler_deploy.admission.vap import CelPolicy, Denial, compiled
from strangler_deploy.documents import Document, mapping, mappings

# Resources that Kyverno derives a rule for from one that is about pods alone (spec.autogen.podControllers).
_CONTROLLERS = (
    "daemonsets",
    "deployments",
    "jobs",
    "cronjobs",
    "replicasets",
    "replicationcontrollers",
    "statefulsets",
)


class ValidatingPolicies:
    """All of Kyverno's validating policies of one cluster that deny."""

    engine = "kyverno"

    def __init__(self, documents: Sequence[Document]) -> None:
        policies = [d for d in documents if d.kind == "ValidatingPolicy" and d.group == "policies.kyverno.io"]
        self._policies = [(compiled(d), _controllers(d)) for d in policies if _denies(d)]

    def denials(self, review: Review) -> Iterator[Denial]:
        """Who refuses the request."""
        for policy, controllers in self._policies:
            complaint = _complaint(policy, controllers, review)
            if complaint:
                yield Denial(self.engine, policy.name, complaint)


def _denies(document: Document) -> bool:
    actions = document.spec.get("validationActions") or ["Deny"]
    enabled = mapping(mapping(document.spec.get("evaluation")).get("admission")).get("enabled", True)
    return bool("Deny" in actions and enabled)


def _complaint(policy: CelPolicy, controllers: Sequence[str], review: Review) -> str:
    if is_matched(policy.constraints, review):
        return policy.complaint(review)
    if review.resource in controllers:
        inner = _as_pod(review)
        if is_matched(policy.constraints, inner):
            return policy.complaint(inner)
    return ""


def _controllers(document: Document) -> tuple[str, ...]:
    """The controllers a policy is derived for: none unless it is about pods alone and selects no objects."""
    constraints = mapping(document.spec.get("matchConstraints"))
    resources = {r for rule in mappings(constraints.get("resourceRules")) for r in rule.get("resources") or ()}
    selects = constraints.get("objectSelector") or constraints.get("namespaceSelector")
    if resources != {"pods"} or selects:
        return ()
    wanted = mapping(mapping(document.spec.get("autogen")).get("podControllers")).get("controllers")
    return _CONTROLLERS if wanted is None else tuple(str(item) for item in wanted)


def _as_pod(review: Review) -> Review:
    """The request with the pod template in the place of its owner: what a derived rule looks at."""

    def pod(value: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        if value is None:
            return None
        template = mapping(Document("", value).pod())
        metadata = {**mapping(template.get("metadata")), "namespace": review.namespace_name}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": mapping(template.get("spec"))}

    return replace(review, object=pod(review.object), old=pod(review.old))
