"""How requests come in, and the systems outside the clusters that pods reach."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from strangler.plan.fields import Label, Section
from strangler.plan.platform.texts import Arn, Cidr, Host, Image, Ip


class Gateway(Section):
    """One front door; tenants are told apart by host (``<tenant>.<host>``) or by the first segment of the path.

    ``shards`` is how many load balancers share its tenants (one takes about 95 services of tenants).
    """

    api: Literal["gateway", "ingress"] = "gateway"
    load_balancer: Literal["alb", "nlb"] = "alb"
    host: Host = "app.example.com"
    tenants_by: Literal["host", "path"] = "host"
    certificate: Arn | None = None
    internal: bool = False
    shards: int = Field(default=1, ge=1, le=500)
    clusters: tuple[Label, ...] = ()


class MonolithAddress(Section):
    """Where pods reach the monolith: a name or an address of the network that the clusters are joined to."""

    host: Host
    port: int = Field(default=80, ge=1, le=65535)
    tls: bool = False


class External(Section):
    """A system that stays where it is: an address that pods of the services naming it may reach."""

    address: Ip
    port: int = Field(ge=1, le=65535)
    network: Cidr | None = None


class FacadeRuntime(Section):
    """Who splits traffic in the cluster: the gateway's weights, or a facade in every namespace with its own state."""

    mode: Literal["gateway", "facade"] = "gateway"
    image: Image | None = None
    proxy_image: Image = "docker.io/nginxinc/nginx-unprivileged:1.29"
    storage: int = Field(default=2, ge=1, le=1024)
    proxy_on_premises: bool = False
