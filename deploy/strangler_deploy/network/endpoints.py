"""What can be at an end of a connection: pods by equivalence class, and addresses outside the pod network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from strangler.model import Location
from strangler_deploy.documents import Document, mapping, mappings
from strangler_deploy.network.rules import Engine

COMPUTE_TYPE = "eks.amazonaws.com/compute-type"
_NOWHERE = Location("")
_NAME = "kubernetes.io/metadata.name"
ClusterEngine = Literal["auto", "vpc-cni", "cilium", "mixed"]


@dataclass(frozen=True, slots=True)
class Pod:
    """All pods of one workload on one kind of node: the same labels, hence the same rules.

    ``engine`` enforces them; ``address`` is any one address that they can have, None where only labels matter.
    """

    namespace: str
    name: str
    labels: Mapping[str, str]
    namespace_labels: Mapping[str, str]
    engine: Engine = "vpc"
    address: str | None = None
    ports: Mapping[str, int] = field(default_factory=dict)
    location: Location = _NOWHERE

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Address:
    """Something that is no pod: a system on the corporate network, a load balancer, or (``host``) the pod's own node.

    ``name`` is its domain name where it has one.
    """

    ip: str
    name: str = ""
    host: bool = False

    def __str__(self) -> str:
        return self.name or self.ip


Endpoint = Pod | Address


def pods(tree: Sequence[Document], engine: ClusterEngine) -> list[Pod]:
    """The pods of one cluster's documents; those on the node's own network are not under policies and left out."""
    cloud = _cloud_labels(tree)
    namespaces = {d.name: {_NAME: d.name, **d.labels} for d in tree if d.kind == "Namespace" and not d.group}
    return [pod for document in tree for pod in _pods(document, namespaces, engine, cloud)]


def _cloud_labels(tree: Sequence[Document]) -> frozenset[tuple[str, str]]:
    """The labels by which pods choose machines that Karpenter makes, which are in the cloud."""
    pools = (mapping(mapping(d.spec.get("template")).get("metadata")) for d in tree if d.kind == "NodePool")
    return frozenset((str(k), str(v)) for pool in pools for k, v in mapping(pool.get("labels")).items())


def _pods(
    document: Document,
    namespaces: Mapping[str, Mapping[str, str]],
    engine: ClusterEngine,
    cloud: frozenset[tuple[str, str]],
) -> Iterator[Pod]:
    template = document.pod()
    if template is None or mapping(template.get("spec")).get("hostNetwork"):
        return
    namespace = document.namespace or "default"
    for enforcer in engines_of(mapping(template.get("spec")), engine, cloud):
        yield Pod(
            namespace=namespace,
            name=document.name,
            labels=mapping(mapping(template.get("metadata")).get("labels")),
            namespace_labels=namespaces.get(namespace, {_NAME: namespace}),
            engine=enforcer,
            ports=dict(_named_ports(mapping(template.get("spec")))),
            location=document.location,
        )


def _named_ports(spec: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for container in mappings(spec.get("containers")):
        for port in mappings(container.get("ports")):
            if port.get("name"):
                yield str(port["name"]), int(port.get("containerPort", 0))


def engines_of(
    spec: Mapping[str, Any], engine: ClusterEngine, cloud: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Engine, ...]:
    """The engines that a pod may come under; on a mixed cluster both, unless it says on which nodes it runs."""
    if engine == "cilium":
        return ("cilium",)
    if engine != "mixed":
        return ("vpc",)
    if cloud & set(mapping(spec.get("nodeSelector")).items()):
        return ("vpc",)
    hybrid = _is_hybrid(spec)
    return ("vpc", "cilium") if hybrid is None else ("cilium",) if hybrid else ("vpc",)


def _is_hybrid(spec: Mapping[str, Any]) -> bool | None:
    if COMPUTE_TYPE in mapping(spec.get("nodeSelector")):
        return bool(spec["nodeSelector"][COMPUTE_TYPE] == "hybrid")
    affinity = mapping(mapping(spec.get("affinity")).get("nodeAffinity"))
    required = mapping(affinity.get("requiredDuringSchedulingIgnoredDuringExecution"))
    said = {_said(term) for term in mappings(required.get("nodeSelectorTerms"))}
    return said.pop() if len(said) == 1 else None


def _said(term: Mapping[str, Any]) -> bool | None:
    for expression in mappings(term.get("matchExpressions")):
        if expression.get("key") == COMPUTE_TYPE:
            return ("hybrid" in (expression.get("values") or ())) == (expression.get("operator") == "In")
    return None
