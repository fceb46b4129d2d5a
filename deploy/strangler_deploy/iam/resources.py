"""What there is to touch: the data resources of the tree, with the ARNs that AWS will know them by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from strangler_deploy.documents import Document, mapping, mappings
from strangler_deploy.iam.documents import Policy, parse
from strangler_deploy.iam.evaluate import Request
from strangler_deploy.iam.owners import Owners

DATA = "strangler/data"
_UNKNOWN = "unknown-until-made"
_REGION = "services.k8s.aws/region"
Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Account and region of an AWS resource."""

    account: str
    region: str


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource; ``inside`` is the ARN of what is in it, with ``{key}`` where tenants are told apart in a pool.

    ``data`` is the name it is declared by; ``tenant`` is "" for a pool's.
    """

    store: str
    arn: str
    inside: str
    tenant: str
    data: str
    account: str
    tags: Tags
    policy: Policy | None
    document: Document

    def __str__(self) -> str:
        return f"{self.document.kind} {self.document.namespace}/{self.document.name}"


@dataclass(frozen=True, slots=True)
class _Kind:
    store: str
    arn: Callable[[Mapping[str, Any], Place, str], tuple[str, str]]
    """The ARN of the resource and of what is in it, from spec, place and a text that stands for what is not known."""


def _named(service: str, form: str, field: str) -> Callable[[Mapping[str, Any], Place, str], tuple[str, str]]:
    def make(spec: Mapping[str, Any], place: Place, _: str) -> tuple[str, str]:
        arn = f"arn:aws:{service}:{place.region}:{place.account}:{form.format(spec.get(field))}"
        return arn, arn

    return make


def _bucket(spec: Mapping[str, Any], _: Place, __: str) -> tuple[str, str]:
    arn = f"arn:aws:s3:::{spec.get('name')}"
    return arn, f"{arn}/{{key}}file"


def _made(service: str, form: str) -> Callable[[Mapping[str, Any], Place, str], tuple[str, str]]:
    """AWS chooses the id: only a wildcard can meet it."""

    def make(_: Mapping[str, Any], place: Place, unknown: str) -> tuple[str, str]:
        arn = f"arn:aws:{service}:{place.region}:{place.account}:{form.format(unknown)}"
        return arn, arn

    return make


_KINDS: Mapping[tuple[str, str], _Kind] = {
    ("s3", "Bucket"): _Kind("s3", _bucket),
    ("dynamodb", "Table"): _Kind("dynamodb", _named("dynamodb", "table/{}", "tableName")),
    ("sqs", "Queue"): _Kind("sqs", _named("sqs", "{}", "queueName")),
    ("rds", "DBInstance"): _Kind("rds", _named("rds", "db:{}", "dbInstanceIdentifier")),
    ("bedrock", "InferenceProfile"): _Kind("bedrock", _made("bedrock", "application-inference-profile/{}")),
    ("bedrockagent", "Agent"): _Kind("bedrock-agent", _made("bedrock", "agent-alias/{0}/{0}")),
    ("sagemaker", "Endpoint"): _Kind("sagemaker", _named("sagemaker", "endpoint/{}", "endpointName")),
}


def resources(tree: Sequence[Document], owners: Owners, region: str) -> Iterator[Resource]:
    """Every data resource of the tree; ``region`` is that of objects which name none."""
    for document in tree:
        service, dot, rest = document.group.partition(".")
        kind = _KINDS.get((service, document.kind)) if dot and rest == "services.k8s.aws" else None
        if kind is not None:
            yield _resource(document, kind, Place(owners.of(document), _region(document, region)))


def _region(document: Document, default: str) -> str:
    return str(document.annotations.get(_REGION) or default)


def _resource(document: Document, kind: _Kind, here: Place) -> Resource:
    arn, inside = kind.arn(document.spec, here, f"{_UNKNOWN}-{document.namespace}-{document.name}")
    return Resource(
        store=kind.store,
        arn=arn,
        inside=inside,
        tenant=str(document.labels.get("saas/tenant") or ""),
        data=str(document.labels.get(DATA) or document.name),
        account=here.account,
        tags=_tags(document.spec),
        policy=_policy(document),
        document=document,
    )


def _tags(spec: Mapping[str, Any]) -> Tags:
    written = spec.get("tags") or mapping(spec.get("tagging")).get("tagSet")
    if isinstance(written, Mapping):
        return {str(key): str(value) for key, value in written.items()}
    return {str(tag.get("key")): str(tag.get("value")) for tag in mappings(written)}


def _policy(document: Document) -> Policy | None:
    text = document.spec.get("policy") or document.spec.get("resourcePolicy")
    try:
        return parse(str(text)) if text else None
    except ValueError:
        return None


def request(resource: Resource, action: str, keys: tuple[str, ...] | None, inside: bool) -> Request:
    """An action on a resource; ``keys`` are the tenants whose part of a pool it reaches for (None: no pool)."""
    context: dict[str, tuple[str, ...]] = {"aws:resourceaccount": (resource.account,)}
    if resource.store != "s3":  # S3 shows a bucket's tags to policies only where that is switched on
        context |= {f"aws:resourcetag/{key.lower()}": (value,) for key, value in resource.tags.items()}
    arn = resource.inside if inside else resource.arn
    if keys and resource.store == "dynamodb":
        context["dynamodb:leadingkeys"] = keys
    if keys and resource.store == "s3" and not inside:
        context["s3:prefix"] = tuple(f"{key}/" for key in keys)
    key = f"{keys[0]}/" if keys else ""
    return Request(action, arn.replace("{key}", key), context, resource.account)
