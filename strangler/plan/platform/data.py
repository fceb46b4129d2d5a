"""Data resources that a service has in each tenant."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from strangler.plan.fields import Label, Section
from strangler.plan.platform.texts import Arn, Artefact, Image, Instance, Model

Store = Literal["s3", "rds", "dynamodb", "sqs", "bedrock", "bedrock-agent", "sagemaker"]
Access = Literal["read", "write", "delete"]


class Data(Section):
    """One resource per tenant; in a pool (``pooled``) one for all its tenants, kept apart by keys or by the service."""

    kind: Store
    access: tuple[Access, ...] = ("read", "write", "delete")
    pooled: bool = False
    retain: bool = True
    size: int = Field(default=20, ge=20, le=65536)
    instance: Instance = "db.t4g.medium"
    engine: Literal["postgres", "mysql", "mariadb"] = "postgres"
    multi_zone: bool = True
    model: Model = "amazon.nova-lite-v1:0"
    image: Image | None = None
    artefact: Artefact | None = None
    key: Arn | None = None


class TenantData(Data):
    """A resource that one tenant has beyond what the services declare, and the services that may use it."""

    services: tuple[Label, ...] = Field(min_length=1)
