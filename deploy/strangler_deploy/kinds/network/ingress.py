"""Ingresses, for teams whose clusters have no Gateway API."""

from __future__ import annotations

from collections.abc import Sequence

from strangler.plan import RoutePattern
from strangler.plan.platform import Cluster, Gateway
from strangler_deploy.manifest import Data, Manifest


def ingress_class(name: str, cluster: Cluster, *, origin: str) -> Manifest:
    """Ties ingresses to their controller."""
    spec: Data = {"controller": _controller(cluster)}
    if not cluster.local:
        api = parameters_api(cluster)
        spec["parameters"] = {"apiGroup": api.rpartition("/")[0], "kind": "IngressClassParams", "name": name}
    return Manifest("networking.k8s.io/v1", "IngressClass", name, {"spec": spec}, origin=origin)


def _controller(cluster: Cluster) -> str:
    if cluster.local:
        return "k8s.io/ingress-nginx"
    return "eks.amazonaws.com/alb" if cluster.compute == "auto" else "ingress.k8s.aws/alb"


def parameters_api(cluster: Cluster) -> str:
    """Auto Mode and the self-managed controller have kinds of one name and different fields."""
    return "eks.amazonaws.com/v1" if cluster.compute == "auto" else "elbv2.k8s.aws/v1beta1"


def class_parameters(name: str, cluster: Cluster, gateway: Gateway, *, origin: str) -> Manifest:
    """Scheme, group and certificate for every ingress of a class: one load balancer for all of them."""
    spec: Data = {"scheme": "internal" if gateway.internal else "internet-facing", "group": {"name": name}}
    if gateway.certificate:
        key = "certificateARNs" if cluster.compute == "auto" else "certificateArn"
        spec[key] = [gateway.certificate]
    return Manifest(parameters_api(cluster), "IngressClassParams", name, {"spec": spec}, origin=origin)


def ingress(
    name: str,
    namespace: str,
    class_name: str,
    host: str,
    prefix: str,
    routes: Sequence[RoutePattern],
    service: str,
    *,
    origin: str,
) -> Manifest:
    """Paths of a host (all of them without routes) to one service; an Ingress knows prefixes and whole paths."""
    templates = sorted({route.path for route in routes}) or ["/**"]
    paths = [_path(prefix, template, service) for template in templates]
    rules = [{"host": host, "http": {"paths": [path for index, path in enumerate(paths) if path not in paths[:index]]}}]
    annotations = {"alb.ingress.kubernetes.io/target-type": "ip"}
    spec = {"ingressClassName": class_name, "rules": rules}
    return Manifest(
        "networking.k8s.io/v1", "Ingress", name, {"spec": spec}, namespace, annotations=annotations, origin=origin
    )


def _path(prefix: str, template: str, service: str) -> Data:
    stem = template.partition("{")[0].partition("*")[0]
    whole = stem == template
    path = prefix + (stem if whole else stem.rstrip("/")) or "/"
    backend = {"service": {"name": service, "port": {"number": 80}}}
    return {"path": path, "pathType": "Exact" if whole else "Prefix", "backend": backend}
