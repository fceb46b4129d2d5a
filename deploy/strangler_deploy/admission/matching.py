"""Which requests a policy is about: the ``matchConstraints`` that ValidatingAdmissionPolicy and Kyverno share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strangler_deploy.admission.review import Review
from strangler_deploy.documents import mapping, mappings
from strangler_deploy.network.selectors import selector


def is_matched(constraints: Mapping[str, Any], review: Review, *, rules_required: bool = True) -> bool:
    """Whether ``constraints`` (resource rules, selectors, exclusions) take the request in.

    A binding's ``matchResources`` may leave the rules out, which then take in everything (``rules_required`` False).
    """
    rules = mappings(constraints.get("resourceRules"))
    if (rules or rules_required) and not any(_is_ruled(rule, review) for rule in rules):
        return False
    if any(_is_ruled(rule, review) for rule in mappings(constraints.get("excludeResourceRules"))):
        return False
    return _is_selected(constraints, review)


def _is_selected(constraints: Mapping[str, Any], review: Review) -> bool:
    by_object = mapping(constraints.get("objectSelector"))
    old = mapping(mapping(mapping(review.old).get("metadata")).get("labels"))
    if by_object and not any(selector(by_object).matches(labels) for labels in (review.labels, old)):
        return False
    by_namespace = mapping(constraints.get("namespaceSelector"))
    labels = review.namespace_labels
    if review.kind == "Namespace" and not review.group:
        labels = {"kubernetes.io/metadata.name": str(review.metadata.get("name")), **review.labels}
    # Cluster-scoped objects are in no namespace: a namespace selector lets them pass.
    return not by_namespace or labels is None or selector(by_namespace).matches(labels)


def _is_ruled(rule: Mapping[str, Any], review: Review) -> bool:
    names = rule.get("resourceNames") or ()
    return (
        _lists(rule.get("operations"), review.operation)
        and _lists(rule.get("apiGroups"), review.group)
        and _lists(rule.get("apiVersions"), review.version)
        and any(_is_resource(str(pattern), review) for pattern in rule.get("resources") or ())
        and (not names or review.metadata.get("name") in names)
        and _is_scope(str(rule.get("scope") or "*"), review)
    )


def _lists(value: Any, wanted: str) -> bool:
    return bool(value) and ("*" in value or wanted in value)


def _is_resource(pattern: str, review: Review) -> bool:
    resource, slash, subresource = pattern.partition("/")
    if resource not in ("*", review.resource):
        return False
    return subresource in ("*", review.subresource) if slash else not review.subresource


def _is_scope(scope: str, review: Review) -> bool:
    return scope == "*" or (scope == "Namespaced") == bool(review.namespace_name)
