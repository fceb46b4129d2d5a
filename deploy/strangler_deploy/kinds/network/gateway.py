"""Gateways and their classes."""

from __future__ import annotations

from collections.abc import Sequence

from strangler.plan.platform import Cluster, Gateway
from strangler_deploy.manifest import Data, Manifest

API = "gateway.networking.k8s.io/v1"
INGRESS_NAMESPACE = "platform-ingress"
ROUTED = {"saas/routes": "allowed"}


def controller(cluster: Cluster, gateway: Gateway) -> str:
    """Who makes the load balancer: EKS on Auto Mode, the AWS controller, or Envoy where there is no AWS."""
    if cluster.local:
        return "gateway.envoyproxy.io/gatewayclass-controller"
    if cluster.compute == "auto":
        return f"eks.amazonaws.com/gateway-{gateway.load_balancer}"
    return f"gateway.k8s.aws/{gateway.load_balancer}"


def gateway_class(name: str, controller_name: str, *, origin: str) -> Manifest:
    """Ties gateways to their controller."""
    return Manifest(API, "GatewayClass", name, {"spec": {"controllerName": controller_name}}, origin=origin)


def gateway(name: str, class_name: str, declared: Gateway, *, parameters: Data | None, origin: str) -> Manifest:
    """One load balancer; only namespaces that the platform has marked may attach routes."""
    spec: Data = {"gatewayClassName": class_name}
    if parameters:
        spec["infrastructure"] = {"parametersRef": parameters}
    spec["listeners"] = _listeners(declared)
    return Manifest(API, "Gateway", name, {"spec": spec}, INGRESS_NAMESPACE, origin=origin)


def _listeners(declared: Gateway) -> list[Data]:
    hosts = [declared.host] if declared.tenants_by == "path" else [declared.host, f"*.{declared.host}"]
    secure = declared.certificate is not None
    protocol = {"protocol": "HTTPS", "port": 443} if secure else {"protocol": "HTTP", "port": 80}
    # AWS load balancers take their certificate from LoadBalancerConfiguration, not from a Secret in the cluster.
    tls = {"tls": {"mode": "Terminate"}} if secure else {}
    names = ("main", "tenants")
    return [
        {"name": name, **protocol, "hostname": host, **tls, "allowedRoutes": {"namespaces": _routed()}}
        for name, host in zip(names, hosts, strict=False)
    ]


def _routed() -> Data:
    return {"from": "Selector", "selector": {"matchLabels": ROUTED}}


def reference_grant(
    name: str, sources: Sequence[str], services: Sequence[str], *, namespace: str, origin: str
) -> Manifest:
    """Lets the routes of some namespaces send requests to services of ``namespace``."""
    spec = {
        "from": [
            {"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": source} for source in sources
        ],
        "to": [{"group": "", "kind": "Service", "name": service} for service in services],
    }
    return Manifest("gateway.networking.k8s.io/v1", "ReferenceGrant", name, {"spec": spec}, namespace, origin=origin)


def load_balancer_configuration(name: str, gateway: Gateway, *, origin: str) -> Manifest:
    """Scheme and certificate of a load balancer that the AWS controller makes."""
    spec: Data = {"scheme": "internal" if gateway.internal else "internet-facing"}
    if gateway.certificate:
        spec["listenerConfigurations"] = [{"protocolPort": "HTTPS:443", "defaultCertificate": gateway.certificate}]
    return Manifest(
        "gateway.k8s.aws/v1beta1", "LoadBalancerConfiguration", name, {"spec": spec}, INGRESS_NAMESPACE, origin=origin
    )
