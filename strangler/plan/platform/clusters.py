"""Clusters: who makes their nodes, where they stand, what is joined to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from strangler.plan.fields import Label, Section
from strangler.plan.platform.texts import (
    Account,
    Arn,
    Cidr,
    Host,
    InstanceType,
    Ip,
    Region,
    SecurityGroup,
    Subnet,
    TransitGateway,
    Version,
    VpcId,
)

Capability = Literal["argocd", "ack", "kro"]


class Bgp(Section):
    """How the on-premises router learns the way to the pods of hybrid nodes."""

    local_asn: int = Field(default=64512, ge=1, le=4294967295)
    peer_asn: int = Field(default=64513, ge=1, le=4294967295)
    peer: Ip = "10.80.0.1"


class Hybrid(Section):
    """On-premises machines that are nodes of the cluster; ``gpus`` is the fixed number of GPUs they bring."""

    nodes: tuple[Cidr, ...] = ("10.80.0.0/16",)
    pods: tuple[Cidr, ...] = ("10.85.0.0/16",)
    credentials: Literal["ssm", "roles-anywhere"] = "ssm"
    trust_anchor: Arn | None = None
    profile: Arn | None = None
    bgp: Bgp | None = None
    load_balancer_addresses: Cidr | None = None
    gpus: int = Field(default=0, ge=0)


def _hybrid(value: object) -> object:
    return {} if value is True else None if value is False else value


class Vpc(Section):
    """The cluster's network; an account's VPC is used unless ``create`` says that ACK makes one."""

    id: VpcId | None = None
    cidr: Cidr = "10.0.0.0/16"
    service_cidr: Cidr = "172.20.0.0/16"
    subnets: tuple[Subnet, ...] = ("subnet-00000000", "subnet-11111111")
    create: bool = False
    transit_gateway: TransitGateway | None = None


class NodeGroup(Section):
    """A managed node group: machines of the listed types, from ``min`` to ``max`` of them."""

    types: tuple[InstanceType, ...] = Field(default=("m7i.large",), min_length=1)
    capacity: Literal["spot", "on-demand"] = "on-demand"
    min: int = Field(default=2, ge=0)
    max: int = Field(default=6, ge=1)
    tenant: Label | None = None


class Cluster(Section):
    """One Kubernetes cluster.

    ``compute`` is who makes its nodes, ``hybrid`` that on-premises machines join it, ``local`` that it is no EKS
    cluster, ``dedicated_to`` the one tenant whose silo it is.
    """

    role: Literal["control", "application"] = "application"
    compute: Literal["auto", "nodegroups", "none"] = "auto"
    hybrid: Annotated[Hybrid | None, BeforeValidator(_hybrid)] = None
    local: bool = False
    region: Region | None = None
    account: Account | None = None
    version: Version = "1.36"
    support: Literal["standard", "extended"] = "standard"
    dedicated_to: Label | None = None
    vpc: Vpc = Vpc()
    endpoint: Literal["private", "public", "both"] = "private"
    server: Host | None = None
    node_groups: Mapping[Label, NodeGroup] = Field(default_factory=dict)
    capabilities: tuple[Capability, ...] = ()
    security_groups: tuple[SecurityGroup, ...] = ()
    gpu_types: tuple[InstanceType, ...] = ()
    protected: bool = True
    zones: int = Field(default=3, ge=1, le=6)
    enforcement: Literal["standard", "strict"] = "standard"
    administrators: tuple[Arn, ...] = ()

    @property
    def is_eks(self) -> bool:
        """Whether AWS runs its control plane."""
        return not self.local

    @property
    def engine(self) -> Literal["auto", "vpc-cni", "cilium", "mixed"]:
        """Who enforces network policies: one engine, or two where hybrid nodes stand beside cloud nodes."""
        if self.local or (self.hybrid and self.compute == "none"):
            return "cilium"
        if self.hybrid:
            return "mixed"
        return "auto" if self.compute == "auto" else "vpc-cni"
