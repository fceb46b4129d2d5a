"""Where a tenant's databases are, brought to the pods: ACK knows it only once they exist, and on its own cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from strangler_deploy.estate import Estate, Site
from strangler_deploy.kinds.aws.accounts import field_export
from strangler_deploy.kinds.iam.role import role_arn
from strangler_deploy.kinds.workloads.secrets import (
    empty_secret,
    external_secret,
    external_values,
    push_secret,
    secret_store,
)
from strangler_deploy.manifest import Manifest
from strangler_deploy.names import joined
from strangler_deploy.planes.environment import endpoint_name
from strangler_deploy.planes.home import Home
from strangler_deploy.planes.stores import Holder, Holding

USAGE_TOKEN = "facade-usage"
_GROUP = "rds.services.k8s.aws"


def endpoints(holder: Holder, held: Sequence[Holding]) -> Iterator[Manifest]:
    """On the control cluster: each database's address into a Secret made for it, and from there into the store."""
    databases = [item for item in held if item.data.kind == "rds"]
    for item in databases:
        secret = endpoint_name(item.name)
        source = (_GROUP, "DBInstance", item.name)
        owner = holder.owner(data=item.name)
        yield empty_secret(secret, holder.namespace, origin=item.origin)
        yield field_export(f"{item.name}-host", owner, source, ".status.endpoint.address", (secret, "host"))
        yield field_export(f"{item.name}-port", owner, source, ".status.endpoint.port", (secret, "port"))
        if not is_here(holder.estate, holder.site):
            refresh = holder.estate.platform.secrets.refresh
            key = entry(holder.estate, holder.whose, secret)
            yield push_secret(secret, holder.namespace, secret, key, refresh, origin=item.origin)
    if databases and not is_here(holder.estate, holder.site):
        yield store(holder.estate, holder.estate.control, holder.namespace, holder.whose, holder.origin)


def is_here(estate: Estate, site: Site) -> bool:
    """Whether pods and ACK are in one cluster, so that what ACK writes is where pods read."""
    return site.name == estate.control.name


def entry(estate: Estate, whose: str, name: str) -> str:
    """The store's entry: product, tenant, name."""
    return f"{estate.platform.secrets.prefix}/{estate.name}/{whose}/{name}"


def store(estate: Estate, site: Site, namespace: str, whose: str, origin: str) -> Manifest:
    """The secrets of one tenant, read with a role of that tenant."""
    service = "ParameterStore" if estate.platform.secrets.store == "aws-parameter-store" else "SecretsManager"
    role = role_arn(site.account, secrets_role(estate, whose))
    return secret_store(namespace, site.region, service, role, origin=origin)


def secrets_role(estate: Estate, whose: str) -> str:
    """The role that may read one tenant's secrets."""
    return joined(estate.name, whose, "secrets", limit=64)


def secrets(home: Home, held: Sequence[Holding], whose: str) -> Iterator[Manifest]:
    """In the application cluster: each service's declared secrets, the facade's token, and where databases are."""
    estate, refresh = home.estate, home.estate.platform.secrets.refresh
    if estate.platform.secrets.store == "none":
        return
    for unit in home.units:
        origin = f"strangler.yaml {unit.origin}"
        for secret in sorted(unit.workload.secrets):
            name = joined(unit.name, secret)
            yield external_secret(name, home.namespace, entry(estate, whose, name), refresh, origin=origin)
    if home.reports_usage:
        key = entry(estate, whose, USAGE_TOKEN)
        yield external_secret(USAGE_TOKEN, home.namespace, key, refresh, origin="strangler.yaml facade.usage")
    if not is_here(estate, home.site):
        for item in databases_of(held):
            name = endpoint_name(item.name)
            values = {key: (entry(estate, whose, name), key) for key in ("host", "port")}
            yield external_values(name, home.namespace, values, refresh, origin=item.origin)


def databases_of(held: Sequence[Holding]) -> list[Holding]:
    """The holdings whose address is not known beforehand."""
    return [item for item in held if item.data.kind == "rds"]


def needs_store(home: Home, held: Sequence[Holding]) -> bool:
    """Whether anything in a namespace comes from the store."""
    if home.estate.platform.secrets.store == "none":
        return False
    declared = home.reports_usage or any(unit.workload.secrets for unit in home.units)
    return declared or (bool(databases_of(held)) and not is_here(home.estate, home.site))
