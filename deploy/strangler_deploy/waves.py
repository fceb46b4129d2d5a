"""Sync waves: an object comes after everything it names, and a workload after what guards its namespace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from strangler_deploy.manifest import Data, Identity, Manifest
from strangler_deploy.references import references

_WORKLOADS = frozenset({"Deployment", "StatefulSet", "Rollout", "DaemonSet", "Job"})
_GUARDS = frozenset(
    {
        "ResourceQuota",
        "LimitRange",
        "NetworkPolicy",
        "ApplicationNetworkPolicy",
        "CiliumNetworkPolicy",
        "SecurityGroupPolicy",
        "PeerAuthentication",
    }
)


def waves(manifests: Sequence[Manifest], every: Sequence[Data] | None = None) -> dict[Identity, int]:
    """The wave of each object: 0 for those that need none of the others; ``every`` is the same as plain data."""
    needs = _needs(manifests, every or [manifest.data() for manifest in manifests])
    found: dict[Identity, int] = {}
    for identity in needs:
        _wave(identity, needs, found, ())
    return found


def _needs(manifests: Sequence[Manifest], every: Sequence[Data]) -> dict[Identity, list[Identity]]:
    identities = [manifest.identity for manifest in manifests]
    present = set(identities)
    guards: dict[str, list[Identity]] = {}
    for identity in identities:
        if identity.kind in _GUARDS:
            guards.setdefault(identity.namespace, []).append(identity)
    needs: dict[Identity, list[Identity]] = {}
    for identity, data in zip(identities, every, strict=True):
        named = {reference.target for reference in references(data)} & present
        if identity.kind in _WORKLOADS:
            named.update(guards.get(identity.namespace, ()))
        if identity.kind == "Application":
            named.update(other for other in identities if other.kind != "Application")
        named.discard(identity)
        needs[identity] = list(named)
    return needs


def _wave(
    identity: Identity,
    needs: Mapping[Identity, Sequence[Identity]],
    found: dict[Identity, int],
    path: tuple[Identity, ...],
) -> int:
    if identity in path:
        raise AssertionError(f"objects name each other in a circle: {' → '.join(map(str, path))}")
    if identity not in found:
        below = [_wave(need, needs, found, (*path, identity)) for need in needs[identity]]
        found[identity] = 1 + max(below) if below else 0
    return found[identity]
