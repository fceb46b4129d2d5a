"""Forced placement: whatever a tenant's pod asks for, it runs on its tier's machines (or on its tenant's own).

A toleration lets a pod onto machines and pins it nowhere; whoever may write pods could choose others. So the API server
writes the node selector itself, from labels of the namespace that no tenant can edit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from strangler_deploy.estate import Estate, Site
from strangler_deploy.manifest import Data, Manifest
from strangler_deploy.placement import TENANT, TIER

_ADMISSION = "admissionregistration.k8s.io"
_FIRST_STABLE = (1, 36)
_HYBRID = "eks.amazonaws.com/compute-type"
_ORIGIN = "strangler.yaml platform.policies"


def placement(estate: Estate, site: Site) -> Iterator[Manifest]:
    """The objects of the engine that the platform lets change pods; only where machines come in pools."""
    if site.cluster.compute == "auto" and site.cluster.is_eks and site.cluster.role == "application":
        tiers = sorted(estate.platform.tiers.items())
        keys = {name: TENANT if tier.nodes.dedicated else TIER for name, tier in tiers}
        yield from _ENGINES[estate.platform.policies.placement](keys, site)


def _native(keys: Mapping[str, str], site: Site) -> Iterator[Manifest]:
    stable = tuple(int(part) for part in site.cluster.version.split(".")) >= _FIRST_STABLE
    api = f"{_ADMISSION}/{'v1' if stable else 'v1beta1'}"
    for name, spec in _policies(keys):
        rules = {"failurePolicy": "Fail", "reinvocationPolicy": "IfNeeded", **spec}
        yield Manifest(api, "MutatingAdmissionPolicy", name, {"spec": rules}, origin=_ORIGIN)
        yield Manifest(api, "MutatingAdmissionPolicyBinding", name, {"spec": {"policyName": name}}, origin=_ORIGIN)


def _kyverno(keys: Mapping[str, str], _: Site) -> Iterator[Manifest]:
    for name, spec in _policies(keys):
        yield Manifest("policies.kyverno.io/v1", "MutatingPolicy", name, {"spec": spec}, origin=_ORIGIN)


def _policies(keys: Mapping[str, str]) -> Iterator[tuple[str, Data]]:
    """Name and spec, for tiers that share machines and for those whose tenants have their own."""
    for key, name in ((TIER, "placement-by-tier"), (TENANT, "placement-by-tenant")):
        tiers = [tier for tier, wanted in keys.items() if wanted == key]
        if tiers:
            yield name, _spec(key, tiers)


def _spec(key: str, tiers: list[str]) -> Data:
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    return {
        "matchConstraints": {"resourceRules": [rule], "namespaceSelector": _of_tiers(tiers)},
        "matchConditions": _conditions(),
        # A node selector is atomic: an apply configuration may not touch it, a JSON patch may.
        "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": _patch(key)}}],
    }


def _patch(key: str) -> str:
    """CEL: put ``key`` of the namespace into the pod's selector, unless the pod is pinned to its own tenant's nodes.

    That is asked here and not among the conditions: an API server knows no namespaceObject while it matches them.
    """
    own = f"namespaceObject.metadata.?labels[?'{TENANT}'].orValue('-')"
    value = f"namespaceObject.metadata.labels['{key}']"
    path = f"'/spec/nodeSelector/' + jsonpatch.escapeKey('{key}')"
    extended = f"[JSONPatch{{op: 'add', path: {path}, value: {value}}}]"
    created = f"[JSONPatch{{op: 'add', path: '/spec/nodeSelector', value: {{'{key}': {value}}}}}]"
    pinned = f"object.spec.?nodeSelector[?'{TENANT}'].orValue('') == {own}"
    return f"{pinned} ? [] : has(object.spec.nodeSelector) ? {extended} : {created}"


def _of_tiers(tiers: list[str]) -> Data:
    return {"matchExpressions": [{"key": TIER, "operator": "In", "values": tiers}]}


def _conditions() -> list[Data]:
    """Pods for machines on premises are left alone (and, by the expression, those pinned to their own tenant's)."""
    return [
        {"name": "in-the-cloud", "expression": f"object.spec.?nodeSelector[?'{_HYBRID}'].orValue('') != 'hybrid'"},
    ]


def _gatekeeper(keys: Mapping[str, str], _: Site) -> Iterator[Manifest]:
    """Gatekeeper assigns constants only: one object for each tier that shares machines, none for tenants' own."""
    for tier in (tier for tier, key in keys.items() if key == TIER):
        spec: Data = {
            "applyTo": [{"groups": [""], "versions": ["v1"], "kinds": ["Pod"]}],
            "match": {"scope": "Namespaced", "namespaceSelector": _of_tiers([tier])},
            "location": f'spec.nodeSelector."{TIER}"',
            "parameters": {
                "assign": {"value": tier},
                "pathTests": [
                    {"subPath": f'spec.nodeSelector."{key}"', "condition": "MustNotExist"} for key in (TENANT, _HYBRID)
                ],
            },
        }
        yield Manifest("mutations.gatekeeper.sh/v1", "Assign", f"placement-{tier}", {"spec": spec}, origin=_ORIGIN)


_ENGINES: Mapping[str, Callable[[Mapping[str, str], Site], Iterator[Manifest]]] = {
    "mutating-policy": _native,
    "kyverno": _kyverno,
    "gatekeeper": _gatekeeper,
}
