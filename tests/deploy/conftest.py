"""A small estate that the tests of deploy build on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from strangler.plan import Plan, loads
from strangler.plan.platform import Tenant

DIGEST = "sha256:" + "a" * 64

PLAN = f"""\
version: 1
monolith: {{name: shop, packages: [shop], upstream: "http://10.80.1.5:8000"}}
services:
  billing:
    modules: [shop.billing]
    routes: ["/api/invoices/**", {{path: "/billing/{{id}}/pdf", methods: [GET]}}]
  orders:
    image: registry.example.com/orders@{DIGEST}
    routes: [/orders/**]
platform:
  workloads:
    billing: {{digest: "{DIGEST}"}}
    orders: {{calls: [billing, monolith]}}
"""


@pytest.fixture
def plan() -> Plan:
    return loads(PLAN)


@pytest.fixture
def make_plan() -> Callable[[str], Plan]:
    """A plan with this ``platform:`` section (indented by two) and the two services."""

    def make(platform: str) -> Plan:
        return loads(PLAN.partition("platform:")[0] + "platform:\n" + platform)

    return make


@pytest.fixture
def tenants() -> dict[str, Tenant]:
    return {name: Tenant(id=name) for name in ("acme", "globex")}


@pytest.fixture
def crds() -> Path:
    """A folder of CRDs, named by STRANGLER_CRDS."""
    folder = os.environ.get("STRANGLER_CRDS")
    if not folder:
        pytest.skip("custom kinds not checked: STRANGLER_CRDS names no folder of CRDs")
    return Path(folder)


@pytest.fixture
def kubectl() -> str:
    """The command, which .ci/steps/70-deploy installs."""
    found = shutil.which("kubectl")
    if found is None and os.environ.get("STRANGLER_REAL"):
        pytest.fail("kubectl is missing, and this run is to have every real part")
    if found is None:
        pytest.skip("NOT RUN: kubectl is missing; .ci/steps/70-deploy installs it")
    return found
