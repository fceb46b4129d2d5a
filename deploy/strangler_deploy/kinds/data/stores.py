"""Buckets, tables, databases and queues."""

from __future__ import annotations

from strangler.plan.platform import Data as Declared
from strangler_deploy.kinds.aws.resource import Owner, ack, named
from strangler_deploy.manifest import Data, Manifest


def bucket(name: str, aws_name: str, declared: Declared, owner: Owner) -> Manifest:
    """A bucket; the four switches of the public access block have ACK's spelling (``ACLs``)."""
    key = {"kmsMasterKeyID": declared.key} if declared.key else {}
    rule = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", **key}, "bucketKeyEnabled": True}
    spec: Data = {
        "name": aws_name,
        "publicAccessBlock": {
            "blockPublicACLs": True,
            "blockPublicPolicy": True,
            "ignorePublicACLs": True,
            "restrictPublicBuckets": True,
        },
        "ownershipControls": {"rules": [{"objectOwnership": "BucketOwnerEnforced"}]},
        "encryption": {"rules": [rule]},
        "versioning": {"status": "Enabled"},
        "tagging": {"tagSet": owner.tag_list},
    }
    return ack("s3", "Bucket", name, spec, owner, retain=declared.retain)


def table(name: str, aws_name: str, declared: Declared, owner: Owner) -> Manifest:
    """A table; the key of a pooled one begins with the tenant."""
    spec: Data = {
        "tableName": aws_name,
        "billingMode": "PAY_PER_REQUEST",
        "attributeDefinitions": [
            {"attributeName": "pk", "attributeType": "S"},
            {"attributeName": "sk", "attributeType": "S"},
        ],
        "keySchema": [{"attributeName": "pk", "keyType": "HASH"}, {"attributeName": "sk", "keyType": "RANGE"}],
        "continuousBackups": {"pointInTimeRecoveryEnabled": True},
        "deletionProtectionEnabled": declared.retain,
        "sseSpecification": {
            "enabled": True,
            "sseType": "KMS",
            **({"kmsMasterKeyID": declared.key} if declared.key else {}),
        },
        "tags": owner.tag_list,
    }
    return ack("dynamodb", "Table", name, spec, owner, retain=declared.retain)


def database(name: str, aws_name: str, declared: Declared, owner: Owner, *, subnets: str, backup_days: int) -> Manifest:
    """A database instance; AWS keeps and rotates its administrator's password, services log in by IAM."""
    spec: Data = {
        "dbInstanceIdentifier": aws_name,
        "dbInstanceClass": declared.instance,
        "engine": declared.engine,
        "allocatedStorage": declared.size,
        "masterUsername": "administrator",
        "manageMasterUserPassword": True,
        "enableIAMDatabaseAuthentication": True,
        "dbSubnetGroupRef": named(*subnets.split("/")[::-1]) if "/" in subnets else named(subnets),
        "multiAZ": declared.multi_zone,
        "storageEncrypted": True,
        "storageType": "gp3",
        "publiclyAccessible": False,
        "deletionProtection": declared.retain,
        "backupRetentionPeriod": backup_days,
        "copyTagsToSnapshot": True,
        "tags": owner.tag_list,
    }
    if declared.key:
        spec["kmsKeyID"] = declared.key
    return ack("rds", "DBInstance", name, spec, owner, retain=declared.retain)


def subnet_group(name: str, subnets: Data, owner: Owner) -> Manifest:
    """Where databases stand."""
    spec = {"name": name, "description": "databases of the tenants", **subnets, "tags": owner.tag_list}
    return ack("rds", "DBSubnetGroup", name, spec, owner)


def queue(name: str, aws_name: str, declared: Declared, owner: Owner) -> Manifest:
    """A queue."""
    encryption: Data = {"kmsMasterKeyID": declared.key} if declared.key else {"sqsManagedSSEEnabled": "true"}
    spec = {
        "queueName": aws_name,
        "messageRetentionPeriod": "1209600",
        "visibilityTimeout": "60",
        **encryption,
        "tags": dict(owner.tags),
    }
    return ack("sqs", "Queue", name, spec, owner, retain=declared.retain)
