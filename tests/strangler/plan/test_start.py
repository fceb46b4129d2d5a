from __future__ import annotations

from pathlib import Path

import pytest

from strangler.plan import first_plan, loads, packages_below


@pytest.mark.parametrize("framework", [None, "django"])
def test_a_first_plan_has_no_mistakes(framework: str | None) -> None:
    plan = loads(first_plan("shop", ["shop", "lib"], framework))
    assert (plan.monolith.packages, plan.monolith.framework, dict(plan.services)) == (("shop", "lib"), framework, {})


def test_packages_are_found_as_they_are_imported_and_not_inside_of_others(tmp_path: Path) -> None:
    for name in (
        "manage.py",
        "src/shop/__init__.py",
        "src/shop/inner/__init__.py",
        "lib/plain/module.py",
        ".venv/lib/hidden/__init__.py",
        "env/pyvenv.cfg",
        "env/lib/site/__init__.py",
        "node_modules/gyp/gyp.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert packages_below(tmp_path) == {"manage", "shop", "plain", "module"}
