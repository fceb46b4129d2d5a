"""Networks by ACK: VPC, subnets, security groups, flow logs, the way to the data centre."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from strangler.plan.platform import Cluster
from strangler_deploy.kinds.aws.resource import Owner, ack, named
from strangler_deploy.manifest import Data, Manifest


def vpc(name: str, cidr: str, owner: Owner) -> Manifest:
    """The network of one cluster."""
    spec = {"cidrBlocks": [cidr], "enableDNSHostnames": True, "enableDNSSupport": True, "tags": owner.tag_list}
    return ack("ec2", "VPC", name, spec, owner)


def subnets(name: str, declared: Cluster, region: str, owner: Owner) -> Iterator[Manifest]:
    """One private subnet per zone, of equal size, tagged so that load balancers and nodes find them."""
    network = ipaddress.ip_network(declared.vpc.cidr)
    parts = network.subnets(prefixlen_diff=max(1, (declared.zones - 1).bit_length()))
    for number, part in zip(range(declared.zones), parts, strict=False):
        tags: list[Data] = [
            *owner.tag_list,
            {"key": "kubernetes.io/role/internal-elb", "value": "1"},
        ]
        spec = {
            "cidrBlock": str(part),
            "availabilityZone": f"{region}{'abcdef'[number]}",
            "vpcRef": named(name),
            "tags": tags,
        }
        yield ack("ec2", "Subnet", subnet_name(name, number), spec, owner)


def subnet_name(name: str, number: int) -> str:
    """The subnet of one zone."""
    return f"{name}-{'abcdef'[number]}"


def transit_attachment(name: str, gateway: str, zones: int, owner: Owner) -> Manifest:
    """Joins a network to the data centre's."""
    spec = {
        "transitGatewayID": gateway,
        "vpcRef": named(name),
        "subnetRefs": [named(subnet_name(name, number)) for number in range(zones)],
        "tags": owner.tag_list,
    }
    return ack("ec2", "TransitGatewayVPCAttachment", name, spec, owner)


def flow_log(name: str, vpc_id: str, group: str, role: str, owner: Owner) -> Manifest:
    """Who spoke to whom, kept as a log."""
    spec = {
        "resourceID": vpc_id,
        "resourceType": "VPC",
        "trafficType": "ALL",
        "logDestinationType": "cloud-watch-logs",
        "logGroupName": group,
        "deliverLogsPermissionARN": role,
        "tags": owner.tag_list,
    }
    return ack("ec2", "FlowLog", name, spec, owner)


def adopted_security_group(group_id: str, owner: Owner) -> Manifest:
    """A security group that the old machines have too: taken over as it is, kept when it is let go."""
    made = ack(
        "ec2", "SecurityGroup", group_id, {"name": group_id, "description": "shared with the old machines"}, owner
    )
    annotations = {
        **made.annotations,
        "services.k8s.aws/adoption-policy": "adopt",
        "services.k8s.aws/adoption-fields": f'{{"id": "{group_id}"}}',
        "services.k8s.aws/read-only": "true",
    }
    return Manifest(made.api, made.kind, made.name, made.body, made.namespace, made.labels, annotations, made.origin)
