"""Three tenants with four services each, in every kind of isolation: what the proofs are tried on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from strangler.model import Finding, Location
from strangler.plan import Plan, loads
from strangler.plan.platform import Tenant
from strangler_deploy.check import clusters
from strangler_deploy.checks.documents import read
from strangler_deploy.documents import Document
from strangler_deploy.estate import Estate
from strangler_deploy.render import render
from strangler_deploy.verify import placed

DIGEST = "sha256:" + "a" * 64
ISOLATIONS = ("pool", "bridge", "silo")
TENANTS = ("acme", "globex", "initech")

PLAN = f"""\
version: 1
monolith: {{name: shop, packages: [shop], upstream: "http://10.80.1.5:8000"}}
services:
  billing: {{modules: [shop.billing], routes: ["/invoices/**"]}}
  metering: {{modules: [shop.metering]}}
  orders: {{image: "registry.example.com/orders", routes: ["/orders/**"]}}
  search: {{image: "registry.example.com/search", routes: ["/search/**"]}}
platform:
  tiers:
    standard: {{isolation: ISOLATION, quota: {{cpu: "16"}}}}
  externals:
    erp: {{address: 10.80.2.7, port: 8443}}
  policies: {{engines: [vap, gatekeeper, kyverno]}}
  workloads:
    billing:
      digest: "{DIGEST}"
      calls: [metering, erp]
      classification: PHI
      data: {{invoices: {{kind: s3, pooled: POOLED}}, ledger: {{kind: dynamodb, pooled: POOLED}}}}
    metering: {{digest: "{DIGEST}"}}
    orders: {{digest: "{DIGEST}", calls: [billing, monolith], data: {{orders: {{kind: DATABASE, pooled: POOLED}}}}}}
    search: {{digest: "{DIGEST}", calls: [orders]}}
"""


def plan(isolation: str = "bridge", platform: str = "") -> Plan:
    """The estate; ``platform`` is more of that section (indented by two)."""
    pooled = isolation == "pool"
    text = PLAN.replace("ISOLATION", isolation).replace("POOLED", str(pooled).lower())
    return loads(text.replace("DATABASE", "dynamodb" if pooled else "rds") + platform)


def tenants(*names: str, **fields: object) -> dict[str, Tenant]:
    return {name: Tenant.model_validate({"id": name, **fields}) for name in names or TENANTS}


def documents(plan: Plan, tenants: Mapping[str, Tenant]) -> list[Document]:
    """What the plan renders, as the checks see it."""
    findings: list[Finding] = []
    read_in = list(read(render(plan, tenants), findings))
    assert findings == []
    return placed(read_in, clusters(Estate(plan), tenants), lambda origin: Location(origin))


def rules(findings: Sequence[Finding]) -> list[str]:
    return sorted({finding.rule for finding in findings})
