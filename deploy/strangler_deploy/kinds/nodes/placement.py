"""Forced placement: the API server itself puts a tenant's pods on the tenant's machines, whatever their manifest says.

A toleration alone lets a pod onto machines and does not hold it there; and what a team writes, a team can leave out.
"""

from __future__ import annotations

from strangler_deploy.manifest import Data, Manifest

MACHINES = "saas/machines"
NAME = "place-on-the-tenants-machines"
_KEY = f"namespaceObject.metadata.labels['{MACHINES}'] == 'tenant' ? 'saas/tenant' : 'saas/tier'"
_VALUE = "namespaceObject.metadata.labels[variables.key]"
_SELECTOR = (
    "has(object.spec.nodeSelector) "
    "? [JSONPatch{op: 'add', path: '/spec/nodeSelector/' + jsonpatch.escapeKey(variables.key), value: variables.value}] "
    ": [JSONPatch{op: 'add', path: '/spec/nodeSelector', value: {variables.key: variables.value}}]"
)
_TOLERATION = (
    "(has(object.spec.tolerations) ? [] : [JSONPatch{op: 'add', path: '/spec/tolerations', value: []}]) + "
    "[JSONPatch{op: 'add', path: '/spec/tolerations/-', value: Object.spec.tolerations{"
    "key: variables.key, operator: 'Equal', value: variables.value, effect: 'NoSchedule'}}]"
)
_ON_PREMISES = "object.spec.?nodeSelector[?'eks.amazonaws.com/compute-type'].orValue('') != 'hybrid'"


def mutating_policy(version: str, *, origin: str) -> tuple[Manifest, Manifest]:
    """The policy and its binding, for the API server itself (``v1`` since Kubernetes 1.36)."""
    api = f"admissionregistration.k8s.io/{'v1' if version >= '1.36' else 'v1beta1'}"
    spec = {**_rule(), "failurePolicy": "Fail", "reinvocationPolicy": "IfNeeded"}
    policy = Manifest(api, "MutatingAdmissionPolicy", NAME, {"spec": spec}, origin=origin)
    binding = Manifest(api, "MutatingAdmissionPolicyBinding", NAME, {"spec": {"policyName": NAME}}, origin=origin)
    return policy, binding


def kyverno_policy(*, origin: str) -> Manifest:
    """The same rule for Kyverno."""
    return Manifest("policies.kyverno.io/v1", "MutatingPolicy", NAME, {"spec": _rule()}, origin=origin)


def gatekeeper_assignments(name: str, labels: Data, key: str, value: str, *, origin: str) -> tuple[Manifest, ...]:
    """For Gatekeeper, which cannot read labels: one pair for the namespaces with ``labels``."""
    matched: Data = {
        "scope": "Namespaced",
        "kinds": [{"apiGroups": [""], "kinds": ["Pod"]}],
        "namespaceSelector": {"matchLabels": labels},
    }
    toleration = {"key": key, "operator": "Equal", "value": value, "effect": "NoSchedule"}
    assigned = (("selector", "spec.nodeSelector", {key: value}), ("tolerations", "spec.tolerations", [toleration]))
    return tuple(
        Manifest(
            "mutations.gatekeeper.sh/v1",
            "Assign",
            f"{name}-{part}",
            {
                "spec": {
                    "applyTo": [{"groups": [""], "versions": ["v1"], "kinds": ["Pod"]}],
                    "match": matched,
                    "location": location,
                    "parameters": {"assign": {"value": wanted}},
                }
            },
            origin=origin,
        )
        for part, location, wanted in assigned
    )


def _rule() -> Data:
    selector = {"matchExpressions": [{"key": MACHINES, "operator": "In", "values": ["tenant", "tier"]}]}
    pods = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    return {
        "matchConstraints": {"namespaceSelector": selector, "resourceRules": [pods]},
        "matchConditions": [{"name": "not-on-premises", "expression": _ON_PREMISES}],
        "variables": [{"name": "key", "expression": _KEY}, {"name": "value", "expression": _VALUE}],
        "mutations": [
            {"patchType": "JSONPatch", "jsonPatch": {"expression": _SELECTOR}},
            {"patchType": "JSONPatch", "jsonPatch": {"expression": _TOLERATION}},
        ],
    }
