"""The namespace behind the front doors: the proxy that leads to the monolith."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.plan.platform import MonolithAddress, Resources
from strangler_deploy.estate import Estate, Site
from strangler_deploy.kinds.network import policy
from strangler_deploy.kinds.network.gateway import INGRESS_NAMESPACE, ROUTED
from strangler_deploy.kinds.network.route import MONOLITH
from strangler_deploy.kinds.workloads.deployment import (
    config_map,
    deployment,
    disruption_budget,
    service,
    service_account,
)
from strangler_deploy.kinds.workloads.namespace import namespace
from strangler_deploy.kinds.workloads.pod import PART_OF, Pod
from strangler_deploy.manifest import Manifest
from strangler_deploy.planes.facade import FACADE
from strangler_deploy.planes.guards import entrances, monolith_peer
from strangler_deploy.planes.home import HYBRID, Home

_PORT = 8080


def ingress_namespace(estate: Estate, site: Site) -> Iterator[Manifest]:
    """Namespace, policies and proxy; load balancers register pods only, so that the monolith needs one in front."""
    origin = "strangler.yaml monolith"
    labels = {**ROUTED, PART_OF: estate.name}
    yield namespace(
        INGRESS_NAMESPACE, labels=labels, security="restricted", version=site.cluster.version, origin=origin
    )
    yield policy.default_deny(INGRESS_NAMESPACE, origin=origin)
    yield policy.platform_egress(INGRESS_NAMESPACE, pod_identity=site.cluster.is_eks, origin=origin)
    if estate.monolith:
        yield from _proxy(estate, site, estate.monolith, origin)


def _proxy(estate: Estate, site: Site, monolith: MonolithAddress, origin: str) -> Iterator[Manifest]:
    home = Home(estate, site, INGRESS_NAMESPACE, "", next(iter(estate.platform.tiers.values())), (), origin)
    pod = _pod(estate, site)
    yield config_map(MONOLITH, INGRESS_NAMESPACE, {"nginx.conf": _configuration(monolith)}, origin=origin)
    yield service_account(MONOLITH, INGRESS_NAMESPACE, origin=origin)
    yield service(MONOLITH, INGRESS_NAMESPACE, 80, selector=pod.selector, origin=origin)
    yield deployment(pod, INGRESS_NAMESPACE, replicas=2, origin=origin)
    yield disruption_budget(MONOLITH, INGRESS_NAMESPACE, origin=origin)
    apps = sorted(_callers(estate))
    callers = policy.in_namespaces_with(ROUTED, *apps) if apps else None
    peers = [*entrances(home), *([callers] if callers else [])]
    yield policy.allow_in(MONOLITH, INGRESS_NAMESPACE, peers, _PORT, origin=origin)
    rules = [policy.egress([monolith_peer(home)], monolith.port)]
    yield policy.allow_out(MONOLITH, INGRESS_NAMESPACE, rules, origin=origin)


def _callers(estate: Estate) -> list[str]:
    facade = [FACADE] if estate.platform.facade.mode == "facade" else []
    return facade + [unit.name for unit in estate.units.values() if unit.calls_monolith]


def _pod(estate: Estate, site: Site) -> Pod:
    on_premises = estate.platform.facade.proxy_on_premises and site.cluster.hybrid is not None
    return Pod(
        app=MONOLITH,
        image=estate.platform.facade.proxy_image,
        port=_PORT,
        labels={PART_OF: estate.name},
        account=MONOLITH,
        resources=Resources(cpu="100m", memory="64Mi", max_cpu="1", max_memory="256Mi"),
        ready="/-/healthy",
        live="/-/healthy",
        node_selector=HYBRID if on_premises else {},
        volumes=[{"name": "configuration", "configMap": {"name": MONOLITH}}],
        mounts=[
            {"name": "configuration", "mountPath": "/etc/nginx/nginx.conf", "subPath": "nginx.conf", "readOnly": True}
        ],
        zones=site.cluster.zones,
    )


def _configuration(monolith: MonolithAddress) -> str:
    """The proxy's configuration; host and port are of kinds that cannot hold anything but a host and a port."""
    scheme = "https" if monolith.tls else "http"
    lines = [
        "worker_processes 1;",
        "pid /tmp/nginx.pid;",
        "error_log /dev/stderr warn;",
        "events { worker_connections 4096; }",
        "http {",
        *(f"  {name}_temp_path /tmp/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")),
        "  access_log off;",
        "  client_max_body_size 0;",
        "  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }",
        f"  upstream monolith {{ server {monolith.host}:{monolith.port}; keepalive 64; }}",
        "  server {",
        f"    listen {_PORT};",
        "    location = /-/healthy { return 200; }",
        "    location / {",
        f"      proxy_pass {scheme}://monolith;",
        "      proxy_http_version 1.1;",
        "      proxy_buffering off;",
        "      proxy_request_buffering off;",
        "      proxy_read_timeout 300s;",
        "      proxy_set_header Host $http_host;",
        "      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        "      proxy_set_header Upgrade $http_upgrade;",
        "      proxy_set_header Connection $connection_upgrade;",
        "    }",
        "  }",
        "}",
    ]
    return "\n".join(lines) + "\n"
