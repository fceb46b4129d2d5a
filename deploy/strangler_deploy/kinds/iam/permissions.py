"""What a service may do with its data: the verbs of the plan as actions on resources of one tenant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from strangler.plan.platform import Data
from strangler_deploy.kinds.iam.document import Condition, Statement

SESSION_TENANT = "${aws:PrincipalTag/tenant}"

# verb → actions on the resource itself, and on what is in it.
_ACTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "dynamodb": {
        "read": ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"),
        "write": ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"),
        "delete": ("dynamodb:DeleteItem",),
    },
    "s3": {"read": ("s3:GetObject",), "write": ("s3:PutObject",), "delete": ("s3:DeleteObject",)},
    "sqs": {
        "read": ("sqs:ReceiveMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"),
        "write": ("sqs:SendMessage",),
        "delete": ("sqs:DeleteMessage",),
    },
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A resource as permissions see it: its AWS name, where it is, whose it is."""

    data: Data
    name: str
    region: str
    account: str
    tenant: str
    user: str = ""

    def arn(self, service: str, resource: str) -> str:
        """An ARN in the resource's account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


def statements(sid: str, grant: Grant) -> Iterator[Statement]:
    """The least that lets a service use a resource as declared; ``sid`` begins the statements' names."""
    yield from _MAKERS[grant.data.kind](sid, grant)
    if grant.data.key:
        yield Statement(f"{sid}Key", ["kms:Decrypt", "kms:GenerateDataKey"], [grant.data.key])


def _s3(sid: str, grant: Grant) -> Iterator[Statement]:
    """``ListBucket`` is of the bucket, everything else of what is in it: one statement for both would lose the list."""
    bucket = f"arn:aws:s3:::{grant.name}"
    prefix = f"{SESSION_TENANT}/" if grant.data.pooled else ""
    if "read" in grant.data.access:
        condition: Condition = {"StringLike": {"s3:prefix": [f"{prefix}*"]}} if prefix else {}
        yield Statement(f"{sid}List", ["s3:ListBucket"], [bucket], condition)
    yield Statement(f"{sid}Objects", _actions(grant), [f"{bucket}/{prefix}*"])


def _dynamodb(sid: str, grant: Grant) -> Iterator[Statement]:
    """A pooled table is held apart by its leading keys; ``Scan`` has none, so that it is never allowed there."""
    table = grant.arn("dynamodb", f"table/{grant.name}")
    if not grant.data.pooled:
        yield Statement(f"{sid}Table", _actions(grant), [table, f"{table}/index/*"])
        return
    condition: Condition = {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [SESSION_TENANT]},
        "Null": {"dynamodb:LeadingKeys": "false", "aws:PrincipalTag/tenant": "false"},
    }
    yield Statement(f"{sid}Table", _actions(grant), [table, f"{table}/index/*"], condition)


def _sqs(sid: str, grant: Grant) -> Iterator[Statement]:
    yield Statement(f"{sid}Queue", _actions(grant), [grant.arn("sqs", grant.name)])


def _rds(sid: str, grant: Grant) -> Iterator[Statement]:
    """Logins without a password; an instance's id is not known beforehand, the user's name is the tenant's own."""
    yield Statement(f"{sid}Login", ["rds-db:connect"], [grant.arn("rds-db", f"dbuser:*/{grant.user}")])


def _bedrock(sid: str, grant: Grant) -> Iterator[Statement]:
    """Through the tenant's own inference profile, so that the bill tells tenants apart."""
    profiles = grant.arn("bedrock", "application-inference-profile/*")
    actions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    yield Statement(f"{sid}Profile", actions, [profiles], _tagged(grant))
    through: Condition = {"ArnLike": {"bedrock:InferenceProfileArn": profiles}}
    model = f"arn:aws:bedrock:{grant.region}::foundation-model/{grant.data.model}"
    yield Statement(f"{sid}Model", actions, [model], through)


def _agent(sid: str, grant: Grant) -> Iterator[Statement]:
    aliases = grant.arn("bedrock", "agent-alias/*")
    yield Statement(f"{sid}Agent", ["bedrock:InvokeAgent"], [aliases], _tagged(grant))


def _sagemaker(sid: str, grant: Grant) -> Iterator[Statement]:
    endpoint = grant.arn("sagemaker", f"endpoint/{grant.name}")
    yield Statement(f"{sid}Endpoint", ["sagemaker:InvokeEndpoint"], [endpoint])


def _tagged(grant: Grant) -> Condition:
    """Only what carries the tenant's tag: these ARNs are not known beforehand."""
    return {"StringEquals": {"aws:ResourceTag/tenant": SESSION_TENANT if grant.data.pooled else grant.tenant}}


def _actions(grant: Grant) -> Sequence[str]:
    verbs = _ACTIONS[grant.data.kind]
    return [action for verb in grant.data.access for action in verbs[verb]]


_MAKERS = {
    "s3": _s3,
    "dynamodb": _dynamodb,
    "sqs": _sqs,
    "rds": _rds,
    "bedrock": _bedrock,
    "bedrock-agent": _agent,
    "sagemaker": _sagemaker,
}
