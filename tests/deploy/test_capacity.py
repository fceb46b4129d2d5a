from __future__ import annotations

from decimal import Decimal

import pytest

from strangler_deploy.capacity import verify
from strangler_deploy.capacity.machines import allocatable, machine, machines
from strangler_deploy.capacity.quantities import quantity
from strangler_deploy.conflicts.context import Context
from strangler_deploy.estate import Estate

from .estates import plan, tenants


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("250m", "0.25"),
        ("2", "2"),
        ("1.5", "1.5"),
        ("4Gi", str(4 * 1024**3)),
        ("1e3", "1000"),
        ("3k", "3000"),
        (7, "7"),
    ],
)
def test_amounts_are_read_as_kubernetes_writes_them(text: object, value: str) -> None:
    assert quantity(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "x", "1 Gi", "1GiB", None, True, "--1"])
def test_what_is_no_amount_is_said(text: object) -> None:
    with pytest.raises(ValueError, match="is no amount"):
        quantity(text)


def test_the_name_of_a_machine_says_how_large_it_is() -> None:
    assert machine("m7i.large") == (2, 8 * 1024**3)
    assert machine("c7g.4xlarge") == (16, 32 * 1024**3)
    assert machine("r6id.xlarge") == (4, 32 * 1024**3)
    assert machine("m7i.metal-24xl") is None
    assert machine("nonsense") is None


def test_a_pool_may_pick_what_is_listed_or_what_its_categories_and_sizes_name() -> None:
    assert [m[0] for m in machines(("m6i.xlarge", "m6i.large"), ("c",), ("4xlarge",))] == [2, 4]
    assert [m[0] for m in machines((), ("c", "m"), ("large",))] == [2, 2]


def test_a_machine_keeps_some_of_itself_for_itself() -> None:
    cores, memory = allocatable(Decimal(2), Decimal(8 * 1024**3))
    assert Decimal("1.5") < cores < 2
    assert memory < 8 * 1024**3


def _found(platform: str = "", **tenant: object) -> list[tuple[str, str]]:
    own = tenants("acme", **tenant)
    context = Context(Estate(plan("bridge", platform)), own, [])
    return [(finding.rule, finding.message) for finding in verify.findings(context)]


def test_what_fits_is_not_spoken_of() -> None:
    assert _found() == []


def test_a_tenants_own_quota_counts() -> None:
    found = _found(quota={"pods": 5})
    assert found == [("DEPLOY-C9", "namespace 'tenant-acme' may have 5 pods; its services at their largest, with one pod of surge each, need 20")]  # fmt: skip  # noqa: E501


def test_a_tenants_own_machines_count() -> None:
    found = _found(nodes={"dedicated": True, "cpu": "1"})
    assert [rule for rule, _ in found] == ["DEPLOY-C10"]
    assert "need 2 cpu on the machines of tenant 'acme'" in found[0][1]


def test_gpus_of_a_data_centre_do_not_grow() -> None:
    found = _found("  clusters: {main: {hybrid: {gpus: 2}}}\n", quota={"cpu": "16", "gpus": 4})
    assert ("DEPLOY-C10", "quotas promise 4 GPUs in cluster 'main', and its data centre has 2") in found
