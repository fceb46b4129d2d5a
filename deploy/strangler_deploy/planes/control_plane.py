"""Our own control plane as a service of the control cluster: its pods, what they may read, whom they may reach."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from strangler.plan.platform import ControlPlane
from strangler_deploy.dump import dump
from strangler_deploy.estate import Estate
from strangler_deploy.kinds.network import policy
from strangler_deploy.kinds.workloads.access import cluster_role, service_account_everywhere
from strangler_deploy.kinds.workloads.deployment import (
    config_map,
    deployment,
    disruption_budget,
    service,
    service_account,
)
from strangler_deploy.kinds.workloads.monitoring import service_monitor
from strangler_deploy.kinds.workloads.pod import PART_OF, Pod, variable_of
from strangler_deploy.manifest import Data, Manifest
from strangler_deploy.planes.control_plane_data import (
    CONTROL_PLANE,
    GIT,
    KEY,
    ORIGIN,
    SAAS_NAMESPACE,
    USERS,
    data,
    database_environment,
)

PORT, _POSTGRESQL = 8080, 5432
_PLAN, _PLAN_FILE = "control-plane-plan", "strangler.yaml"
_MOUNTED = "/etc/strangler"
_SSH = (
    f"ssh -i {_MOUNTED}/git/ssh-privatekey -o UserKnownHostsFile={_MOUNTED}/git/known_hosts"
    " -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes"
)
_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount"
# The AWS controllers whose objects a tenant can have: their conditions say why a request is not ready.
_CONTROLLERS = (
    "bedrock",
    "bedrockagent",
    "cloudwatchlogs",
    "dynamodb",
    "ec2",
    "eks",
    "iam",
    "rds",
    "s3",
    "sagemaker",
    "sqs",
)


def control_plane(estate: Estate) -> Iterator[Manifest]:
    """Everything of it but the namespace, which all services of the platform share."""
    declared = estate.platform.saas.control_plane
    if declared is None:
        return
    plan = {_PLAN_FILE: dump(estate.plan.model_dump(mode="json", exclude_unset=True))}
    pod = _pod(estate, declared)
    yield config_map(_PLAN, SAAS_NAMESPACE, plan, origin=ORIGIN)
    yield service_account(CONTROL_PLANE, SAAS_NAMESPACE, origin=ORIGIN, labels=pod.labels)
    yield from _reading()
    yield from data(estate, declared)
    yield service(CONTROL_PLANE, SAAS_NAMESPACE, 80, selector=pod.selector, labels=_named(pod), origin=ORIGIN)
    yield deployment(pod, SAAS_NAMESPACE, replicas=declared.replicas, origin=ORIGIN)
    if declared.replicas > 1:
        yield disruption_budget(CONTROL_PLANE, SAAS_NAMESPACE, origin=ORIGIN)
    monitored = estate.platform.monitoring
    if monitored.enabled:
        yield service_monitor(CONTROL_PLANE, SAAS_NAMESPACE, "/metrics", monitored.interval, origin=ORIGIN)
    yield from _network(estate)


def _named(pod: Pod) -> dict[str, str]:
    return {**pod.labels, **pod.selector}


def _reading() -> Iterator[Manifest]:
    """It looks how far Argo CD and the AWS controllers are; what it wants done, it commits."""
    look = ["get", "list"]
    groups = [f"{controller}.services.k8s.aws" for controller in _CONTROLLERS]
    rules: list[Data] = [
        {"apiGroups": ["argoproj.io"], "resources": ["applications"], "verbs": look},
        {"apiGroups": groups, "resources": ["*"], "verbs": look},
    ]
    yield cluster_role(CONTROL_PLANE, rules, origin=ORIGIN)
    yield service_account_everywhere(CONTROL_PLANE, CONTROL_PLANE, CONTROL_PLANE, SAAS_NAMESPACE, origin=ORIGIN)


def _pod(estate: Estate, declared: ControlPlane) -> Pod:
    mounts = {"plan": f"{_MOUNTED}/plan", "key": f"{_MOUNTED}/key", "git": f"{_MOUNTED}/git", "api": _TOKEN}
    readable: list[Data] = [{"name": name, "mountPath": path, "readOnly": True} for name, path in mounts.items()]
    return Pod(
        app=CONTROL_PLANE,
        image=declared.image or f"{estate.platform.registry}/strangler-control-plane",
        port=PORT,
        labels={PART_OF: estate.name, "saas/plane": "control"},
        account=CONTROL_PLANE,
        resources=declared.resources,
        environment=_environment(estate),
        environment_of=[*database_environment(estate), *_users(estate, declared)],
        command=["strangler", "control-plane", "run"],
        arguments=_arguments(estate, declared),
        volumes=_volumes(),
        mounts=[*readable, {"name": "state", "mountPath": "/state"}],
        zones=estate.control.cluster.zones,
    )


def _arguments(estate: Estate, declared: ControlPlane) -> list[str]:
    delivery = estate.platform.delivery
    said = {
        "--plan": f"{_MOUNTED}/plan/{_PLAN_FILE}",
        "--state": "/state",
        "--key": f"{_MOUNTED}/key/key.pem",
        "--listen": f"0.0.0.0:{PORT}",
        "--repository": delivery.repository,
        "--branch": delivery.revision,
        "--audience": declared.audience,
        "--tenant-claim": declared.tenant_claim,
        "--role-claim": declared.role_claim,
    }
    issuer = _issuer(estate, declared)
    if issuer:
        said["--issuer"] = issuer
    flags = ["--follow", *(["--review"] if declared.review else [])]
    return [*(part for option in said.items() for part in option), *flags]


def _has_own_users(estate: Estate, declared: ControlPlane) -> bool:
    return estate.platform.saas.identity and declared.issuer is None


def _issuer(estate: Estate, declared: ControlPlane) -> str:
    """The issuer that is declared, or else the platform's own users, whose pool gets its id when it is made."""
    if _has_own_users(estate, declared):
        return f"https://cognito-idp.{estate.control.region}.amazonaws.com/$(USER_POOL)"
    return declared.issuer or ""


