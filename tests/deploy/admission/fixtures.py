"""Requests and what must become of them: passing, failing, and the ways in which people get around a rule."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from strangler_deploy.admission.review import Review, User

Data = dict[str, Any]
NAMESPACE: Data = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "tenant-acme", "labels": {"saas/tenant": "acme", "saas/tier": "standard"}},
}
SYSTEM: Data = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "labels": {}}}


@dataclass(frozen=True)
class Fixture:
    name: str
    review: Review
    refused_by: str = ""
    """The one rule that refuses it; "" if all let it pass."""


def container(**changes: Any) -> Data:
    made = {
        "name": "app",
        "image": "registry.example.com/orders@sha256:" + "a" * 64,
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    return {**made, **changes}


def template(classification: str | None = "PHI", spec: Mapping[str, Any] | None = None, **of_container: Any) -> Data:
    labels = {"app": "orders"} if classification is None else {"app": "orders", "classification": classification}
    pod_spec = {"securityContext": {"runAsNonRoot": True}, "containers": [container(**of_container)]}
    return {"metadata": {"labels": labels}, "spec": {**pod_spec, **(spec or {})}}


def pod(made: Data) -> Data:
    return _object("v1", "Pod", {"spec": made["spec"]}, **made["metadata"])


def workload(kind: str, made: Data, api: str = "apps/v1") -> Data:
    if kind in ("Job", "CronJob"):
        made = {**made, "spec": {**made["spec"], "restartPolicy": "Never"}}
    inner: Data = {"template": made}
    if kind == "CronJob":
        inner = {"schedule": "0 0 * * *", "jobTemplate": {"spec": inner}}
    elif kind not in ("Job",):
        inner["selector"] = {"matchLabels": {"app": "orders"}}
    return _object(api, kind, {"spec": inner})


def _object(api: str, kind: str, body: Data, **metadata: Any) -> Data:
    return {
        "apiVersion": api,
        "kind": kind,
        "metadata": {"name": "orders", "namespace": "tenant-acme", **metadata},
        **body,
    }


def _create(data: Data, refused_by: str, name: str, namespace: Data | None = None) -> Fixture:
    data = copy.deepcopy(data)
    given = NAMESPACE if namespace is None else namespace
    data["metadata"]["namespace"] = given["metadata"]["name"]
    return Fixture(name, Review(data, namespace=given), refused_by)


ROOT, NONROOT = {"runAsNonRoot": False}, {"runAsNonRoot": True}
SAFE: Data = {"allowPrivilegeEscalation": False}
OWNERS = [
    ("Deployment", "apps/v1"),
    ("StatefulSet", "apps/v1"),
    ("DaemonSet", "apps/v1"),
    ("ReplicaSet", "apps/v1"),
    ("Job", "batch/v1"),
    ("CronJob", "batch/v1"),
    ("Rollout", "argoproj.io/v1alpha1"),
]


def phi() -> Iterator[Fixture]:
    rule = "phi-nonroot"
    no_context = {"securityContext": {}}
    yield _create(pod(template()), "", "phi: pod-level non-root")
    yield _create(pod(template(spec=no_context)), rule, "phi: no context at all")
    yield _create(pod(template(spec=no_context, securityContext={**SAFE, **NONROOT})), "", "phi: container-level")
    yield _create(pod(template(securityContext={**SAFE, **ROOT})), rule, "phi: container override")
    yield _create(pod(template(securityContext={**SAFE, "runAsUser": 0})), rule, "phi: container runs as user 0")
    yield _create(pod(template(spec={"securityContext": {**NONROOT, "runAsUser": 0}})), rule, "phi: pod runs as user 0")
    yield _create(pod(template(spec={"securityContext": ROOT})), rule, "phi: pod says root")
    yield _create(pod(template("internal", no_context)), "", "phi: other data may run as root")
    yield _create(pod(template(None, no_context)), rule, "phi: label missing")
    yield _create(pod(template("phi", no_context)), rule, "phi: label misspelt")
    yield _create(pod({**template(), "metadata": {}}), rule, "phi: no labels at all")
    init = {"initContainers": [container(name="init", securityContext={**SAFE, **ROOT})]}
    yield _create(pod(template(spec=init)), rule, "phi: init container as root")
    sidecar = {"containers": [container(), container(name="sidecar", securityContext={**SAFE, **ROOT})]}
    yield _create(pod(template(spec=sidecar)), rule, "phi: second container as root")
    for kind, api in OWNERS:
        yield _create(workload(kind, template(), api), "", f"phi: {kind} non-root")
        yield _create(workload(kind, template(spec=no_context), api), rule, f"phi: {kind} as root")
    outer = workload("Deployment", template(None, no_context))
    outer["metadata"]["labels"] = {"classification": "PHI"}
    yield _create(outer, rule, "phi: label on the Deployment only")
    yield from _ephemeral()
    yield _create(pod(template(spec=no_context)), "", "phi: no tenant's namespace", SYSTEM)


def _ephemeral() -> Iterator[Fixture]:
    for name, context, refused_by in (("non-root", NONROOT, ""), ("root", ROOT, "phi-nonroot")):
        debug = container(name="debug", securityContext={**SAFE, **context})
        debug.pop("resources")
        data = pod(template(spec={"ephemeralContainers": [debug]}))
        review = Review(data, "UPDATE", pod(template()), NAMESPACE, subresource="ephemeralcontainers")
        yield Fixture(f"phi: ephemeral container {name}", review, refused_by)


BUCKET: Data = {
    "apiVersion": "s3.services.k8s.aws/v1alpha1",
    "kind": "Bucket",
    "metadata": {"name": "acme-data"},
    "spec": {
        "name": "shop-acme-data",
        "tagging": {"tagSet": [{"key": "tenant", "value": "acme"}, {"key": "team", "value": "money"}]},
        "publicAccessBlock": {
            "blockPublicACLs": True,
            "blockPublicPolicy": True,
            "ignorePublicACLs": True,
            "restrictPublicBuckets": True,
        },
    },
}
DATABASE: Data = {
    "apiVersion": "rds.services.k8s.aws/v1alpha1",
    "kind": "DBInstance",
    "metadata": {"name": "acme-orders"},
    "spec": {"tags": [{"key": "tenant", "value": "acme"}], "publiclyAccessible": False, "storageEncrypted": True},
}
TABLE: Data = {
    "apiVersion": "dynamodb.services.k8s.aws/v1alpha1",
    "kind": "Table",
    "metadata": {"name": "acme-orders"},
    "spec": {"tags": [{"key": "tenant", "value": "acme"}]},
}


def changed(data: Data, *steps: str, to: Any) -> Data:
    made = copy.deepcopy(data)
    inner = made
    for step in steps[:-1]:
        inner = inner[step]
    if to is None:
        inner.pop(steps[-1])
    else:
        inner[steps[-1]] = to
    return made


def aws() -> Iterator[Fixture]:
    key, public = "tenant-key", "public-access-block"
    foreign = [{"key": "tenant", "value": "globex"}]
    yield _create(BUCKET, "", "aws: bucket")
    yield _create(changed(BUCKET, "spec", "tagging", to=None), key, "aws: bucket without tags")
    yield _create(changed(BUCKET, "spec", "tagging", "tagSet", to=[]), key, "aws: bucket with an empty tag set")
    yield _create(changed(BUCKET, "spec", "tagging", "tagSet", to=foreign), key, "aws: bucket of another tenant")
    swapped = [{"key": "acme", "value": "tenant"}]
    yield _create(changed(BUCKET, "spec", "tagging", "tagSet", to=swapped), key, "aws: key and value swapped")
    cased = [{"key": "Tenant", "value": "acme"}]
    yield _create(changed(BUCKET, "spec", "tagging", "tagSet", to=cased), key, "aws: tag with another case")
    yield _create(changed(BUCKET, "spec", "publicAccessBlock", to=None), public, "aws: bucket without the block")
    for flag in sorted(BUCKET["spec"]["publicAccessBlock"]):
        opened = changed(BUCKET, "spec", "publicAccessBlock", flag, to=False)
        yield _create(opened, public, f"aws: bucket with {flag} off")
    dropped = changed(BUCKET, "spec", "publicAccessBlock", "blockPublicPolicy", to=None)
    yield _create(dropped, public, "aws: bucket with a flag missing")
    yield _create(DATABASE, "", "aws: database")
    yield _create(changed(DATABASE, "spec", "tags", to=foreign), key, "aws: database of another tenant")
    yield _create(changed(DATABASE, "spec", "publiclyAccessible", to=True), public, "aws: public database")
    yield _create(changed(DATABASE, "spec", "storageEncrypted", to=None), public, "aws: database in the clear")
    yield _create(TABLE, "", "aws: table")
    yield _create(changed(TABLE, "spec", "tags", to=None), key, "aws: table without tags")
    update = Review(changed(TABLE, "spec", "tags", to=[]), "UPDATE", TABLE, NAMESPACE)
    yield Fixture("aws: tags taken away later", _in_namespace(update), key)


def _in_namespace(review: Review) -> Review:
    def placed(data: Mapping[str, Any]) -> Data:
        return {**data, "metadata": {**data["metadata"], "namespace": "tenant-acme"}}

    assert review.object is not None
    return replace(review, object=placed(review.object), old=placed(review.old or review.object))


def keys() -> Iterator[Fixture]:
    rule = "no-static-keys"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        yield _create(pod(template(env=[{"name": name, "value": "x"}])), rule, f"keys: {name}")
    referenced = [{"name": "AWS_SECRET_ACCESS_KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]
    yield _create(pod(template(env=referenced)), rule, "keys: from a secret")
    hidden = [{"name": "CONFIG", "value": "user=AKIA" + "A" * 16}]
    yield _create(pod(template(env=hidden)), rule, "keys: under another name")
    init = {"initContainers": [container(name="init", env=[{"name": "AWS_ACCESS_KEY_ID", "value": "x"}])]}
    yield _create(workload("CronJob", template(spec=init), "batch/v1"), rule, "keys: in a CronJob's init container")
    yield _create(pod(template(env=[{"name": "AWS_REGION", "value": "eu-central-1"}])), "", "keys: a region is none")


def hygiene() -> Iterator[Fixture]:
    rule = "workload-hygiene"
    yield _create(pod(template(securityContext={**SAFE, "privileged": True})), rule, "hygiene: privileged")
    yield _create(pod(template(securityContext={})), rule, "hygiene: may gain privileges by silence")
    yield _create(pod(template(securityContext={"allowPrivilegeEscalation": True})), rule, "hygiene: may gain them")
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        yield _create(pod(template(spec={field: True})), rule, f"hygiene: {field}")
    volumes = {"volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "hostPath": {"path": "/"}}]}
    yield _create(pod(template(spec=volumes)), rule, "hygiene: hostPath")
    yield _create(pod(template(spec={"volumes": volumes["volumes"][:1]})), "", "hygiene: emptyDir")
    no_limit = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}
    yield _create(pod(template(resources=no_limit)), rule, "hygiene: no CPU limit")
    yield _create(workload("Rollout", template(resources={}), "argoproj.io/v1alpha1"), rule, "hygiene: no resources")


def submitters() -> Iterator[Fixture]:
    quota = _object("v1", "ResourceQuota", {"spec": {"hard": {"pods": "999"}}})
    policy = _object("networking.k8s.io/v1", "NetworkPolicy", {"spec": {"podSelector": {}, "ingress": [{}]}})
    service = _object("v1", "Service", {"spec": {"ports": [{"port": 80}]}})
    tenant, platform = User("eve", ("acme-admins",)), User("ann", ("staff", "platform-team"))
    for name, data in (("quota", quota), ("network policy", policy)):
        yield Fixture(f"submitters: {name} by Argo CD", Review(data, namespace=NAMESPACE), "")
        yield Fixture(f"submitters: {name} by the platform team", Review(data, namespace=NAMESPACE, user=platform), "")
        yield Fixture(f"submitters: {name} by a tenant", Review(data, namespace=NAMESPACE, user=tenant), "submitters")
    imitated = User("platform-team", ())
    yield Fixture(
        "submitters: a user named like the group", Review(quota, namespace=NAMESPACE, user=imitated), "submitters"
    )
    yield Fixture("submitters: other kinds are theirs", Review(service, namespace=NAMESPACE, user=tenant), "")


def _route(*matches: Any, hostnames: tuple[str, ...] = ("app.example.com",)) -> Data:
    spec = {"hostnames": list(hostnames), "rules": [{"matches": list(matches)}]}
    return _object("gateway.networking.k8s.io/v1", "HTTPRoute", {"spec": spec})


def routes() -> Iterator[Fixture]:
    rule = "own-paths"

    def at(value: str, kind: str = "PathPrefix") -> Data:
        return {"path": {"type": kind, "value": value}}

    yield _create(_route(at("/acme/orders")), "", "routes: own path")
    yield _create(_route(at("/acme")), "", "routes: own root")
    yield _create(_route(at("^/acme/[^/]+/pdf$", "RegularExpression")), "", "routes: own expression")
    yield _create(_route(at("/globex/orders")), rule, "routes: another's path")
    yield _create(_route(at("/acmeevil")), rule, "routes: a path that only begins alike")
    yield _create(_route(at("/")), rule, "routes: everything")
    yield _create(_route(at("/acme/a"), at("/globex/a")), rule, "routes: another's path as second match")
    yield _create(_route({"method": "GET"}), rule, "routes: any path by method")
    yield _create(_route(), rule, "routes: no matches")
    yield _create(_route(at("/"), hostnames=("acme.app.example.com",)), "", "routes: own host")
    yield _create(_route(at("/"), hostnames=("globex.app.example.com",)), rule, "routes: another's host")
    mixed = ("acme.app.example.com", "app.example.com")
    yield _create(_route(at("/"), hostnames=mixed), rule, "routes: own host and the shared one")


AREAS: tuple[Callable[[], Iterator[Fixture]], ...] = (phi, aws, keys, hygiene, submitters, routes)


def every() -> list[Fixture]:
    return [fixture for area in AREAS for fixture in area()]
