"""A rule as the objects of each engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from strangler.plan.platform import Platform
from strangler_deploy.kinds.policies.cel import POD, cel
from strangler_deploy.kinds.policies.rego import rego
from strangler_deploy.kinds.policies.rules import Rule
from strangler_deploy.manifest import Data, Manifest

_ADMISSION = "admissionregistration.k8s.io/v1"


def manifests(rule: Rule, platform: Platform, *, origin: str) -> Iterator[Manifest]:
    """The rule for every engine that the platform has."""
    for engine in sorted(platform.policies.engines):
        yield from _ENGINES[engine](rule, origin)


def _vap(rule: Rule, origin: str) -> Iterator[Manifest]:
    spec = {"failurePolicy": "Fail", **_cel_spec(rule)}
    yield Manifest(_ADMISSION, "ValidatingAdmissionPolicy", rule.name, {"spec": spec}, origin=origin)
    binding = {"policyName": rule.name, "validationActions": ["Deny", "Audit"]}
    yield Manifest(_ADMISSION, "ValidatingAdmissionPolicyBinding", rule.name, {"spec": binding}, origin=origin)


def _kyverno(rule: Rule, origin: str) -> Iterator[Manifest]:
    spec = {"failurePolicy": "Fail", "validationActions": ["Deny"], **_cel_spec(rule)}
    yield Manifest("policies.kyverno.io/v1", "ValidatingPolicy", rule.name, {"spec": spec}, origin=origin)


def _cel_spec(rule: Rule) -> Data:
    constraints: Data = {"resourceRules": _resource_rules(rule), "namespaceSelector": _namespaces(rule)}
    validations = [{"expression": cel(condition), "message": message} for message, condition in rule.required]
    spec: Data = {"matchConstraints": constraints, "validations": validations}
    if any("variables.pod" in str(item["expression"]) for item in validations):
        spec["variables"] = [{"name": "pod", "expression": POD}]
    return spec


def _namespaces(rule: Rule) -> Data:
    return {"matchExpressions": [{"key": rule.label, "operator": "Exists"}]}


def _resource_rules(rule: Rule) -> list[Data]:
    """One entry for each API group; what is injected into a running pod is its subresource."""
    groups: dict[str, list[str]] = {}
    for resource, group in rule.resources.items():
        groups.setdefault(group, []).append(resource)
        if resource == "pods":
            groups[group].append("pods/ephemeralcontainers")
    return [
        {"apiGroups": [group], "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"], "resources": sorted(resources)}
        for group, resources in sorted(groups.items())
    ]


def _gatekeeper(rule: Rule, origin: str) -> Iterator[Manifest]:
    kind, package = _camel(rule.name), rule.name.replace("-", "")
    source = {"version": "v1", "rego": rego(package, rule.required)}
    target = {
        "target": "admission.k8s.gatekeeper.sh",
        "code": [{"engine": "Rego", "source": source}],
    }
    spec = {"crd": {"spec": {"names": {"kind": kind}}}, "targets": [target]}
    yield Manifest("templates.gatekeeper.sh/v1", "ConstraintTemplate", package, {"spec": spec}, origin=origin)
    kinds = [{"apiGroups": [group], "kinds": [name]} for group, name in rule.kinds]
    match: Data = {"kinds": kinds, "namespaceSelector": _namespaces(rule)}
    body = {"spec": {"enforcementAction": "deny", "match": match}}
    yield Manifest("constraints.gatekeeper.sh/v1beta1", kind, rule.name, body, origin=origin)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))


_ENGINES: Mapping[str, Callable[[Rule, str], Iterator[Manifest]]] = {
    "vap": _vap,
    "gatekeeper": _gatekeeper,
    "kyverno": _kyverno,
}