def _users(estate: Estate, declared: ControlPlane) -> list[Data]:
    return [variable_of("USER_POOL", "configMap", USERS, "id")] if _has_own_users(estate, declared) else []


def _environment(estate: Estate) -> dict[str, str]:
    """How git is let in, and where programs may write."""
    if urlsplit(estate.platform.delivery.repository).scheme == "ssh":
        return {"HOME": "/tmp", "GIT_SSH_COMMAND": _SSH}
    helper = f"store --file={_MOUNTED}/git/credentials"
    return {
        "HOME": "/tmp",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "credential.helper",
        "GIT_CONFIG_VALUE_0": helper,
    }


def _volumes() -> list[Data]:
    """The clone can be had again; all else it keeps is in the database. The API server's token is short-lived."""
    token: Data = {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}}
    authority: Data = {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}
    place = {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}
    return [
        {"name": "plan", "configMap": {"name": _PLAN}},
        {"name": "key", "secret": {"secretName": KEY}},
        {"name": "git", "secret": {"secretName": GIT}},
        {"name": "api", "projected": {"sources": [token, authority, {"downwardAPI": place}]}},
        {"name": "state", "emptyDir": {"sizeLimit": "4Gi"}},
    ]


def outside_ports(estate: Estate) -> list[int]:
    """Where it goes beyond the network: AWS, the issuer, the API server and git, which may have a port of its own."""
    repository = urlsplit(estate.platform.delivery.repository)
    return sorted({443, repository.port or (22 if repository.scheme == "ssh" else 443)})


def _network(estate: Estate) -> Iterator[Manifest]:
    site, monitored = estate.control, estate.platform.monitoring
    others = sorted(estate.platform.saas.services)
    peers = [*([policy.pods(*others)] if others else []), policy.block(site.cluster.vpc.cidr)]
    if monitored.enabled:
        peers.append(policy.everything_in(monitored.namespace))
    yield policy.allow_in(CONTROL_PLANE, SAAS_NAMESPACE, peers, PORT, origin=ORIGIN)
    rules = [policy.egress([policy.block("0.0.0.0/0")], port) for port in outside_ports(estate)]
    rules.append(policy.egress([policy.block(site.cluster.vpc.cidr)], _POSTGRESQL))
    yield policy.allow_out(CONTROL_PLANE, SAAS_NAMESPACE, rules, origin=ORIGIN)


__all__ = ["CONTROL_PLANE", "PORT", "control_plane", "outside_ports"]
