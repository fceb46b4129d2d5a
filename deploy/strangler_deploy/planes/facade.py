"""A facade of its own for a namespace: it splits traffic between the services and the monolith, and remembers how."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from pydantic import BaseModel

from strangler.plan.platform import Resources
from strangler_deploy.dump import dump
from strangler_deploy.kinds.network import policy
from strangler_deploy.kinds.network.gateway import INGRESS_NAMESPACE
from strangler_deploy.kinds.network.route import MONOLITH
from strangler_deploy.kinds.workloads.deployment import config_map, service, service_account
from strangler_deploy.kinds.workloads.facade import stateful_set
from strangler_deploy.kinds.workloads.pod import Pod, variable_of
from strangler_deploy.manifest import Data, Manifest
from strangler_deploy.planes.endpoints import USAGE_TOKEN
from strangler_deploy.planes.home import Home

FACADE = "facade"
_PORT, _ADMIN = 8080, 8081
_PEERS = f"{FACADE}-peers"


def facade(home: Home) -> Iterator[Manifest]:
    """The facade, its plan, its state."""
    origin, declared = "strangler.yaml platform.facade", home.estate.platform.facade
    pod = _pod(home)
    yield config_map(FACADE, home.namespace, {"strangler.yaml": dump(_plan(home))}, origin=origin)
    yield service_account(FACADE, home.namespace, origin=origin, labels=home.labels)
    yield service(FACADE, home.namespace, 80, selector=pod.selector, labels=pod.labels, origin=origin)
    yield service(_PEERS, home.namespace, 80, selector=pod.selector, headless=True, origin=origin)
    yield stateful_set(pod, home.namespace, declared.storage, service=_PEERS, origin=origin)


def facade_network(home: Home, entrances: Sequence[Data]) -> Iterator[Manifest]:
    """In from the front doors; out to the services and to the monolith."""
    origin = "strangler.yaml platform.facade"
    yield policy.allow_in(FACADE, home.namespace, entrances, _PORT, origin=origin)
    routed = [unit for unit in home.units if unit.service.routes]
    rules = [policy.egress([policy.pods(unit.name)], unit.workload.port) for unit in routed]
    if home.estate.monolith:
        rules.append(policy.egress([policy.pods(MONOLITH, namespace=INGRESS_NAMESPACE)], 8080))
    if home.reports_usage:
        rules.append(_control_plane(home))
    if rules:
        yield policy.allow_out(FACADE, home.namespace, rules, origin=origin)


def _control_plane(home: Home) -> Data:
    """The way to where usage is reported; of a name only its port can be held."""
    usage = home.estate.plan.facade.usage
    assert usage is not None
    address = urlsplit(usage.url)
    try:
        network = f"{ipaddress.IPv4Address(address.hostname or '')}/32"
    except ValueError:
        network = "0.0.0.0/0"
    return policy.egress([policy.block(network)], address.port or (443 if address.scheme == "https" else 80))


def image(home: Home) -> str:
    """The facade's image: declared, or in the product's own registry."""
    return home.estate.platform.facade.image or f"{home.estate.platform.registry}/strangler-facade"


def _pod(home: Home) -> Pod:
    listen = ["--listen", f"0.0.0.0:{_PORT}", "--admin", f"127.0.0.1:{_ADMIN}"]
    return Pod(
        app=FACADE,
        image=image(home),
        port=_PORT,
        labels={**home.labels, "classification": _strictest(home)},
        account=FACADE,
        resources=Resources(cpu="250m", memory="256Mi", max_cpu="1", max_memory="512Mi"),
        ready="/-/ready",
        live="/-/live",
        environment_of=_token(home),
        command=["strangler", "facade", "run"],
        arguments=["--plan", "/etc/strangler/strangler.yaml", "--state", "/state", *listen],
        priority=home.priority,
        node_selector=home.machines[0],
        tolerations=home.machines[1],
        volumes=[{"name": "plan", "configMap": {"name": FACADE}}],
        mounts=[
            {"name": "plan", "mountPath": "/etc/strangler", "readOnly": True},
            {"name": "state", "mountPath": "/state"},
        ],
        zones=1,
    )


def _token(home: Home) -> list[Data]:
    usage = home.estate.plan.facade.usage
    return [variable_of(usage.token_env, "secret", USAGE_TOKEN, "token")] if usage and home.reports_usage else []


def _strictest(home: Home) -> str:
    """The facade handles what its services handle: the most that any of them does."""
    handled = {unit.workload.classification for unit in home.units}
    return next((level for level in ("PHI", "PII", "internal") if level in handled), "public")


def _plan(home: Home) -> Data:
    """The part of the plan that a facade needs, with the addresses that things have in the cluster."""
    plan = home.estate.plan
    services: Data = {}
    for unit in home.units:
        services[unit.name] = {
            "image": unit.image,
            "routes": [_said(route) for route in unit.service.routes],
            "upstream": f"http://{unit.name}",
            "rollout": unit.service.rollout.model_dump(mode="json", exclude_none=True),
            **_said(unit.service, "serving", "shadow", "pinned", "store"),
        }
    monolith: Data = {"name": plan.monolith.name, "packages": list(plan.monolith.packages)}
    monolith |= _said(plan.monolith, "serving")
    if home.estate.monolith:
        monolith["upstream"] = f"http://{MONOLITH}.{INGRESS_NAMESPACE}"
    facade_section = plan.facade.model_dump(mode="json", exclude_none=True, exclude={"listen", "admin"})
    return {"version": 1, "monolith": monolith, "services": services, "facade": facade_section}


def _said(part: BaseModel, *keys: str) -> Data:
    """What a part of the plan says beyond its defaults, or so much of it."""
    return part.model_dump(mode="json", exclude_defaults=True, include=set(keys) or None)
