from __future__ import annotations

import pytest
from pydantic import ValidationError

from strangler.errors import PlanError
from strangler.plan import loads
from strangler.plan.platform import Cluster, Data, Gateway, Platform, Tenant, Workload

_HEAD = "version: 1\nmonolith: {name: shop, packages: [shop]}\nplatform:\n"


def test_nothing_declared_is_one_auto_mode_cluster_and_one_tier() -> None:
    platform = Platform()
    assert platform.clusters["main"].engine == "auto"
    assert platform.tiers["standard"].isolation == "bridge"


@pytest.mark.parametrize(
    ("declared", "engine"),
    [
        ({}, "auto"),
        ({"compute": "nodegroups"}, "vpc-cni"),
        ({"hybrid": True}, "mixed"),
        ({"hybrid": True, "compute": "none"}, "cilium"),
        ({"local": True}, "cilium"),
    ],
)
def test_a_cluster_has_one_engine_for_network_policies_or_a_mixture(declared: dict[str, object], engine: str) -> None:
    assert Cluster.model_validate(declared).engine == engine


def test_a_mistake_has_its_line_and_says_what_it_must_be() -> None:
    with pytest.raises(PlanError) as caught:
        loads(_HEAD + "  region: Frankfurt\n  tiers: {gold: {quota: {cpu: lots}}}\n")
    found = [(finding.location.line, finding.message) for finding in caught.value.findings if finding.location]
    assert [line for line, _ in found] == [4, 5]
    assert all("must be" in message for _, message in found)


_HOSTILE = ["", "a\nb", "../x", "a: b", "x" * 300, "{{", "true ", "é", "\x00", "a;b", "$(id)", "' or 1"]


@pytest.mark.parametrize("text", _HOSTILE)
def test_hostile_text_is_refused_where_it_is_read(text: str) -> None:
    for kind, values in (
        (Tenant, {"id": text}),
        (Gateway, {"host": text}),
        (Platform, {"registry": text}),
        (Workload, {"ready": text}),
        (Workload, {"calls": [text]}),
        (Data, {"kind": "s3", "model": text}),
        (Cluster, {"region": text}),
    ):
        with pytest.raises(ValidationError):
            kind.model_validate(values)
