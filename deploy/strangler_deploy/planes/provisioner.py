"""The role that ACK makes a tenant's data with: it is let at this tenant's resources, each by its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from strangler_deploy.estate import Site
from strangler_deploy.kinds.aws.accounts import role_selector
from strangler_deploy.kinds.aws.resource import Owner
from strangler_deploy.kinds.iam import role as iam
from strangler_deploy.kinds.iam.document import Statement, document, trust
from strangler_deploy.manifest import Manifest
from strangler_deploy.names import joined
from strangler_deploy.placement import Placement
from strangler_deploy.planes.stores import Holder, Holding


@dataclass(frozen=True, slots=True)
class _Made:
    """A kind of data: its object, its ARN after ``arn:aws:``, and what ACK does to make and keep it.

    ``anywhere`` are actions that know no resource; nothing can be read or changed with them.
    """

    group: str
    kind: str
    arn: str
    actions: tuple[str, ...]
    anywhere: tuple[str, ...] = ()


_MADE = {
    "s3": _Made(
        "s3.services.k8s.aws",
        "Bucket",
        "s3:::{name}",
        (
            "s3:CreateBucket",
            "s3:GetAccelerateConfiguration",
            "s3:GetAnalyticsConfiguration",
            "s3:GetBucket*",
            "s3:GetEncryptionConfiguration",
            "s3:GetIntelligentTieringConfiguration",
            "s3:GetInventoryConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:GetMetricsConfiguration",
            "s3:GetReplicationConfiguration",
            "s3:PutBucket*",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
        ),
        ("s3:ListAllMyBuckets",),
    ),
    "dynamodb": _Made(
        "dynamodb.services.k8s.aws",
        "Table",
        "dynamodb:{region}:{account}:table/{name}",
        (
            "dynamodb:CreateTable",
            "dynamodb:DescribeContinuousBackups",
            "dynamodb:DescribeTable",
            "dynamodb:DescribeTimeToLive",
            "dynamodb:ListTagsOfResource",
            "dynamodb:TagResource",
            "dynamodb:UpdateContinuousBackups",
            "dynamodb:UpdateTable",
            "dynamodb:UpdateTimeToLive",
        ),
    ),
    "sqs": _Made(
        "sqs.services.k8s.aws",
        "Queue",
        "sqs:{region}:{account}:{name}",
        (
            "sqs:CreateQueue",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
            "sqs:ListQueueTags",
            "sqs:SetQueueAttributes",
            "sqs:TagQueue",
        ),
    ),
    "rds": _Made(
        "rds.services.k8s.aws",
        "DBInstance",
        "rds:{region}:{account}:db:{name}",
        (
            "rds:AddTagsToResource",
            "rds:CreateDBInstance",
            "rds:DescribeDBInstances",
            "rds:ListTagsForResource",
            "rds:ModifyDBInstance",
        ),
    ),
}


def provisioner(placement: Placement, holder: Holder, held: Sequence[Holding]) -> Iterator[Manifest]:
    """Role, policy, and the selector by which ACK takes it; other kinds, roles above all, are made with ACK's own."""
    kinds = sorted({item.data.kind for item in held} & set(_MADE))
    if not kinds:
        return
    estate, site = holder.estate, placement.site
    name = joined(estate.name, placement.id, "provisioner", limit=64)
    owner = Owner(holder.namespace, placement.origin, site.region, holder.labels, holder.owner().tags)
    rules = [rule for kind in kinds for rule in _rules(site, kind, [item for item in held if item.data.kind == kind])]
    account = estate.control.account
    condition = {"ArnEquals": {"aws:PrincipalArn": iam.role_arn(account, f"{estate.control.name}-ack")}}
    trusted = trust({"AWS": f"arn:aws:iam::{account}:root"}, ["sts:AssumeRole", "sts:TagSession"], condition)
    yield iam.policy(name, name, document(rules), owner)
    yield iam.role(name, name, trusted, owner, policies=[name], boundary=estate.platform.identity.boundary)
    arn, made = iam.role_arn(site.account, name), [(_MADE[kind].group, _MADE[kind].kind) for kind in kinds]
    yield role_selector(joined("tenant", placement.id), arn, holder.namespace, made, origin=placement.origin)


def _rules(site: Site, kind: str, held: Sequence[Holding]) -> Iterator[Statement]:
    made = _MADE[kind]
    arns = [f"arn:aws:{made.arn.format(region=site.region, account=site.account, name=item.aws_name)}" for item in held]
    yield Statement(kind.capitalize(), made.actions, arns)
    if made.anywhere:
        yield Statement(f"{kind.capitalize()}List", made.anywhere, ["*"])
    if kind == "rds":  # AWS asks for the subnets it stands in, too; these are everybody's
        yield Statement("RdsSubnets", ["rds:CreateDBInstance"], [f"arn:aws:rds:{site.region}:{site.account}:subgrp:*"])
