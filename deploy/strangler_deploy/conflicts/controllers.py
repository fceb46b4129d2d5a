"""Two controllers for one thing: C17, C18."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from strangler.model import Finding
from strangler_deploy.conflicts.context import Context, conflict
from strangler_deploy.documents import Document, mapping, mappings

_GATEKEEPER = ("Assign", "AssignMetadata", "AssignImage", "ModifySet")
_AUTO_MODES = ("Auto", "Recreate", "InPlaceOrRecreate", None)


def mutators(context: Context) -> Iterator[Finding]:
    """C17: two engines that change objects undo each other's work, in no order that anybody promises."""
    for cluster, documents in sorted(context.by_cluster.items()):
        found: dict[str, Document] = {}
        for document in documents:
            engine = _mutator(document)
            if engine:
                found.setdefault(engine, document)
        if len(found) > 1:
            (one, first), (other, second) = sorted(found.items())[:2]
            message = f"cluster '{cluster}' has two engines that change objects: {first} ({one}) and {second} ({other})"
            yield conflict(17, message, second.location, "choose one (platform.policies.placement)")


def _mutator(document: Document) -> str:
    if document.group == "mutations.gatekeeper.sh" and document.kind in _GATEKEEPER:
        return "Gatekeeper"
    if document.group == "policies.kyverno.io" and document.kind == "MutatingPolicy":
        return "Kyverno"
    if document.group == "kyverno.io" and any("mutate" in rule for rule in mappings(document.spec.get("rules"))):
        return "Kyverno"
    is_capsule = document.group == "capsule.clastix.io" and document.kind == "Tenant"
    return "Capsule" if is_capsule and document.spec.get("podOptions") else ""


def scalers(context: Context) -> Iterator[Finding]:
    """C18: one owner for the number of pods, and none for their size beside it."""
    owners: dict[tuple[str, str, str, str], list[Document]] = defaultdict(list)
    for _, document in context.of_kind("HorizontalPodAutoscaler", "ScaledObject", "VerticalPodAutoscaler"):
        if document.kind != "VerticalPodAutoscaler" or _resizes(document):
            owners[_target(document)].append(document)
    for target, documents in sorted(owners.items()):
        if len(documents) > 1:
            names = " and ".join(str(document) for document in documents)
            message = f"{names} all scale {target[2]} {target[1]}/{target[3]}"
            hint = "keep one: KEDA makes an HPA of its own, and a VPA that resizes fights one that counts by CPU"
            yield conflict(18, message, documents[-1].location, hint)


def _target(document: Document) -> tuple[str, str, str, str]:
    reference = mapping(document.spec.get("scaleTargetRef") or document.spec.get("targetRef"))
    return document.cluster, document.namespace, str(reference.get("kind") or "Deployment"), str(reference.get("name"))


def _resizes(document: Document) -> bool:
    return mapping(document.spec.get("updatePolicy")).get("updateMode") in _AUTO_MODES
