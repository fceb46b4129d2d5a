from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strangler.errors import PlanError
from strangler.plan import load, load_tenants, loads

MINIMAL = "version: 1\nmonolith: {name: shop, packages: [shop]}\n"

DESIGN_SKETCH = """\
version: 1
monolith: {name: shop, root: ., packages: [shop], framework: flask, upstream: "http://127.0.0.1:8000",
           run: "python -m shop", test: "python -m pytest -q"}
services:
  billing:
    owner: team-money
    modules: [shop.billing, shop.billing.*]
    tables: [invoices, invoice_lines]
    shared: [shop.money]
    routes: ["/api/invoices/**", {path: /billing/**, methods: [GET, HEAD]}]
    upstream: "http://127.0.0.1:8101"
    calls: {"shop.billing.service:charge": {kind: command, idempotency: key, timeout_ms: 800, mode: local}}
    rollout: {steps: [1, 5, 25, 50, 100], bake: 5m, abort_if: {error_excess: 0.01, p99_ratio: 1.5}}
    waive: [{rule: TXN-SPAN, at: "shop/orders/views.py:212", reason: "reads only"}]
facade:   {listen: "0.0.0.0:8080", admin: "127.0.0.1:8081", sticky: {cookie: sid}}
"""

FIVE_MISTAKES = """\
version: 1
monolith: {name: Shop, packages: [shop]}
services:
  billing:
    modules: [shop.billing]
    rout: ["/api"]
    rollout: {steps: [50, 5], bake: soon}
  orders:
    modules: [shop.billing]
    routes: ["api/orders"]
"""


def _messages(text: str) -> list[tuple[int, str]]:
    with pytest.raises(PlanError) as caught:
        loads(text)
    return [(finding.location.line if finding.location else 0, finding.message) for finding in caught.value.findings]


def test_the_plan_of_the_design_is_understood() -> None:
    billing = loads(DESIGN_SKETCH).services["billing"]
    assert billing.rollout.bake == 300
    assert [route.path for route in billing.routes] == ["/api/invoices/**", "/billing/**"]
    assert billing.calls["shop.billing.service:charge"].idempotency == "key"


def test_every_mistake_is_found_at_once_with_its_line() -> None:
    found = _messages(FIVE_MISTAKES)
    assert [line for line, _ in found] == [2, 6, 7, 7, 10]
    assert "DNS label" in found[0][1]
    assert "services.billing.rout" in found[1][1]
    assert any("steps" in message for _, message in found[2:4])
    assert "begins with '/'" in found[4][1]


def test_an_unknown_key_names_the_one_that_was_meant() -> None:
    with pytest.raises(PlanError) as caught:
        loads(MINIMAL + "services: {a: {modules: [x], rout: [/x]}}\n")
    assert caught.value.findings[0].hint == "did you mean 'routes'?"


def test_a_module_belongs_to_one_service() -> None:
    text = MINIMAL + "services:\n  a: {modules: [shop.x]}\n  b: {modules: [shop.x]}\n"
    assert _messages(text) == [(5, "module shop.x belongs to 'a' already")]


def test_a_key_that_is_listed_twice_is_found() -> None:
    text = MINIMAL + "services:\n  a: {modules: [x]}\n  a: {modules: [y]}\n"
    assert _messages(text) == [(5, "'a' is listed twice (first on line 4)")]


def test_what_is_no_yaml_is_found_with_its_line() -> None:
    assert _messages("version: 1\nmonolith: {name: [}\n")[0][0] == 2


@pytest.mark.parametrize("text", ["", "[]", "just text", "1", "null"])
def test_what_is_no_mapping_is_no_plan(text: str) -> None:
    assert "is not a mapping" in _messages(text)[0][1]


def test_an_absent_plan_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as caught:
        load(tmp_path / "strangler.yaml")
    assert "strangler plan init" in caught.value.hint


def test_a_plan_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "strangler.yaml"
    path.write_bytes(MINIMAL.encode() + b"# caf\xe9\n")
    with pytest.raises(PlanError, match="not UTF-8"):
        load(path)


@given(st.text(max_size=200))
def test_any_text_is_a_plan_or_a_plan_error(text: str) -> None:
    try:
        loads(text)
    except PlanError as error:
        assert error.findings


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
        max_leaves=8,
    )
)
def test_any_service_is_a_service_or_a_plan_error(value: object) -> None:
    import json

    try:
        loads(MINIMAL + f"services: {{a: {json.dumps(value)}}}\n")
    except PlanError as error:
        assert all(finding.location and finding.location.line for finding in error.findings)


def test_no_folder_of_tenants_holds_no_tenants(tmp_path: Path) -> None:
    assert load_tenants(tmp_path / "tenants") == {}


def test_a_tenant_is_in_the_file_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text("id: acme\n", encoding="utf-8")
    (tmp_path / "beta.yaml").write_text("id: gamma\n", encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        load_tenants(tmp_path)
    assert [finding.hint for finding in caught.value.findings] == ["name the file gamma.yaml"]


def test_mistakes_of_all_tenants_are_shown_together(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("id: a\ntear: gold\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("name: [\n", encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        load_tenants(tmp_path)
    assert [finding.rule for finding in caught.value.findings] == ["PLAN-KEY", "PLAN-YAML"]
