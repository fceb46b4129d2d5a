from __future__ import annotations

from pathlib import Path

from strangler.plan import Places


def test_an_origin_is_found_in_the_plan_or_in_the_tenants_file(tmp_path: Path) -> None:
    (tmp_path / "tenants").mkdir()
    (tmp_path / "plan.yaml").write_text("version: 1\nservices:\n  orders:\n    routes: [/a,\n      /b]\n")
    (tmp_path / "tenants/acme.yaml").write_text("id: acme\nquota:\n  cpu: '8'\n")
    places = Places(tmp_path / "plan.yaml")
    assert places.location("strangler.yaml services.orders.routes.1").line == 5
    assert places.location("tenants/acme.yaml quota.cpu").line == 3
    assert places.location("strangler.yaml services.none").line == 2


def test_a_file_that_is_not_there_has_no_line(tmp_path: Path) -> None:
    assert Places(tmp_path / "none.yaml").location("strangler.yaml a").line == 0
