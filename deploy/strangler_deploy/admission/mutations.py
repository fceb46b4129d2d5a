"""Our own objects, broken on purpose: each must be refused, or the policy that should is toothless."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from strangler_deploy.admission.review import Review, User
from strangler_deploy.documents import Document, mapping, mappings
from strangler_deploy.placement import TENANT, TIER

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One way to break an object, and the rule (a policy's name) that must notice."""

    rule: str
    what: str
    change: Callable[[Data], bool]
    """Changes a copy in place; False where it has nothing to change."""
    label: str = TIER
    """The rule is about namespaces that carry this label."""


def mutants(review: Review) -> Iterator[tuple[Mutation, Review]]:
    """Every broken copy of the request's object."""
    labels = review.namespace_labels or {}
    for mutation in MUTATIONS:
        if mutation.label not in labels:
            continue
        made = copy.deepcopy(dict(review.object or {}))
        if mutation.change(made):
            yield mutation, replace(review, object=made)
    if TIER in labels and review.kind in ("ResourceQuota", "LimitRange", "NetworkPolicy"):
        outsider = User("somebody", ("a-tenants-team",))
        yield Mutation("submitters", "submitted by a tenant", lambda _: True), replace(review, user=outsider)


def _pod(data: Data) -> Data | None:
    template = Document("", data).pod()
    return template if isinstance(template, dict) and isinstance(template.get("spec"), dict) else None


def _on_containers(change: Callable[[Data], None]) -> Callable[[Data], bool]:
    def apply(data: Data) -> bool:
        template = _pod(data)
        found = mappings(template["spec"].get("containers")) if template else []
        for container in found[-1:]:  # one of them is enough to break the rule
            change(container)  # type: ignore[arg-type]  # a copy of ours, made of dicts
        return bool(found)

    return apply


def _on_pod(change: Callable[[Data], None], only: Callable[[Data], bool] = bool) -> Callable[[Data], bool]:
    def apply(data: Data) -> bool:
        template = _pod(data)
        if template is None or not only(template):
            return False
        change(template)
        return True

    return apply


def _is_phi(template: Data) -> bool:
    return bool(mapping(mapping(template.get("metadata")).get("labels")).get("classification") == "PHI")


def _override(data: Data) -> bool:
    return _on_pod(lambda t: None, _is_phi)(data) and _on_containers(
        lambda c: c.update(securityContext={**mapping(c.get("securityContext")), "runAsNonRoot": False})
    )(data)


def _to_root(template: Data) -> None:
    template["spec"]["securityContext"] = {**mapping(template["spec"].get("securityContext")), "runAsUser": 0}


def _init_as_root(template: Data) -> None:
    container = copy.deepcopy(template["spec"]["containers"][0])
    container |= {
        "name": "added",
        "securityContext": {**mapping(container.get("securityContext")), "runAsNonRoot": False},
    }
    template["spec"]["initContainers"] = [*template["spec"].get("initContainers", ()), container]


def _without_label(template: Data) -> None:
    mapping(template.get("metadata")).get("labels", {}).pop("classification", None)


def _of_kind(kind: str, change: Callable[[Data], bool]) -> Callable[[Data], bool]:
    return lambda data: data.get("kind") == kind and change(data)


def _tags(data: Data) -> list[Data]:
    spec = mapping(data.get("spec"))
    holder = spec.get("tags") or mapping(spec.get("tagging")).get("tagSet")
    return holder if isinstance(holder, list) and all(isinstance(tag, dict) for tag in holder) else []


def _retag(data: Data) -> bool:
    own = [tag for tag in _tags(data) if tag.get("key") == "tenant"]
    for tag in own:
        tag["value"] = "another-tenant"
    return bool(own) and data.get("kind") in ("Bucket", "Table", "DBInstance", "InferenceProfile")


def _untag(data: Data) -> bool:
    found = _tags(data)
    had = any(tag.get("key") == "tenant" for tag in found)
    found[:] = [tag for tag in found if tag.get("key") != "tenant"]
    return had and data.get("kind") in ("Bucket", "Table", "DBInstance", "InferenceProfile")


def _open_bucket(data: Data) -> bool:
    block = mapping(mapping(data.get("spec")).get("publicAccessBlock"))
    data["spec"]["publicAccessBlock"] = {**block, "blockPublicPolicy": False}
    return True


def _set(field: str, value: Any) -> Callable[[Data], bool]:
    def apply(data: Data) -> bool:
        data["spec"][field] = value
        return True

    return apply


def _other_path(data: Data) -> bool:
    matches = [match for rule in mappings(data["spec"].get("rules")) for match in mappings(rule.get("matches"))]
    for match in matches[-1:]:
        match["path"]["value"] = "/another-tenant/path"
    data["spec"]["hostnames"] = ["shared.example.com"]
    return bool(matches)


def _key(name: str) -> Callable[[Data], None]:
    return lambda container: container.update(env=[*container.get("env", ()), {"name": name, "value": "x"}])


_HOST = {"name": "host", "hostPath": {"path": "/"}}
MUTATIONS: tuple[Mutation, ...] = (
    Mutation("phi-nonroot", "a container overrides runAsNonRoot", _override),
    Mutation("phi-nonroot", "the pod runs as user 0", _on_pod(_to_root, _is_phi)),
    Mutation("phi-nonroot", "an init container runs as root", _on_pod(_init_as_root, _is_phi)),
    Mutation("phi-nonroot", "the label classification is gone", _on_pod(_without_label)),
    Mutation("no-static-keys", "AWS_ACCESS_KEY_ID in a container", _on_containers(_key("AWS_ACCESS_KEY_ID"))),
    Mutation("no-static-keys", "AWS_SECRET_ACCESS_KEY in a container", _on_containers(_key("AWS_SECRET_ACCESS_KEY"))),
    Mutation(
        "workload-hygiene",
        "a privileged container",
        _on_containers(lambda c: c.update(securityContext={**mapping(c.get("securityContext")), "privileged": True})),
    ),
    Mutation("workload-hygiene", "a container without limits", _on_containers(lambda c: c.update(resources={}))),
    Mutation("workload-hygiene", "the node's network", _on_pod(lambda t: t["spec"].update(hostNetwork=True))),
    Mutation(
        "workload-hygiene",
        "the node's files",
        _on_pod(lambda t: t["spec"].update(volumes=[*t["spec"].get("volumes", ()), _HOST])),
    ),
    Mutation("tenant-key", "tagged for another tenant", _retag, TENANT),
    Mutation("tenant-key", "no tenant's tag", _untag, TENANT),
    Mutation("public-access-block", "a bucket policy may be public", _of_kind("Bucket", _open_bucket)),
    Mutation("public-access-block", "a public database", _of_kind("DBInstance", _set("publiclyAccessible", True))),
    Mutation("public-access-block", "a database in the clear", _of_kind("DBInstance", _set("storageEncrypted", False))),
    Mutation("own-paths", "a route on another tenant's path", _of_kind("HTTPRoute", _other_path), TENANT),
)
