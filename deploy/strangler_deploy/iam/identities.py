"""Who a pod is to AWS: association → role → policies, boundary and session tags, as the tree has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from strangler.model import Finding
from strangler_deploy.documents import Document, mapping, mappings
from strangler_deploy.iam.documents import Policy, parse
from strangler_deploy.iam.evaluate import Identity, Request, decide
from strangler_deploy.iam.owners import Owners

_IAM, _EKS = "iam.services.k8s.aws", "eks.services.k8s.aws"
_PODS = "pods.eks.amazonaws.com"
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PodIdentity:
    """A service account of a cluster, and the role session that its pods get."""

    cluster: str
    namespace: str
    service_account: str
    identity: Identity
    document: Document

    def __str__(self) -> str:
        return f"{self.cluster}/{self.namespace}/{self.service_account}"


@dataclass
class Roles:
    """The roles and policies of the tree; what cannot be read of them becomes a finding."""

    owners: Owners
    roles: Mapping[_Key, Document]
    policies: Mapping[_Key, Document]
    by_arn: Mapping[str, Document]
    role_by_arn: Mapping[str, Document]
    clusters: Mapping[_Key, str]
    findings: list[Finding] = field(default_factory=list)
    parsed: dict[str, Policy | None] = field(default_factory=dict)

    def identity(self, arn: str, session: str) -> Identity | None:
        """Who a role is to AWS whoever takes it; None if it is not in the tree."""
        role = self.role_by_arn.get(arn)
        return _identity_of(role, self, session, {}) if role else None

    def taken_by_others(self) -> Iterator[tuple[Document, Identity, Policy]]:
        """Each role that trusts principals of AWS rather than a service: what it may do, and its trust."""
        for role in self.roles.values():
            trust = _text(role, role.spec.get("assumeRolePolicyDocument"), self)
            if trust is not None and any("AWS" in (statement.principals or {}) for statement in trust.statements):
                yield role, _identity_of(role, self, "strangler", {}), trust


def roles(tree: Sequence[Document], owners: Owners) -> Roles:
    """Read the roles of the tree; ``owners`` tells in which accounts they are."""
    policies, every = _by_key(tree, _IAM, "Policy"), _by_key(tree, _IAM, "Role")
    return Roles(
        owners=owners,
        roles=every,
        role_by_arn={_arn(owners, "role", document): document for document in every.values()},
        policies=policies,
        by_arn={_arn(owners, "policy", document): document for document in policies.values()},
        clusters={key: str(d.spec.get("name")) for key, d in _by_key(tree, _EKS, "Cluster").items()},
    )


def pods(tree: Sequence[Document], reader: Roles) -> list[PodIdentity]:
    """Every pod identity of the tree."""
    associations = [d for d in tree if d.kind == "PodIdentityAssociation" and d.group == _EKS]
    return [identity for document in associations for identity in _identity(document, reader)]


def _by_key(tree: Iterable[Document], group: str, kind: str) -> dict[_Key, Document]:
    return {(d.namespace, d.name): d for d in tree if d.kind == kind and d.group == group}


def _arn(owners: Owners, kind: str, document: Document) -> str:
    path = str(document.spec.get("path") or "/")
    return f"arn:aws:iam::{owners.of(document)}:{kind}{path}{document.spec.get('name', document.name)}"


def _ref(document: Document, value: object) -> _Key:
    target = mapping(mapping(value).get("from"))
    return str(target.get("namespace") or document.namespace), str(target.get("name") or "")


def _identity(document: Document, reader: Roles) -> Iterator[PodIdentity]:
    role = _role(document, reader)
    if role is None:
        message = f"{document} names a role that is not in the tree: what its pods may do cannot be proven"
        reader.findings.append(Finding("IAM-UNKNOWN", message, document.location, "declare the role beside it"))
        return
    spec = document.spec
    cluster = str(spec.get("clusterName") or reader.clusters.get(_ref(document, spec.get("clusterRef")), ""))
    namespace, account_name = str(spec.get("namespace")), str(spec.get("serviceAccount"))
    tags = {} if spec.get("disableSessionTags") else _session_tags(cluster, namespace, account_name)
    if not _is_trusted(document, role, tags, reader):
        return
    identity = _identity_of(role, reader, f"eks-{cluster}", tags, _text(document, spec.get("policy"), reader))
    yield PodIdentity(_local(document, cluster), namespace, account_name, identity, document)


def _identity_of(
    role: Document, reader: Roles, session: str, tags: Mapping[str, str], limit: Policy | None = None
) -> Identity:
    arn = _arn(reader.owners, "role", role)
    return Identity(
        role=arn,
        session_arn=f"{arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/{session}",
        policies=tuple(_policies(role, reader)),
        boundary=_boundary(role, reader),
        session=limit,
        tags={**_role_tags(role), **tags},
    )


def _local(document: Document, cluster: str) -> str:
    """The plan's name of the cluster: the object's that is referred to, which AWS may know by a longer one."""
    return _ref(document, document.spec.get("clusterRef"))[1] or cluster


def _role(document: Document, reader: Roles) -> Document | None:
    if document.spec.get("roleRef"):
        return reader.roles.get(_ref(document, document.spec["roleRef"]))
    return reader.role_by_arn.get(str(document.spec.get("roleARN")))


def _session_tags(cluster: str, namespace: str, service_account: str) -> dict[str, str]:
    """What EKS Pod Identity adds to every session (those that are known before a pod runs)."""
    return {
        "eks-cluster-name": cluster,
        "kubernetes-namespace": namespace,
        "kubernetes-service-account": service_account,
    }


def _role_tags(role: Document) -> dict[str, str]:
    return {str(tag.get("key")): str(tag.get("value")) for tag in mappings(role.spec.get("tags"))}


def _is_trusted(document: Document, role: Document, tags: Mapping[str, str], reader: Roles) -> bool:
    """Whether the role lets Pod Identity in for this association, and says so if not."""
    trust = _text(role, role.spec.get("assumeRolePolicyDocument"), reader)
    if trust is None:
        return False
    service = Identity(f"arn:aws:iam::{reader.owners.of(role)}:role/eks", "", (), service=_PODS)
    context = {f"aws:requesttag/{key}": (value,) for key, value in tags.items()}
    actions = ["sts:AssumeRole", "sts:TagSession"] if tags else ["sts:AssumeRole"]
    refused = [a for a in actions if not decide(service, Request(a, "", context), trust).allowed]
    for action in refused:
        message = f"{role} does not let Pod Identity do {action} for {document}: its pods get no credentials"
        hint = f"allow {action} for {_PODS}, on the tags of this cluster, namespace and service account"
        reader.findings.append(Finding("IAM-TRUST", message, role.location, hint))
    return not refused


def _policies(role: Document, reader: Roles) -> Iterator[Policy]:
    for ref in mappings(role.spec.get("policyRefs")):
        yield from _known(role, reader.policies.get(_ref(role, ref)), f"policyRef {_ref(role, ref)[1]}", reader)
    for arn in role.spec.get("policies") or ():
        yield from _known(role, reader.by_arn.get(str(arn)), str(arn), reader)
    for name, text in mapping(role.spec.get("inlinePolicies")).items():
        policy = _text(role, text, reader, name)
        if policy is not None:
            yield policy


def _known(role: Document, document: Document | None, name: str, reader: Roles) -> Iterator[Policy]:
    if document is None:
        message = f"{role} has the policy {name}, which is not in the tree: what it allows cannot be proven"
        reader.findings.append(Finding("IAM-UNKNOWN", message, role.location, "declare the policy beside it"))
        return
    policy = _text(document, document.spec.get("policyDocument"), reader)
    if policy is not None:
        yield policy


def _boundary(role: Document, reader: Roles) -> Policy | None:
    if role.spec.get("permissionsBoundaryRef"):
        document = reader.policies.get(_ref(role, role.spec["permissionsBoundaryRef"]))
    else:
        document = reader.by_arn.get(str(role.spec.get("permissionsBoundary")))
    # A boundary that is not in the tree is taken for none: it could only take away.
    return _text(document, document.spec.get("policyDocument"), reader) if document else None


def _text(document: Document, text: object, reader: Roles, name: str = "") -> Policy | None:
    if text is None:
        return None
    written = str(text)
    if written not in reader.parsed:
        try:
            reader.parsed[written] = parse(written)
        except ValueError as error:
            reader.parsed[written] = None
            message = f"the policy document {name or 'of'} {document} {error}"
            reader.findings.append(Finding("IAM-DOCUMENT", message, document.location, "IAM would refuse it"))
    return reader.parsed[written]
