"""Our evaluator against somebody else's: the same policies, the same requests, the same answers.

moto evaluates no conditions, and resources for S3 alone (other services it asks about "*"), so that those here have
no more than that; its own environment is named by STRANGLER_MOTO_PYTHON.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from strangler_deploy.iam.documents import parse
from strangler_deploy.iam.evaluate import Identity, Request, decide
from tests.deploy.estates import documents, plan, tenants

pytestmark = pytest.mark.real
ACCOUNT = "123456789012"
BUCKETS, TABLES = ["acme-data", "acme-data-more", "globex-data"], ["acme-orders", "globex-orders"]
S3 = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:GetBucketAcl"]
DYNAMODB = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan", "dynamodb:DescribeTable"]
REQUESTS = [(a, b) for a in S3 for b in BUCKETS] + [(a, t) for a in DYNAMODB for t in TABLES]


def _arn(action: str, name: str) -> str:
    if action.startswith("dynamodb:"):
        return f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/{name}"
    return f"arn:aws:s3:::{name}" + ("" if action in ("s3:ListBucket", "s3:GetBucketAcl") else "/file")


def _ours(case: dict[str, Any]) -> list[bool]:
    role = f"arn:aws:iam::{ACCOUNT}:role/service"
    identity = Identity(role, role, (parse(json.dumps(case["policy"])),))
    return [decide(identity, Request(a, _arn(a, name), {}, ACCOUNT)).allowed for a, name in case["requests"]]


def _theirs(cases: list[dict[str, Any]]) -> list[list[bool]]:
    python = os.environ.get("STRANGLER_MOTO_PYTHON")
    if not python:
        if os.environ.get("STRANGLER_REAL"):
            pytest.fail("STRANGLER_MOTO_PYTHON names no interpreter that has moto")
        pytest.skip("NOT RUN: moto has an environment of its own; .ci/steps/71-deploy-verify makes it")
    script = Path(__file__).with_name("moto_side.py")
    done = subprocess.run([python, str(script)], input=json.dumps(cases), capture_output=True, text=True, check=True)
    answers: list[list[bool]] = json.loads(done.stdout)
    return answers


def _random_policy(draw: random.Random) -> dict[str, Any]:
    actions = [*S3, *DYNAMODB, "s3:*", "s3:Get*", "dynamodb:*Item", "*"]
    names = ["*", "arn:aws:s3:::acme-data", "arn:aws:s3:::acme-data/*", "arn:aws:s3:::acme-*", "arn:aws:s3:::*/file"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": draw.choice(["Allow", "Allow", "Deny"]),
                "Action": draw.sample(actions, draw.randint(1, 3)),
                "Resource": draw.sample(names, draw.randint(1, 2)),
            }
            for _ in range(draw.randint(1, 3))
        ],
    }


def _case(policy: dict[str, Any], buckets: list[str], tables: list[str], requests: list[Any]) -> dict[str, Any]:
    return {"policy": policy, "buckets": buckets, "tables": tables, "requests": requests}


def test_random_policies_mean_the_same_to_both() -> None:
    draw = random.Random(8)
    cases = [_case(_random_policy(draw), BUCKETS, TABLES, REQUESTS) for _ in range(20)]
    ours = [_ours(case) for case in cases]
    assert _theirs(cases) == ours
    assert any(any(answers) and not all(answers) for answers in ours)


def test_what_we_render_means_the_same_to_both() -> None:
    """Every tenant's policy for a service with a bucket, against every tenant's bucket."""
    tree = [d for d in documents(plan("bridge"), tenants()) if d.group.endswith("services.k8s.aws")]
    buckets = sorted(str(d.spec["name"]) for d in tree if d.kind == "Bucket")
    policies = [d.spec["policyDocument"] for d in tree if d.kind == "Policy" and d.name == "billing"]
    requests = [(action, bucket) for action in S3 for bucket in buckets]
    cases = [_case(json.loads(text), buckets, [], requests) for text in policies]
    ours = [_ours(case) for case in cases]
    assert len(cases) == len(buckets) == 3
    assert _theirs(cases) == ours
    assert [sum(answers) for answers in ours] == [3, 3, 3]  # list, get and put, each on one's own
