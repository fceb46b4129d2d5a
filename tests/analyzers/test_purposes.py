"""What files are for, by their paths."""

from __future__ import annotations

import pytest

from strangler_analyzers.purposes import named_like_tests, roles


@pytest.mark.parametrize(
    ("path", "purposes"),
    [
        ("shop/tests/test_a.py", ("tests",)),
        ("shop/conftest.py", ("tests",)),
        ("shop/tests.py", ("tests",)),  # as Django's startapp writes it
        ("shop/tests_food.py", ("tests",)),
        ("shop/tests_e2e/opens.py", ("tests",)),
        ("shop/moved_tests/choose.py", ()),
        ("unittests/orders.py", ("tests",)),
        ("shop/contests/rules.py", ()),
        ("shop/protests.py", ()),
        ("shop/orders/migrations/0001_initial.py", ("migrations",)),
        ("shop/db_migrations/0001_initial.py", ("migrations",)),
        ("alembic/versions/abc_add.py", ("migrations",)),
        ("shop/services/migrations/importer.py", ()),
        ("shop/revisions/core/versions/2021-03-09_19dd1f5a4b4d.py", ("migrations",)),
        ("shop/db/versions/19dd1f5a4b4d_add_order.py", ("migrations",)),
        ("shop/versions/deadbeef.py", ()),
        ("shop/settings.py", ("settings",)),
        ("manage.py", ("entrypoint",)),
        ("shop/latest.py", ()),
    ],
)
def test_files_are_classed_by_their_path(path: str, purposes: tuple[str, ...]) -> None:
    assert roles(path, path, frozenset()) == purposes


def test_an_application_about_tests_is_product_code_unless_it_holds_tests_or_settings() -> None:
    paths = [
        "lab/__init__.py",
        "lab/test/__init__.py",
        "lab/test/models.py",
        "lab/test/ui/urls.py",
        "lab/test/helpers.py",
        "lab/test_kind/models.py",
        "lab/test_tools/views.py",
        "lab/test_tools/test_views.py",
        "lab/test_site/urls.py",
        "lab/test_site/settings.py",
        "test_shop/models.py",
        "lab/help/test/goods/models.py",
    ]
    found = named_like_tests(paths, {"lab", "lab/test", "lab/help"})
    assert found == {"lab/test", "lab/test_kind"}
    assert [path for path in paths if "tests" in roles(path, path, found)] == paths[6:]
