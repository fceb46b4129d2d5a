"""New versions of a service in steps, with the gates that its traffic had when it left the monolith."""

from __future__ import annotations

from strangler.plan import Rollout
from strangler_deploy.kinds.workloads.pod import Pod, template
from strangler_deploy.manifest import Data, Manifest


def rollout(pod: Pod, namespace: str, declared: Rollout, *, replicas: int | None = None, origin: str) -> Manifest:
    """An Argo Rollout in the plan's steps; the analysis runs beside them and goes back by itself."""
    steps: list[Data] = []
    for percent in declared.steps:
        if percent < 100:
            steps += [{"setWeight": percent}, {"pause": {"duration": f"{int(declared.bake)}s"}}]
    canary: Data = {
        "maxSurge": 1,
        "maxUnavailable": 0,
        "steps": steps,
        "analysis": {
            "templates": [{"templateName": gates_name(pod.app)}],
            "startingStep": 1,
            "args": [
                {"name": "canary-hash", "valueFrom": {"podTemplateHashValue": "Latest"}},
                {"name": "stable-hash", "valueFrom": {"podTemplateHashValue": "Stable"}},
            ],
        },
    }
    spec: Data = {
        "revisionHistoryLimit": 5,
        "selector": {"matchLabels": pod.selector},
        "strategy": {"canary": canary},
        "template": template(pod),
    }
    if replicas is not None:
        spec = {"replicas": replicas, **spec}
    return Manifest(
        "argoproj.io/v1alpha1", "Rollout", pod.app, {"spec": spec}, namespace, dict(pod.labels), origin=origin
    )


def gates_name(app: str) -> str:
    """The analysis of an app."""
    return f"{app}-gates"


def gates(app: str, namespace: str, declared: Rollout, prometheus: str, *, origin: str) -> Manifest:
    """The plan's ``abort_if`` as an AnalysisTemplate: the new version against the old one in the same window."""
    share = _share(namespace, "canary-hash", 'status=~"5.."')
    stable = _share(namespace, "stable-hash", 'status=~"5.."')
    metrics = [
        _metric("error-excess", f"{share} - {stable}", f"< {declared.abort_if.error_excess}", prometheus),
        _metric("p99-ratio", _ratio(namespace), f"<= {declared.abort_if.p99_ratio}", prometheus),
    ]
    spec: Data = {"args": [{"name": "canary-hash"}, {"name": "stable-hash"}], "metrics": metrics}
    return Manifest(
        "argoproj.io/v1alpha1", "AnalysisTemplate", gates_name(app), {"spec": spec}, namespace, origin=origin
    )


def _metric(name: str, query: str, condition: str, prometheus: str) -> Data:
    # Without traffic there is no value: that is no reason to go back.
    return {
        "name": name,
        "interval": "60s",
        "failureLimit": 1,
        "inconclusiveLimit": 5,
        "successCondition": f"len(result) == 0 || isNaN(result[0]) || result[0] {condition}",
        "provider": {"prometheus": {"address": prometheus, "query": query}},
    }


def _of(namespace: str, argument: str, more: str = "") -> str:
    pods = f'namespace="{namespace}",rollouts_pod_template_hash="{{{{args.{argument}}}}}"'
    return f"{{{pods}{',' + more if more else ''}}}[5m]"


def _share(namespace: str, argument: str, failed: str) -> str:
    failing = f"sum(rate(http_requests_total{_of(namespace, argument, failed)}))"
    return f"({failing} / sum(rate(http_requests_total{_of(namespace, argument)})))"


def _ratio(namespace: str) -> str:
    def p99(argument: str) -> str:
        buckets = f"http_request_duration_seconds_bucket{_of(namespace, argument)}"
        return f"histogram_quantile(0.99, sum by (le) (rate({buckets})))"

    return f"{p99('canary-hash')} / {p99('stable-hash')}"
