"""What our control plane has: a database that it signs in to without a password, and two secrets from the store."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.plan.platform import ControlPlane
from strangler_deploy.estate import Estate
from strangler_deploy.kinds.aws.accounts import field_export
from strangler_deploy.kinds.aws.resource import PLATFORM_NAMESPACE, Owner
from strangler_deploy.kinds.data.stores import database
from strangler_deploy.kinds.iam import role as iam
from strangler_deploy.kinds.iam.document import Statement, document
from strangler_deploy.kinds.workloads.deployment import config_map
from strangler_deploy.kinds.workloads.pod import APP, variable_of
from strangler_deploy.kinds.workloads.secrets import external_secret
from strangler_deploy.manifest import Data, Manifest
from strangler_deploy.names import joined
from strangler_deploy.planes.endpoints import entry, store
from strangler_deploy.planes.stores import subnet_group

SAAS_NAMESPACE = "platform-saas"
CONTROL_PLANE = "control-plane"
ORIGIN = "strangler.yaml platform.saas.control_plane"
GIT, KEY, USERS = "control-plane-git", "control-plane-key", "control-plane-users"
# Where the image has the certificates that AWS's databases show; they are not among those of operating systems.
AUTHORITY = "/etc/ssl/rds/global-bundle.pem"
_DATABASE = "control-plane-database"
_USER = "control_plane"


def data(estate: Estate, declared: ControlPlane) -> Iterator[Manifest]:
    """Database, permissions, secrets, and where its users are."""
    if estate.control.cluster.is_eks:
        yield from _database(estate, declared)
        yield from _permissions(estate)
    yield from _secrets(estate)
    if estate.platform.saas.identity and declared.issuer is None:
        yield from _users(estate)


def _owner(estate: Estate, namespace: str = SAAS_NAMESPACE) -> Owner:
    return Owner(namespace, ORIGIN, estate.control.region, {APP: CONTROL_PLANE}, {"product": estate.name})


def _database(estate: Estate, declared: ControlPlane) -> Iterator[Manifest]:
    """The instance, and what its address is written into: a field export only fills what is there."""
    owner, site = _owner(estate), estate.control
    days = 35 if estate.platform.retention.backups else 1
    subnets = f"{PLATFORM_NAMESPACE}/{subnet_group(site)}"
    name = joined(estate.name, CONTROL_PLANE)
    yield database(CONTROL_PLANE, name, declared.database, owner, subnets=subnets, backup_days=days)
    yield config_map(_DATABASE, SAAS_NAMESPACE, {}, origin=ORIGIN)
    source = ("rds.services.k8s.aws", "DBInstance", CONTROL_PLANE)
    for key, path in (("host", ".status.endpoint.address"), ("port", ".status.endpoint.port")):
        yield field_export(f"{_DATABASE}-{key}", owner, source, path, (_DATABASE, key), into="configmap")


def database_environment(estate: Estate) -> list[Data]:
    """The database's URL: made of the instance's address, or (where there is no AWS) a secret."""
    if not estate.control.cluster.is_eks:
        return [variable_of("STRANGLER_DATABASE", "secret", _DATABASE, "url")]
    url = f"postgresql://{_USER}@$(DATABASE_HOST):$(DATABASE_PORT)/{_USER}"
    return [
        variable_of("DATABASE_HOST", "configMap", _DATABASE, "host"),
        variable_of("DATABASE_PORT", "configMap", _DATABASE, "port"),
        {"name": "STRANGLER_DATABASE", "value": url},
        {"name": "STRANGLER_DATABASE_LOGIN", "value": "aws-iam"},
        {"name": "STRANGLER_DATABASE_CA", "value": AUTHORITY},
        {"name": "AWS_REGION", "value": estate.control.region},
    ]


def _permissions(estate: Estate) -> Iterator[Manifest]:
    """It signs in to its database, and may do nothing else in AWS: what tenants need is made by what it commits."""
    owner, site = _owner(estate), estate.control
    aws_name = joined(estate.name, CONTROL_PLANE, limit=64)
    login = f"arn:aws:rds-db:{site.region}:{site.account}:dbuser:*/{_USER}"
    yield iam.policy(CONTROL_PLANE, aws_name, document([Statement("Login", ["rds-db:connect"], [login])]), owner)
    trusted = iam.pod_trust(site.name, SAAS_NAMESPACE, CONTROL_PLANE)
    boundary = estate.platform.identity.boundary
    yield iam.role(CONTROL_PLANE, aws_name, trusted, owner, policies=[CONTROL_PLANE], boundary=boundary)
    yield iam.association(
        CONTROL_PLANE, site.name, PLATFORM_NAMESPACE, SAAS_NAMESPACE, CONTROL_PLANE, CONTROL_PLANE, owner
    )


def _secrets(estate: Estate) -> Iterator[Manifest]:
    """The key that its own tokens are signed with, and what lets it push; both are put into the store by a person."""
    declared = estate.platform.secrets
    if declared.store == "none":
        return
    yield store(estate, estate.control, SAAS_NAMESPACE, CONTROL_PLANE, ORIGIN)
    names = [GIT, KEY] if estate.control.cluster.is_eks else [GIT, KEY, _DATABASE]
    for name in names:
        key = entry(estate, CONTROL_PLANE, name.removeprefix(f"{CONTROL_PLANE}-"))
        yield external_secret(name, SAAS_NAMESPACE, key, declared.refresh, origin=ORIGIN)


def _users(estate: Estate) -> Iterator[Manifest]:
    """The id that the user pool gets, for the issuer's address."""
    yield config_map(USERS, SAAS_NAMESPACE, {}, origin=ORIGIN)
    pool = joined(estate.name, "users")
    source = ("cognitoidentityprovider.services.k8s.aws", "UserPool", pool)
    owner = _owner(estate, PLATFORM_NAMESPACE)
    target = (USERS, "id")
    yield field_export(USERS, owner, source, ".status.id", target, into="configmap", namespace=SAAS_NAMESPACE)
