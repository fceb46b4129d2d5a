"""Roles, policies, and who takes them."""

from __future__ import annotations

from collections.abc import Sequence

from strangler_deploy.kinds.aws.resource import Owner, ack, named
from strangler_deploy.kinds.iam.document import trust
from strangler_deploy.manifest import Data, Manifest

_PODS = "pods.eks.amazonaws.com"


def policy(name: str, aws_name: str, text: str, owner: Owner) -> Manifest:
    """A permission policy."""
    spec = {"name": aws_name, "path": "/strangler/", "policyDocument": text, "tags": owner.tag_list}
    return ack("iam", "Policy", name, spec, owner, retain=False)


def role(
    name: str,
    aws_name: str,
    trusted: str,
    owner: Owner,
    *,
    policies: Sequence[str] = (),
    managed: Sequence[str] = (),
    boundary: str | None = None,
) -> Manifest:
    """A role with ``policies`` (objects beside it) and ``managed`` ones (ARNs), never more than its ``boundary``."""
    spec: Data = {
        "name": aws_name,
        "assumeRolePolicyDocument": trusted,
        "maxSessionDuration": 3600,
        "tags": owner.tag_list,
    }
    if policies:
        spec["policyRefs"] = [named(policy) for policy in policies]
    if managed:
        spec["policies"] = list(managed)
    if boundary:
        spec["permissionsBoundary"] = boundary
    return ack("iam", "Role", name, spec, owner, retain=False)


def pod_trust(cluster: str, namespace: str, account: str) -> str:
    """Only pods of one service account, in one namespace, of one cluster."""
    condition = {
        "StringEquals": {
            "aws:RequestTag/eks-cluster-name": cluster,
            "aws:RequestTag/kubernetes-namespace": namespace,
            "aws:RequestTag/kubernetes-service-account": account,
        }
    }
    return trust({"Service": _PODS}, ["sts:AssumeRole", "sts:TagSession"], condition)


def session_trust(pod_role: str) -> str:
    """Only a pool's service, and only while it names the tenant it works for."""
    account = pod_role.split(":")[4]
    # The account is the principal and the role a condition: IAM refuses a principal that does not exist yet.
    condition = {"ArnEquals": {"aws:PrincipalArn": pod_role}, "Null": {"aws:RequestTag/tenant": "false"}}
    return trust({"AWS": f"arn:aws:iam::{account}:root"}, ["sts:AssumeRole", "sts:TagSession"], condition)


def association(
    name: str, cluster: str, platform: str, namespace: str, account: str, role_name: str, owner: Owner
) -> Manifest:
    """Gives the pods of a service account their role; there are no wildcards, and new pods only are concerned."""
    spec: Data = {
        "clusterRef": named(cluster, platform),
        "namespace": namespace,
        "serviceAccount": account,
        "roleRef": named(role_name),
        "tags": dict(owner.tags),
    }
    return ack("eks", "PodIdentityAssociation", name, spec, owner, retain=False)


def role_arn(account: str, name: str) -> str:
    """The ARN that a role will have."""
    return f"arn:aws:iam::{account}:role/{name}"
