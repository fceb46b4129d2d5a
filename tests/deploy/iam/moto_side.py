"""Runs in an environment that has moto: what its IAM says about each policy and request of standard input, as JSON."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

os.environ.update(AWS_DEFAULT_REGION="eu-central-1", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x")
_TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
}
_REFUSED = {"AccessDenied", "AccessDeniedException", "403", "Forbidden", "UnauthorizedOperation"}


def _prepared(case: dict[str, Any]) -> dict[str, str]:
    """Buckets, tables and the role; then the role's credentials. So many calls are not checked."""
    s3, tables, iam, sts = (boto3.client(name) for name in ("s3", "dynamodb", "iam", "sts"))
    for bucket in case["buckets"]:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        s3.put_object(Bucket=bucket, Key="file", Body=b"x")
    for table in case["tables"]:
        key = {"AttributeName": "pk"}
        tables.create_table(
            TableName=table,
            KeySchema=[{**key, "KeyType": "HASH"}],
            AttributeDefinitions=[{**key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    role = iam.create_role(RoleName="service", AssumeRolePolicyDocument=json.dumps(_TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName="service", PolicyName="p", PolicyDocument=json.dumps(case["policy"]))
    given = sts.assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def _calls(case: dict[str, Any]) -> int:
    return 2 * len(case["buckets"]) + len(case["tables"]) + 3


def _ask(session: dict[str, str], action: str, name: str) -> bool:
    s3, tables = boto3.client("s3", **session), boto3.client("dynamodb", **session)
    item = {"pk": {"S": "x"}}
    calls = {
        "s3:ListBucket": lambda: s3.list_objects_v2(Bucket=name),
        "s3:GetObject": lambda: s3.get_object(Bucket=name, Key="file"),
        "s3:PutObject": lambda: s3.put_object(Bucket=name, Key="file", Body=b"y"),
        "s3:GetBucketAcl": lambda: s3.get_bucket_acl(Bucket=name),
        "dynamodb:GetItem": lambda: tables.get_item(TableName=name, Key=item),
        "dynamodb:PutItem": lambda: tables.put_item(TableName=name, Item=item),
        "dynamodb:Scan": lambda: tables.scan(TableName=name),
        "dynamodb:DescribeTable": lambda: tables.describe_table(TableName=name),
    }
    try:
        calls[action]()
    except ClientError as error:
        return error.response["Error"]["Code"] not in _REFUSED
    return True


def _answers(case: dict[str, Any]) -> list[bool]:
    @set_initial_no_auth_action_count(_calls(case))
    def run() -> list[bool]:
        session = _prepared(case)
        return [_ask(session, action, name) for action, name in case["requests"]]

    with mock_aws():
        return run()


if __name__ == "__main__":
    json.dump([_answers(case) for case in json.load(sys.stdin)], sys.stdout)
