"""What Prometheus is told to look at, and when it is to wake somebody."""

from __future__ import annotations

from collections.abc import Mapping

from strangler_deploy.kinds.workloads.deployment import app_selector
from strangler_deploy.manifest import Data, Manifest

_API = "monitoring.coreos.com/v1"


def service_monitor(app: str, namespace: str, path: str, interval: str, *, origin: str) -> Manifest:
    """Scrapes every pod of a service; labels of the pod say whose it is."""
    spec: Data = {
        "selector": {"matchLabels": app_selector(app)},
        "podTargetLabels": ["saas/tenant", "saas/tier"],
        "endpoints": [{"port": "http", "path": path, "interval": interval}],
    }
    return Manifest(_API, "ServiceMonitor", app, {"spec": spec}, namespace, origin=origin)


def alert_rules(name: str, namespace: str, labels: Mapping[str, str], *, origin: str) -> Manifest:
    """Alerts for one namespace: errors, latency, pods that die, a quota that is nearly full."""
    where = f'namespace="{namespace}"'
    requests = f"rate(http_requests_total{{{where}}}[5m])"
    failed = f'rate(http_requests_total{{{where},status=~"5.."}}[5m])'
    buckets = f"rate(http_request_duration_seconds_bucket{{{where}}}[5m])"
    quota = f'kube_resourcequota{{{where},type="used"}} / (kube_resourcequota{{{where},type="hard"}} > 0)'
    rules = [
        _alert("ErrorsHigh", f"sum by (service) ({failed}) / sum by (service) ({requests}) > 0.02", "10m", labels),
        _alert("Slow", f"histogram_quantile(0.99, sum by (service, le) ({buckets})) > 1", "10m", labels),
        _alert("PodRestarts", f"increase(kube_pod_container_status_restarts_total{{{where}}}[15m]) > 3", "5m", labels),
        _alert("QuotaNearlyFull", f"{quota} > 0.9", "15m", labels),
    ]
    spec = {"groups": [{"name": name, "rules": rules}]}
    return Manifest(_API, "PrometheusRule", name, {"spec": spec}, namespace, origin=origin)


def _alert(name: str, expression: str, lasting: str, labels: Mapping[str, str]) -> Data:
    kept = {key.replace("/", "_"): value for key, value in sorted(labels.items())}
    return {"alert": name, "expr": expression, "for": lasting, "labels": {"severity": "page", **kept}}
