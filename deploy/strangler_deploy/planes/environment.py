"""What a service is told in its environment: names that are known before anything exists."""

from __future__ import annotations

from strangler_deploy.names import joined
from strangler_deploy.planes.stores import Holding, database_user

_NAMES = {"s3": "BUCKET", "dynamodb": "TABLE", "sqs": "QUEUE", "sagemaker": "ENDPOINT", "bedrock": "PROFILE"}


def environment(holding: Holding, service: str) -> dict[str, str]:
    """The names of a resource; where a database is comes by a Secret, once it is there."""
    prefix = variable(holding.name.removeprefix(f"{service}-"))
    if holding.data.kind == "rds":
        user = database_user(holding.whose, service)
        return {f"{prefix}_USER": user, f"{prefix}_DATABASE": service.replace("-", "_")}
    return {f"{prefix}_{_NAMES.get(holding.data.kind, 'AGENT')}": holding.aws_name}


def endpoint_name(holding: str) -> str:
    """The Secret with a database's host and port."""
    return joined(holding, "endpoint")


def variable(name: str) -> str:
    """A label as the name of an environment variable."""
    return name.upper().replace("-", "_")
