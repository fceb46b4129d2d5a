from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strangler.errors import PlanError
from strangler.plan import load_tenant, load_tenants, tenant_from
from strangler.plan.platform import Tenant
from strangler.plan.source import parse
from strangler.plan.tenants import quickly

_WORDS = (
    """true yes on 1e3 0x1F 012 1_0 ~ null .5 1:20 16Gi 8 '8' "8" 2026-11-23 << = +1 -1 1.5 0b1 0o7 1e + -.inf NaN é"""
)
_PLAIN = st.sampled_from(_WORDS.split()) | st.text("0123456789abxeE.+-_:oyntruefals~=", min_size=1, max_size=6)


@given(_PLAIN, _PLAIN, _PLAIN)
def test_the_quick_reader_reads_what_the_careful_one_reads_or_nothing(name: str, cpu: str, pods: str) -> None:
    text = f"id: acme\nname: {name}\nquota:\n  cpu: {cpu}\n  pods: {pods}\n"
    found = quickly(text)
    if found is not None:
        assert found == Tenant.model_validate(parse(text, "x").data)


def test_an_ordinary_file_is_read_quickly() -> None:
    assert quickly("id: acme\ntier: premium\nquota: {cpu: '8', memory: 16Gi, pods: 60}\n") is not None


@pytest.mark.parametrize(
    "text", ["id: acme\nid: acme\n", "id: acme\n? [a]\n: b\n", "- a\n", "id: [\n", "id: acme\nx: 1\n"]
)
def test_what_has_mistakes_is_left_to_the_careful_reader(text: str, tmp_path: Path) -> None:
    assert quickly(text) is None
    (tmp_path / "acme.yaml").write_text(text)
    with pytest.raises(PlanError) as caught:
        load_tenants(tmp_path)
    assert caught.value.findings


def test_a_file_is_named_after_its_tenant(tmp_path: Path) -> None:
    (tmp_path / "globex.yaml").write_text("id: acme\n")
    with pytest.raises(PlanError) as caught:
        load_tenant(tmp_path / "globex.yaml")
    assert caught.value.findings[0].rule == "PLAN-TENANT-FILE"


def test_values_from_an_interface_are_checked_like_a_file() -> None:
    assert tenant_from({"id": "acme"}) == Tenant(id="acme")
    with pytest.raises(PlanError) as caught:
        tenant_from({"id": "../acme", "tiers": 1})
    assert len(caught.value.findings) == 2
