"""What stands around the clusters: units of the organisation, user pools, registries, power to create."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

from strangler_deploy.kinds.aws.resource import Owner, ack
from strangler_deploy.manifest import Data, Manifest


def organizational_unit(name: str, parent: str, owner: Owner) -> Manifest:
    """The part of the organisation that tenants' accounts are in."""
    return ack(
        "organizations", "OrganizationalUnit", name, {"name": name, "parentID": parent, "tags": owner.tag_list}, owner
    )


def user_pool(name: str, owner: Owner) -> Manifest:
    """Who the tenants' users are; the tenant is an attribute that no user can change."""
    tenant = {"name": "tenant", "attributeDataType": "String", "mutable": False, "required": False}
    password = {
        "minimumLength": 14,
        "requireLowercase": True,
        "requireUppercase": True,
        "requireNumbers": True,
        "requireSymbols": False,
    }
    spec: Data = {
        "name": name,
        "deletionProtection": "ACTIVE",
        "mfaConfiguration": "OPTIONAL",
        "adminCreateUserConfig": {"allowAdminCreateUserOnly": True},
        "autoVerifiedAttributes": ["email"],
        "policies": {"passwordPolicy": password},
        "schema": [tenant],
        "tags": dict(owner.tags),
    }
    return ack("cognitoidentityprovider", "UserPool", name, spec, owner)


def repository(name: str, path: str, owner: Owner) -> Manifest:
    """A service's images: a tag is never moved, every image is scanned, old ones without a tag go."""
    untagged = {
        "rulePriority": 1,
        "description": "images without a tag go after 30 days",
        "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 30},
        "action": {"type": "expire"},
    }
    spec: Data = {
        "name": path,
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfiguration": {"encryptionType": "KMS"},
        "lifecyclePolicy": json.dumps({"rules": [untagged]}, indent=2) + "\n",
        "tags": owner.tag_list,
    }
    return ack("ecr", "Repository", name, spec, owner)


def role_selector(name: str, arn: str, namespace: str, kinds: Sequence[tuple[str, str]], *, origin: str) -> Manifest:
    """What is made of some kinds (group, kind) from a namespace is made with this role, and can do no more than it."""
    types = [{"group": group, "version": "v1alpha1", "kind": kind} for group, kind in kinds]
    spec = {"arn": arn, "namespaceSelector": {"names": [namespace]}, "resourceTypeSelector": types}
    return Manifest("services.k8s.aws/v1alpha1", "IAMRoleSelector", name, {"spec": spec}, origin=origin)


def field_export(
    name: str,
    owner: Owner,
    source: tuple[str, str, str],
    path: str,
    target: tuple[str, str],
    *,
    into: Literal["secret", "configmap"] = "secret",
    namespace: str = "",
) -> Manifest:
    """Copies a field of an ACK object (group, kind, name) into a key of an object (name, key) of the same cluster.

    What it is copied ``into`` must be there already, in ``namespace`` or else beside the object.
    """
    group, kind, resource = source
    to: Data = {"kind": into, "name": target[0], "key": target[1], **({"namespace": namespace} if namespace else {})}
    spec = {"from": {"resource": {"group": group, "kind": kind, "name": resource}, "path": path}, "to": to}
    return Manifest(
        "services.k8s.aws/v1alpha1",
        "FieldExport",
        name,
        {"spec": spec},
        owner.namespace,
        dict(owner.labels),
        origin=owner.origin,
    )
