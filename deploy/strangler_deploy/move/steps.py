"""The steps of a move, made of what the two renders differ in; each with its check and its way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from strangler.errors import StranglerError
from strangler.plan import Plan
from strangler.plan.platform import Data, Isolation, Tenant
from strangler_deploy.estate import Estate
from strangler_deploy.folder import tenant_files
from strangler_deploy.names import joined
from strangler_deploy.placement import Placement, place
from strangler_deploy.tenancy import require_placeable

_ROUTES = ("httproute-", "ingress-", "tenant.yaml")


@dataclass(frozen=True, slots=True)
class MoveStep:
    """One step; ``back`` is "" for the last, after which there is no way back.

    ``kind`` is ``platform``, ``data``, ``identity``, ``traffic`` or ``end``; ``files`` are those it touches.
    """

    kind: str
    what: str
    how: str
    check: str
    back: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """From where to where, and how."""

    tenant: str
    source: str
    target: str
    steps: tuple[MoveStep, ...]


# How a store's data is brought over while it is in use, and how equality is seen.
_COPIES: Mapping[str, tuple[str, str]] = {
    "s3": ("S3 Replication, and a batch job for what is there", "S3 Inventory of both: keys and ETags"),
    "dynamodb": ("export what is under the tenant's key, import, then a stream", "counts and checksums by key"),
    "rds": ("logical replication", "row counts and checksums of every table, lag below a second"),
    "sqs": ("producers write to the new one, consumers read both", "ApproximateNumberOfMessages of the old one is 0"),
    "bedrock": ("nothing to copy: a new door to the same model", "one call through it"),
    "bedrock-agent": ("prepare it from the declaration", "one call through it"),
    "sagemaker": ("deploy the same artefact", "the same answers for a sample"),
}


def move(plan: Plan, tenants: Mapping[str, Tenant], tenant: str, isolation: Isolation, tier: str | None = None) -> Move:
    """The steps that bring ``tenant`` to ``isolation`` (in ``tier``, if another); nothing is written.

    Raises:
        PlanError: the plan has no room for it there (a pool needs a tier that is one).
        StranglerError: there is no such tenant, it is there already, or its contract keeps it where it is.
    """
    if tenant not in tenants:
        known = ", ".join(sorted(tenants)[:5]) or "none"
        raise StranglerError(f"there is no tenant '{tenant}'", hint=f"known: {known}")
    estate = Estate(plan)
    changed = tenants[tenant].model_copy(
        update={"isolation": isolation, "cluster": None, **({"tier": tier} if tier else {})}
    )
    require_placeable(plan, {tenant: changed})
    before, after = place(estate, tenants[tenant]), place(estate, changed)
    if before.isolation == isolation:
        raise StranglerError(f"tenant '{tenant}' is in {isolation} already", hint="nothing to do")
    _require_allowed(after)
    old, new = dict(tenant_files(estate, tenants[tenant])), dict(tenant_files(estate, changed))
    return Move(tenant, _told(before), _told(after), tuple(_steps(before, after, old, new)))


def _require_allowed(after: Placement) -> None:
    residency = after.tenant.contract.residency
    if residency and after.site.region != residency:
        message = f"the contract keeps the data of '{after.id}' in {residency}; the move ends in {after.site.region}"
        raise StranglerError(message, hint="name a cluster of that region in the tenant's file")


def _told(placement: Placement) -> str:
    return f"{placement.isolation} ({placement.site.name}/{placement.namespace})"


def _is_route(path: str) -> bool:
    return path.rpartition("/")[2].startswith(_ROUTES)


def _steps(before: Placement, after: Placement, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[MoveStep]:
    added = sorted(path for path in new if path not in old and not _is_route(path))
    identity = tuple(path for path in added if "iam-" in path or "podidentityassociation" in path)
    turned = tuple(sorted(path for path in new if old.get(path) != new[path] and (path in old or _is_route(path))))
    gone = tuple(sorted(path for path in old if path not in new))
    yield MoveStep(
        "platform",
        f"{_told(after)} is made beside {_told(before)}; nobody is sent there",
        f"add these files to the tree of {after.site.name}, as rendered with isolation: {after.isolation}",
        f"strangler deploy check finds nothing; strangler deploy status --cluster {after.site.name} is ready",
        "take the files away: nothing was used yet",
        tuple(path for path in added if path not in identity),
    )
    yield from (_copy(service, name, data) for service, name, data in _data(before))
    yield MoveStep(
        "identity",
        f"the services get their identity in {after.site.name}/{after.namespace}; the old one stays",
        "add these files; new pods have it, running ones keep what they have",
        "strangler deploy check finds no IAM-CROSS and no IAM-MISSING",
        "take the files away",
        identity,
    )
    yield MoveStep(
        "traffic",
        "writes are held for the seconds that the last changes need, then requests go to the new place",
        f"change isolation: {after.isolation} in tenants/{before.id}.yaml and bring in these files",
        "the copies are equal by each store's check; errors and latency as before",
        "bring in the old files again; replication is turned round at the switch, so that no write is lost",
        turned,
    )
    yield _end(before, gone)


def _data(placement: Placement) -> Iterator[tuple[str, str, Data]]:
    for unit in placement.units:
        for name, data in sorted(unit.workload.data.items()):
            yield unit.name, joined(unit.name, name), data
    for name, own in sorted(placement.tenant.data.items()):
        yield own.services[0], joined("own", name), own


def _copy(service: str, name: str, data: Data) -> MoveStep:
    how, check = _COPIES[data.kind]
    what = f"{data.kind} {name} of service {service} is copied and kept equal; the old one takes the writes"
    return MoveStep("data", what, how, check, "stop the copy; the new one is not used, and a person deletes it")


def _end(before: Placement, gone: tuple[str, ...]) -> MoveStep:
    days = before.tenant.contract.retain_days
    kept = f"{days} days" if days is not None else "as long as the plan's retention says"
    return MoveStep(
        "end",
        f"{_told(before)} is let go; ACK keeps its data, for {kept}",
        "take these files away",
        f"no request of '{before.id}' has reached the old place for a day",
        "",
        gone,
    )
