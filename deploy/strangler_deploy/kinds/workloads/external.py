"""Systems that stay where they are, under a name in the cluster."""

from __future__ import annotations

from strangler_deploy.manifest import Data, Manifest


def endpoint_slice(name: str, namespace: str, address: str, port: int, *, origin: str) -> Manifest:
    """The address behind a Service that has no pods."""
    body: Data = {
        "addressType": "IPv4",
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}}],
        "ports": [{"name": "main", "port": port, "protocol": "TCP"}],
    }
    labels = {
        "kubernetes.io/service-name": name,
        "endpointslice.kubernetes.io/managed-by": "strangler",
    }
    return Manifest("discovery.k8s.io/v1", "EndpointSlice", name, body, namespace, labels, origin=origin)
