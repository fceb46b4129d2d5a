"""The rules themselves: each once, for every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from strangler.plan.platform import Platform
from strangler_deploy.kinds.policies.conditions import (
    Begins,
    Condition,
    Equals,
    Every,
    Matches,
    Not,
    OneOf,
    Path,
    Present,
    Some,
    Text,
    all_of,
    any_of,
    path,
)
from strangler_deploy.placement import TENANT, TIER

# plural → API group; kinds that carry a pod template, those of Argo and the platform's own included.
WORKLOADS: Mapping[str, str] = {
    "pods": "",
    "replicationcontrollers": "",
    "deployments": "apps",
    "statefulsets": "apps",
    "daemonsets": "apps",
    "replicasets": "apps",
    "jobs": "batch",
    "cronjobs": "batch",
    "rollouts": "argoproj.io",
}
_KINDS = {
    "pods": "Pod",
    "replicationcontrollers": "ReplicationController",
    "deployments": "Deployment",
    "statefulsets": "StatefulSet",
    "daemonsets": "DaemonSet",
    "replicasets": "ReplicaSet",
    "jobs": "Job",
    "cronjobs": "CronJob",
    "rollouts": "Rollout",
    "buckets": "Bucket",
    "tables": "Table",
    "dbinstances": "DBInstance",
    "roles": "Role",
    "policies": "Policy",
    "queues": "Queue",
    "inferenceprofiles": "InferenceProfile",
    "endpoints": "Endpoint",
    "models": "Model",
    "agents": "Agent",
    "configmaps": "ConfigMap",
    "secrets": "Secret",
    "httproutes": "HTTPRoute",
    "ingresses": "Ingress",
    "resourcequotas": "ResourceQuota",
    "limitranges": "LimitRange",
    "networkpolicies": "NetworkPolicy",
}
_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold for some resources; ``resources`` is plural → API group.

    ``label`` limits it to namespaces that carry it: those of one tenant, or those of any tier (pools included).
    """

    name: str
    resources: Mapping[str, str]
    required: tuple[tuple[str, Condition], ...]
    """Message and condition, in the order in which they are asked."""
    label: str = TIER

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Group and kind of its resources."""
        return sorted((group, _KINDS[resource]) for resource, group in self.resources.items())


def _containers(condition: Condition) -> Condition:
    return all_of(*(Every(path("pod", "spec", key), condition) for key in _CONTAINERS))


def _phi(_: Platform) -> Rule:
    own = path("item", "securityContext", "runAsNonRoot")
    pods = path("pod", "spec", "securityContext", "runAsNonRoot")
    nonroot = any_of(Equals(own, True), all_of(Not(Present(own)), Equals(pods, True)))
    not_zero = Not(Equals(path("item", "securityContext", "runAsUser"), 0))
    pods_not_zero = Not(Equals(path("pod", "spec", "securityContext", "runAsUser"), 0))
    label = path("pod", "metadata", "labels", "classification")
    is_phi = Equals(label, "PHI")
    safe = all_of(pods_not_zero, _containers(all_of(nonroot, not_zero)))
    return Rule(
        "phi-nonroot",
        WORKLOADS,
        (
            ("pods say what data they handle: label classification", _known(label)),
            ("pods that handle PHI run as non-root, every container of them", any_of(Not(is_phi), safe)),
        ),
    )


def _known(label: Path) -> Condition:
    return OneOf(label, ("public", "internal", "PII", "PHI"))


_TAGS = {
    "buckets": ("s3.services.k8s.aws", ("spec", "tagging", "tagSet")),
    "tables": ("dynamodb.services.k8s.aws", ("spec", "tags")),
    "dbinstances": ("rds.services.k8s.aws", ("spec", "tags")),
    "inferenceprofiles": ("bedrock.services.k8s.aws", ("spec", "tags")),
    "endpoints": ("sagemaker.services.k8s.aws", ("spec", "tags")),
    "models": ("sagemaker.services.k8s.aws", ("spec", "tags")),
}


def _tenant_key(_: Platform) -> Rule:
    owner = Text((path("namespace", "metadata", "labels", TENANT),))
    tagged = all_of(Equals(path("item", "key"), "tenant"), Equals(path("item", "value"), owner))
    conditions = [
        any_of(
            Not(Matches(path("object", "apiVersion"), f"^{group}/".replace(".", "[.]"))),
            Some(path("object", *keys), tagged),
        )
        for group, keys in sorted(set(_TAGS.values()))
    ]
    resources = {resource: group for resource, (group, _) in _TAGS.items()}
    message = "AWS resources carry the tag tenant of their namespace"
    return Rule("tenant-key", resources, ((message, all_of(*conditions)),), TENANT)


def _public_access(_: Platform) -> Rule:
    flags = ("blockPublicACLs", "blockPublicPolicy", "ignorePublicACLs", "restrictPublicBuckets")
    bucket = all_of(*(Equals(path("object", "spec", "publicAccessBlock", flag), True) for flag in flags))
    database = all_of(
        Not(Equals(path("object", "spec", "publiclyAccessible"), True)),
        Equals(path("object", "spec", "storageEncrypted"), True),
    )
    kind = path("object", "kind")
    return Rule(
        "public-access-block",
        {"buckets": "s3.services.k8s.aws", "dbinstances": "rds.services.k8s.aws"},
        (
            ("buckets block public access in all four ways", any_of(Not(Equals(kind, "Bucket")), bucket)),
            ("databases are encrypted and not public", any_of(Not(Equals(kind, "DBInstance")), database)),
        ),
    )


def _static_keys(_: Platform) -> Rule:
    variable = all_of(
        Not(OneOf(path("item", "name"), _KEYS)), Not(Matches(path("item", "value"), "(AKIA|ASIA)[A-Z0-9]{16}"))
    )
    return Rule(
        "no-static-keys",
        WORKLOADS,
        (("pods have no AWS keys, they have Pod Identity", _containers(Every(path("item", "env"), variable))),),
    )


def _hygiene(_: Platform) -> Rule:
    def field(*keys: str) -> Path:
        return path("item", *keys)

    resources = all_of(
        *(Present(field("resources", kind, what)) for kind in ("requests", "limits") for what in ("cpu", "memory"))
    )
    unprivileged = all_of(
        Not(Equals(field("securityContext", "privileged"), True)),
        Equals(field("securityContext", "allowPrivilegeEscalation"), False),
    )
    own_node = all_of(*(Not(Equals(path("pod", "spec", key), True)) for key in ("hostNetwork", "hostPID", "hostIPC")))
    no_host_path = Every(path("pod", "spec", "volumes"), Not(Present(field("hostPath"))))
    sized = all_of(*(Every(path("pod", "spec", key), resources) for key in _CONTAINERS[:2]))
    return Rule(
        "workload-hygiene",
        WORKLOADS,
        (
            ("containers have requests and limits for CPU and memory", sized),
            ("containers have no privileges and cannot gain any", _containers(unprivileged)),
            ("pods stay off the network, processes and files of their node", all_of(own_node, no_host_path)),
        ),
    )


def _submitters(platform: Platform) -> Rule:
    groups = tuple(platform.policies.submitters)
    controller = f"system:serviceaccount:{platform.delivery.namespace}:argocd-application-controller"
    allowed = any_of(
        Equals(path("user", "username"), controller),
        Some(path("user", "groups"), OneOf(path("item"), (*groups, "system:masters"))),
    )
    guards = {"resourcequotas": "", "limitranges": "", "networkpolicies": "networking.k8s.io"}
    return Rule("submitters", guards, (("quota, limits and network policies are the platform's", allowed),))


def _own_paths(platform: Platform) -> Rule:
    owner = path("namespace", "metadata", "labels", TENANT)
    value = path("item", "path", "value")
    own_path = any_of(
        Equals(value, Text(("/", owner))),
        Begins(value, Text(("/", owner, "/"))),
        Begins(value, Text(("^/", owner, "/"))),
    )
    by_path = Every(path("object", "spec", "rules"), _all_matches(own_path))
    by_host = all_of(
        Some(path("object", "spec", "hostnames"), Present(path("item"))),
        Every(path("object", "spec", "hostnames"), Begins(path("item"), Text((owner, ".")))),
    )
    return Rule(
        "own-paths",
        {"httproutes": "gateway.networking.k8s.io"},
        (("routes of a tenant stay under its own path or host", any_of(by_path, by_host)),),
        TENANT,
    )


def _all_matches(condition: Condition) -> Condition:
    """A rule without matches takes every path."""
    some = Some(path("item", "matches"), Present(path("item", "path", "value")))
    return all_of(some, Every(path("item", "matches"), condition))


def _no_workload(_: Platform) -> Rule:
    nothing = Equals(path("object", "kind"), "")
    return Rule("no-tenant-workload", WORKLOADS, (("no tenant's pods run in the control cluster", nothing),))


_RULES: tuple[Callable[[Platform], Rule], ...] = (
    _phi,
    _tenant_key,
    _public_access,
    _static_keys,
    _hygiene,
    _submitters,
    _own_paths,
    _no_workload,
)


def rules(platform: Platform, *, is_control: bool, is_application: bool) -> list[Rule]:
    """The rules of one cluster: those about AWS resources where ACK runs, those about pods where tenants run."""
    made = [make(platform) for make in _RULES]
    wanted = [rule for rule in made if rule.name not in platform.policies.off]
    aws = {"tenant-key", "public-access-block"}
    alone = is_control and not is_application
    keep: list[Rule] = []
    for rule in wanted:
        if rule.name in aws:
            keep += [rule] if is_control else []
        elif rule.name == "no-tenant-workload":
            keep += [rule] if alone else []
        else:
            keep += [] if alone else [rule]
    return keep
