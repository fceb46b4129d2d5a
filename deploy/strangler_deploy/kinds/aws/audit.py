"""The record: CloudTrail, log groups, and the audit policy of clusters that take one."""

from __future__ import annotations

from collections.abc import Sequence

from strangler_deploy.kinds.aws.resource import Owner, ack
from strangler_deploy.manifest import Data, Manifest


def log_group(name: str, group: str, days: int, owner: Owner) -> Manifest:
    """Logs of one cluster, for as long as the plan says."""
    return ack(
        "cloudwatchlogs", "LogGroup", name, {"name": group, "retentionDays": days, "tags": dict(owner.tags)}, owner
    )


def trail(name: str, bucket: str, owner: Owner) -> Manifest:
    """Every AWS API call, in a bucket whose files cannot be changed unnoticed; it has no Kubernetes requests."""
    spec = {
        "name": name,
        "s3BucketName": bucket,
        "enableLogFileValidation": True,
        "includeGlobalServiceEvents": True,
        "isMultiRegionTrail": True,
        "tags": owner.tag_list,
    }
    return ack("cloudtrail", "Trail", name, spec, owner)


def data_events(name: str, buckets: Sequence[str], days: int, owner: Owner) -> Manifest:
    """Who read or wrote which object of the tenants' buckets and tables."""

    def selector(label: str, resource: str, more: Sequence[Data] = ()) -> Data:
        fields: list[Data] = [
            {"field": "eventCategory", "equals": ["Data"]},
            {"field": "resources.type", "equals": [resource]},
            *more,
        ]
        return {"name": label, "fieldSelectors": fields}

    prefixes: list[Data] = [{"field": "resources.ARN", "startsWith": [f"arn:aws:s3:::{bucket}" for bucket in buckets]}]
    spec = {
        "name": name,
        "retentionPeriod": days,
        "multiRegionEnabled": True,
        "terminationProtectionEnabled": True,
        "advancedEventSelectors": [
            selector("objects", "AWS::S3::Object", prefixes),
            selector("tables", "AWS::DynamoDB::Table"),
        ],
        "tags": owner.tag_list,
    }
    return ack("cloudtrail", "EventDataStore", name, spec, owner)


def audit_policy(*, origin: str) -> Manifest:
    """For clusters that take one (EKS does not): all of what is done to pods and policies, never what is in secrets."""
    quiet = ["RequestReceived"]
    rules: list[Data] = [
        {
            "level": "Metadata",
            "resources": [{"group": "", "resources": ["secrets", "configmaps", "serviceaccounts/token"]}],
        },
        {"level": "None", "users": ["system:kube-proxy"], "verbs": ["watch"]},
        {"level": "None", "nonResourceURLs": ["/healthz*", "/livez*", "/readyz*", "/version"]},
        {"level": "RequestResponse", "resources": [{"group": "", "resources": ["pods", "pods/exec", "pods/attach"]}]},
        {
            "level": "RequestResponse",
            "verbs": ["create", "update", "patch", "delete", "deletecollection"],
            "resources": [
                {"group": "apps"},
                {"group": "networking.k8s.io"},
                {"group": "rbac.authorization.k8s.io"},
                {"group": "admissionregistration.k8s.io"},
            ],
        },
        {"level": "Metadata"},
    ]
    return Manifest("audit.k8s.io/v1", "Policy", "audit", {"omitStages": quiet, "rules": rules}, origin=origin)
