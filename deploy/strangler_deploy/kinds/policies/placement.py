"""Forced placement: whatever a tenant's pod asks for, it runs on its tier's machines (or on its tenant's own).

A toleration lets a pod onto machines, and pins it nowhere; whoever may write pods could choose others. So the API
server writes node selector and toleration itself, from labels of the namespace that no tenant can edit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from strangler_deploy.estate import Estate, Site
from strangler_deploy.manifest import Data, Manifest
from strangler_deploy.placement import TENANT, TIER

NAME = "placement"
OWN_MACHINES = "saas/machines"
"""Label of a namespace whose tenant has machines of its own; its value is ``tenant``."""
_ADMISSION = "admissionregistration.k8s.io/v1"
_HYBRID = "eks.amazonaws.com/compute-type"
_ORIGIN = "strangler.yaml platform.policies"


def placement(estate: Estate, site: Site) -> Iterator[Manifest]:
    """The objects of the engine that the platform lets change pods; only where machines come in pools."""
    if site.cluster.compute == "auto" and site.cluster.is_eks and site.cluster.role == "application":
        yield from _ENGINES[estate.platform.policies.placement]()


def _scope(key: str) -> Data:
    """The namespaces whose pods go to the machines with this label."""
    own: Data = {"key": OWN_MACHINES, "operator": "Exists" if key == TENANT else "DoesNotExist"}
    return {"matchExpressions": [{"key": key, "operator": "Exists"}, own]}


def _rules() -> list[Data]:
    return [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]


def _in_cloud() -> list[Data]:
    """Pods that ask for machines on premises are left alone: those are in no pool."""
    expression = f"object.spec.?nodeSelector[?'{_HYBRID}'].orValue('') != 'hybrid'"
    return [{"name": "in-the-cloud", "expression": expression}]


def _expression(key: str) -> str:
    label = f"namespaceObject.metadata.labels['{key}']"
    toleration = f"Object.spec.tolerations{{key: '{key}', operator: 'Equal', value: {label}, effect: 'NoSchedule'}}"
    kept = "has(object.spec.tolerations) ? object.spec.tolerations.map(t, Object.spec.tolerations{" + (
        "key: t.?key.orValue(''), operator: t.?operator.orValue(''), value: t.?value.orValue(''), "
        "effect: t.?effect.orValue('')"
    )
    tolerations = f"({kept}}}).filter(t, t.key != '{key}') : []) + [{toleration}]"
    return f"Object{{spec: Object.spec{{nodeSelector: {{'{key}': {label}}}, tolerations: {tolerations}}}}}"


def _native() -> Iterator[Manifest]:
    for key, suffix in ((TIER, "tier"), (TENANT, "tenant")):
        spec: Data = {
            "failurePolicy": "Fail",
            "reinvocationPolicy": "IfNeeded",
            "matchConstraints": {"resourceRules": _rules(), "namespaceSelector": _scope(key)},
            "matchConditions": _in_cloud(),
            "mutations": [{"patchType": "ApplyConfiguration", "applyConfiguration": {"expression": _selector(key)}}],
        }
        name = f"{NAME}-{suffix}"
        yield Manifest(_ADMISSION, "MutatingAdmissionPolicy", name, {"spec": spec}, origin=_ORIGIN)
        binding = {"spec": {"policyName": name}}
        yield Manifest(_ADMISSION, "MutatingAdmissionPolicyBinding", name, binding, origin=_ORIGIN)


def _selector(key: str) -> str:
    """The node selector alone: the toleration is in our pods already, and one more harms no other."""
    return f"Object{{spec: Object.spec{{nodeSelector: {{'{key}': namespaceObject.metadata.labels['{key}']}}}}}}"


def _kyverno() -> Iterator[Manifest]:
    for key, suffix in ((TIER, "tier"), (TENANT, "tenant")):
        spec: Data = {
            "matchConstraints": {"resourceRules": _rules(), "namespaceSelector": _scope(key)},
            "matchConditions": _in_cloud(),
            "mutations": [{"patchType": "ApplyConfiguration", "applyConfiguration": {"expression": _selector(key)}}],
        }
        yield Manifest("policies.kyverno.io/v1", "MutatingPolicy", f"{NAME}-{suffix}", {"spec": spec}, origin=_ORIGIN)


def _gatekeeper() -> Iterator[Manifest]:
    """Gatekeeper assigns from the pod's own fields: our pods carry the labels of their namespace."""
    for key, suffix in ((TIER, "tier"), (TENANT, "tenant")):
        spec: Data = {
            "applyTo": [{"groups": [""], "versions": ["v1"], "kinds": ["Pod"]}],
            "match": {"scope": "Namespaced", "namespaceSelector": _scope(key)},
            "location": f'spec.nodeSelector."{key}"',
            "parameters": {"assign": {"fromMetadata": {"field": "namespace"}}},
        }
        yield Manifest("mutations.gatekeeper.sh/v1", "Assign", f"{NAME}-{suffix}", {"spec": spec}, origin=_ORIGIN)


_ENGINES: Mapping[str, Callable[[], Iterator[Manifest]]] = {
    "mutating-policy": _native,
    "kyverno": _kyverno,
    "gatekeeper": _gatekeeper,
}
