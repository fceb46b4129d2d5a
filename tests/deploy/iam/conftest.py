from __future__ import annotations

import json
from typing import Any

from strangler_deploy.iam.documents import Policy, parse
from strangler_deploy.iam.evaluate import Identity

ROLE = "arn:aws:iam::111122223333:role/acme-t1-orders"
SESSION = "arn:aws:sts::111122223333:assumed-role/acme-t1-orders/eks-app"


def document(*statements: dict[str, Any], version: str = "2012-10-17") -> Policy:
    return parse(json.dumps({"Version": version, "Statement": list(statements)}))


def allow(action: Any, resource: Any, **rest: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **rest}


def deny(action: Any, resource: Any, **rest: Any) -> dict[str, Any]:
    return {**allow(action, resource, **rest), "Effect": "Deny"}


def identity(*policies: Policy, **rest: Any) -> Identity:
    return Identity(ROLE, SESSION, policies, **rest)
