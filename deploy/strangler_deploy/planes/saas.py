"""The services of the control plane itself: onboarding, identity, metering, billing, the console."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.plan.platform import Resources
from strangler_deploy.estate import Estate
from strangler_deploy.kinds.network import policy
from strangler_deploy.kinds.workloads.deployment import deployment, disruption_budget, service, service_account
from strangler_deploy.kinds.workloads.monitoring import alert_rules, service_monitor
from strangler_deploy.kinds.workloads.namespace import namespace
from strangler_deploy.kinds.workloads.pod import PART_OF, Pod
from strangler_deploy.manifest import Manifest
from strangler_deploy.planes.control_plane import control_plane
from strangler_deploy.planes.control_plane_data import CONTROL_PLANE, SAAS_NAMESPACE

_PORT = 8080


def saas_services(estate: Estate) -> Iterator[Manifest]:
    """One Deployment for each declared service and ours, in a namespace of the control cluster."""
    declared, ours = estate.platform.saas.services, estate.platform.saas.control_plane
    if not declared and ours is None:
        return
    names = sorted([*declared, *([CONTROL_PLANE] if ours else [])])
    origin, site = "strangler.yaml platform.saas", estate.control
    labels = {PART_OF: estate.name, "saas/plane": "control"}
    yield namespace(SAAS_NAMESPACE, labels=labels, security="restricted", version=site.cluster.version, origin=origin)
    yield policy.default_deny(SAAS_NAMESPACE, origin=origin)
    yield policy.platform_egress(SAAS_NAMESPACE, pod_identity=site.cluster.is_eks, origin=origin)
    monitored = estate.platform.monitoring
    if monitored.enabled:
        yield alert_rules("platform-saas", SAAS_NAMESPACE, labels, origin=origin)
    for name, image in sorted(declared.items()):
        place = f"{origin}.services.{name}"
        pod = Pod(name, image, _PORT, labels, name, Resources(), zones=site.cluster.zones)
        yield service_account(name, SAAS_NAMESPACE, origin=place, labels=labels)
        yield service(name, SAAS_NAMESPACE, 80, selector=pod.selector, labels={**labels, **pod.selector}, origin=place)
        yield deployment(pod, SAAS_NAMESPACE, replicas=2, origin=place)
        yield disruption_budget(name, SAAS_NAMESPACE, origin=place)
        peers = [policy.pods(*names), policy.block(site.cluster.vpc.cidr)]
        if monitored.enabled:
            peers.append(policy.everything_in(monitored.namespace))
            yield service_monitor(name, SAAS_NAMESPACE, "/metrics", monitored.interval, origin=place)
        yield policy.allow_in(name, SAAS_NAMESPACE, peers, _PORT, origin=place)
        rules = [
            policy.egress([policy.pods(*names)], _PORT),
            policy.egress([policy.block("0.0.0.0/0")], 443),
        ]
        yield policy.allow_out(name, SAAS_NAMESPACE, rules, origin=place)
    yield from control_plane(estate)
