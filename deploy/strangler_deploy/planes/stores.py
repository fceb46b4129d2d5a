"""A tenant's data and its permissions, as the objects of the control cluster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from strangler.plan.platform import Data
from strangler_deploy.estate import Estate, Site, Unit
from strangler_deploy.kinds.aws.resource import PLATFORM_NAMESPACE, Owner
from strangler_deploy.kinds.data import models, stores
from strangler_deploy.kinds.iam import role as iam
from strangler_deploy.kinds.iam.document import Statement, document, trust_service
from strangler_deploy.kinds.iam.permissions import Grant, statements
from strangler_deploy.kinds.network.policy import default_deny
from strangler_deploy.kinds.workloads.namespace import namespace
from strangler_deploy.kinds.workloads.pod import APP
from strangler_deploy.manifest import Manifest
from strangler_deploy.names import joined, underscored
from strangler_deploy.placement import TENANT, TIER, Placement, pool_namespace

_ACK_SERVICES = ("s3", "rds", "dynamodb", "sqs", "bedrock", "bedrockagent", "sagemaker")


@dataclass(frozen=True, slots=True)
class Holding:
    """One resource of one tenant (or, pooled, of a tier): its names, and the services that use it."""

    name: str
    aws_name: str
    data: Data
    users: tuple[str, ...]
    whose: str
    origin: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has data: a tenant, or the pool of a tier."""

    estate: Estate
    site: Site
    namespace: str
    whose: str
    labels: dict[str, str]
    origin: str
    units: tuple[Unit, ...]
    is_pool: bool
    backup_days: int

    def owner(self, *services: str, data: str = "") -> Owner:
        """Whose an object is, with the label of the one service that it is for."""
        labels = {
            **self.labels,
            **({APP: services[0]} if len(services) == 1 else {}),
            **({"strangler/data": data} if data else {}),
        }
        tags = {"product": self.estate.name, **({"tier": self.whose} if self.is_pool else {"tenant": self.whose})}
        return Owner(self.namespace, self.origin, self.site.region, labels, tags)

    def role_name(self, service: str, suffix: str = "") -> str:
        """The AWS name of a service's role."""
        parts = (self.estate.name, self.whose, service, *((suffix,) if suffix else ()))
        return joined(*parts, limit=64)


def holder_of(estate: Estate, placement: Placement) -> Holder:
    """A tenant as a holder of data."""
    return Holder(
        estate=estate,
        site=placement.site,
        namespace=control_namespace(placement),
        whose=placement.id,
        labels=placement.labels,
        origin=placement.origin,
        units=placement.units,
        is_pool=False,
        backup_days=35 if estate.platform.retention.backups else 1,
    )


def pool_holder(estate: Estate, site: Site, tier: str) -> Holder:
    """The pool of a tier as a holder of data."""
    return Holder(
        estate=estate,
        site=site,
        namespace=pool_namespace(tier) if site.name == estate.control.name else joined("pool", tier, site.name),
        whose=joined("pool", tier, *(() if len(estate.shared_sites) < 2 else (site.name,))),
        labels={TIER: tier},
        origin=f"strangler.yaml platform.tiers.{tier}",
        units=tuple(estate.units.values()),
        is_pool=True,
        backup_days=35 if estate.platform.retention.backups else 1,
    )


def control_namespace(placement: Placement) -> str:
    """Where a tenant's objects stand on the control cluster: a namespace of its own, pool tenants' too."""
    return joined("tenant", placement.id)


def home_on_control(holder: Holder) -> Iterator[Manifest]:
    """The namespace on the control cluster that holds AWS objects and no pod; it names the account they are made in."""
    annotations = {
        "services.k8s.aws/default-region": holder.site.region,
        "services.k8s.aws/owner-account-id": holder.site.account,
        **{f"{service}.services.k8s.aws/deletion-policy": "retain" for service in _ACK_SERVICES},
    }
    yield namespace(
        holder.namespace,
        labels={**holder.labels, "saas/plane": "control"},
        security="restricted",
        version=holder.estate.control.cluster.version,
        origin=holder.origin,
        annotations=annotations,
    )
    yield default_deny(holder.namespace, origin=holder.origin)


def holdings(holder: Holder, extra: dict[str, tuple[Data, tuple[str, ...]]] | None = None) -> Iterator[Holding]:
    """What a holder has: of each service what it declares for it, and what the tenant's own file adds.

    On a cluster that is not of AWS nobody has AWS resources: its pods have no identity there.
    """
    if not holder.site.cluster.is_eks:
        return
    for unit in holder.units:
        for name, data in sorted(unit.workload.data.items()):
            origin = f"strangler.yaml platform.workloads.{unit.name}.data.{name}"
            of_its_own = data.model_copy(update={"pooled": holder.is_pool})
            yield _holding(holder, joined(unit.name, name), of_its_own, (unit.name,), origin)
    for name, (data, users) in sorted((extra or {}).items()):
        yield _holding(holder, joined("own", name), data, users, f"{holder.origin} data.{name}")


def tenant_holdings(holder: Holder, placement: Placement) -> Iterator[Holding]:
    """What a tenant has: what its services declare and what its file adds; in a pool nothing of its own."""
    if placement.isolation == "pool":
        return
    own: dict[str, tuple[Data, tuple[str, ...]]] = {
        name: (data, data.services) for name, data in placement.tenant.data.items()
    }
    yield from holdings(holder, own)


