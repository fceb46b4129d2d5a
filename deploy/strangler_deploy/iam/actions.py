"""What each access verb means to each kind of store, and what no pod may ever do to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Store:
    """The IAM side of one kind of resource.

    ``access`` are the actions without which the verb is an empty promise; ``also`` may come with it; everything else,
    ``administration`` named here for the sake of the proof, must be refused. ``inside`` actions take the ARN's inner
    part (objects, aliases) instead of the resource itself.
    """

    access: Mapping[str, tuple[str, ...]]
    also: Mapping[str, tuple[str, ...]]
    administration: tuple[str, ...]
    inside: frozenset[str] = frozenset()

    def of(self, verbs: tuple[str, ...]) -> frozenset[str]:
        """Everything that ``verbs`` may come to."""
        return frozenset(a for verb in verbs for a in (*self.access.get(verb, ()), *self.also.get(verb, ())))

    @property
    def every(self) -> tuple[str, ...]:
        """Every action the proof asks about."""
        named = (a for table in (self.access, self.also) for actions in table.values() for a in actions)
        return tuple(sorted({*named, *self.administration}))


_OBJECTS = frozenset({"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:PutObjectAcl"})
_INVOKE = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")

STORES: Mapping[str, Store] = {
    "s3": Store(
        {"read": ("s3:GetObject", "s3:ListBucket"), "write": ("s3:PutObject",), "delete": ("s3:DeleteObject",)},
        {"read": ("s3:GetBucketLocation",), "write": ("s3:AbortMultipartUpload",)},
        (
            "s3:DeleteBucket",
            "s3:PutBucketPolicy",
            "s3:PutBucketPublicAccessBlock",
            "s3:GetBucketAcl",
            "s3:PutObjectAcl",
        ),
        _OBJECTS,
    ),
    "dynamodb": Store(
        {
            "read": ("dynamodb:GetItem", "dynamodb:Query"),
            "write": ("dynamodb:PutItem", "dynamodb:UpdateItem"),
            "delete": ("dynamodb:DeleteItem",),
        },
        {
            "read": ("dynamodb:BatchGetItem", "dynamodb:DescribeTable", "dynamodb:ConditionCheckItem", "dynamodb:Scan"),
            "write": ("dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem"),
            "delete": ("dynamodb:BatchWriteItem",),
        },
        ("dynamodb:DeleteTable", "dynamodb:UpdateTable", "dynamodb:PutResourcePolicy", "dynamodb:PartiQLSelect"),
    ),
    "sqs": Store(
        {"read": ("sqs:ReceiveMessage",), "write": ("sqs:SendMessage",), "delete": ("sqs:DeleteMessage",)},
        {
            "read": ("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage"),
            "write": ("sqs:GetQueueAttributes", "sqs:GetQueueUrl"),
            "delete": ("sqs:GetQueueUrl",),
        },
        ("sqs:DeleteQueue", "sqs:PurgeQueue", "sqs:SetQueueAttributes", "sqs:AddPermission"),
    ),
    "rds": Store(
        {},  # who may sign in is asked of rds-db:connect; what it may do there is the database's own matter
        {verb: ("rds-db:connect", "secretsmanager:GetSecretValue") for verb in ("read", "write", "delete")},
        ("rds:DeleteDBInstance", "rds:ModifyDBInstance", "rds:CreateDBSnapshot"),
    ),
    "bedrock": Store(
        {"read": (_INVOKE[0],)},
        {verb: _INVOKE for verb in ("read", "write", "delete")},
        ("bedrock:DeleteInferenceProfile", "bedrock:TagResource"),
    ),
    "bedrock-agent": Store(
        {"read": ("bedrock:InvokeAgent",)},
        {verb: ("bedrock:InvokeAgent",) for verb in ("read", "write", "delete")},
        ("bedrock:DeleteAgent", "bedrock:UpdateAgent"),
        frozenset({"bedrock:InvokeAgent"}),
    ),
    "sagemaker": Store(
        {"read": ("sagemaker:InvokeEndpoint",)},
        {verb: ("sagemaker:InvokeEndpoint",) for verb in ("read", "write", "delete")},
        ("sagemaker:DeleteEndpoint", "sagemaker:UpdateEndpoint"),
    ),
}