def _holding(holder: Holder, name: str, data: Data, users: tuple[str, ...], origin: str) -> Holding:
    account = (holder.site.account,) if data.kind == "s3" else ()  # names of buckets are the whole world's
    aws_name = joined(holder.estate.name, *account, holder.whose, name)
    return Holding(name, aws_name, data, users, holder.whose, origin)


def resources(holder: Holder, held: Holding) -> Iterator[Manifest]:
    """The objects of one resource."""
    owner, data = holder.owner(*held.users, data=held.name), held.data
    owner = Owner(owner.namespace, held.origin, owner.region, owner.labels, owner.tags)
    name, aws_name = held.name, held.aws_name
    if data.kind == "s3":
        yield stores.bucket(name, aws_name, data, owner)
    elif data.kind == "dynamodb":
        yield stores.table(name, aws_name, data, owner)
    elif data.kind == "sqs":
        yield stores.queue(name, aws_name, data, owner)
    elif data.kind == "rds":
        subnets = f"{PLATFORM_NAMESPACE}/{subnet_group(holder.site)}"
        yield stores.database(name, aws_name, data, owner, subnets=subnets, backup_days=holder.backup_days)
    elif data.kind == "bedrock":
        yield models.inference_profile(name, aws_name, data, owner)
    else:
        yield from _with_role(holder, held, owner)


def _with_role(holder: Holder, held: Holding, owner: Owner) -> Iterator[Manifest]:
    """A resource that itself acts, and has a role to do so."""
    service = "bedrock" if held.data.kind == "bedrock-agent" else "sagemaker"
    role_name = joined(held.name, "role")
    aws_role = holder.role_name(held.name, "runs")
    statement = _acts(holder, held)
    boundary = holder.estate.platform.identity.boundary
    yield iam.policy(role_name, aws_role, document([statement]), owner)
    trusted = trust_service(f"{service}.amazonaws.com")
    yield iam.role(role_name, aws_role, trusted, owner, policies=[role_name], boundary=boundary)
    if service == "bedrock":
        yield models.agent(held.name, held.aws_name, held.data, owner, role=role_name)
    else:
        arn = iam.role_arn(holder.site.account, aws_role)
        yield from models.endpoint(held.name, held.aws_name, held.data, owner, role=arn)


def _acts(holder: Holder, held: Holding) -> Statement:
    if held.data.kind == "bedrock-agent":
        model = f"arn:aws:bedrock:{holder.site.region}::foundation-model/{held.data.model}"
        return Statement("Model", ["bedrock:InvokeModel"], [model])
    artefact = held.data.artefact or f"s3://{held.aws_name}/model"
    return Statement("Artefact", ["s3:GetObject"], [f"arn:aws:s3:::{artefact.removeprefix('s3://')}"])


def subnet_group(site: Site) -> str:
    """The subnets that a site's databases stand in."""
    return joined(site.name, "databases")


def grant(holder: Holder, held: Holding, service: str) -> Grant:
    """A resource as the permissions of one service see it."""
    user = database_user(holder.whose, service)
    return Grant(held.data, held.aws_name, holder.site.region, holder.site.account, holder.whose, user)


def database_user(whose: str, service: str) -> str:
    """Whom a service logs in as: names of database users have no hyphens, and at most 32 characters for MySQL."""
    return underscored(joined(whose, service, limit=32))


def identity(holder: Holder, unit: Unit, held: list[Holding], namespace: str) -> Iterator[Manifest]:
    """Role, policy and association of one service; a pool's has its data only through a session of one tenant."""
    used = [item for item in held if unit.name in item.users]
    if not used:
        return
    owner = holder.owner(unit.name)
    rules = [rule for item in used for rule in statements(_sid(item.name), grant(holder, item, unit.name))]
    name, aws_name = unit.name, holder.role_name(unit.name)
    boundary = holder.estate.platform.identity.boundary
    pod_trust = iam.pod_trust(holder.site.name, namespace, unit.name)
    if holder.is_pool:
        yield from _session_role(holder, unit, rules, owner)
        session = iam.role_arn(holder.site.account, holder.role_name(unit.name, "tenant"))
        rules = [Statement("WorkForOneTenant", ["sts:AssumeRole", "sts:TagSession"], [session])]
    labelled = _as(owner, "pod")
    yield iam.policy(name, aws_name, document(rules), labelled)
    yield iam.role(name, aws_name, pod_trust, labelled, policies=[name], boundary=boundary)
    yield iam.association(name, holder.site.name, PLATFORM_NAMESPACE, namespace, unit.name, name, owner)


def _session_role(holder: Holder, unit: Unit, rules: list[Statement], owner: Owner) -> Iterator[Manifest]:
    name, aws_name = joined(unit.name, "tenant"), holder.role_name(unit.name, "tenant")
    labelled = _as(owner, "tenant-session")
    pod_role = iam.role_arn(holder.site.account, holder.role_name(unit.name))
    yield iam.policy(name, aws_name, document(rules), labelled)
    boundary = holder.estate.platform.identity.boundary
    yield iam.role(name, aws_name, iam.session_trust(pod_role), labelled, policies=[name], boundary=boundary)


def _as(owner: Owner, part: str) -> Owner:
    return Owner(owner.namespace, owner.origin, owner.region, {**owner.labels, "strangler/role": part}, owner.tags)


def _sid(name: str) -> str:
    """Statement ids have letters and digits only."""
    return "".join(part.capitalize() for part in name.split("-"))


__all__ = [
    "TENANT",
    "Holder",
    "Holding",
    "control_namespace",
    "holder_of",
    "holdings",
    "identity",
    "pool_holder",
    "resources",
    "subnet_group",
]
