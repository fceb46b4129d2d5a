from __future__ import annotations

from pathlib import Path

import small

from strangler_scaffolds.hosting import Host, cut_down, find_host
from strangler_scaffolds.sources import Sources
from strangler_scaffolds.territory import survey

TERRITORY = survey(small.analysis(), small.plan(), "stock")


def sources(**files: str) -> Sources:
    laid = {path: text.encode() for path, text in small.SOURCES.items()}
    return Sources(Path("/nowhere"), {**laid, **{name: text.encode() for name, text in files.items()}})


def test_the_factory_that_mounts_the_seams_routes_is_found() -> None:
    assert find_host(TERRITORY, sources()) == Host("shop.app", "create_app", "flask", True, ("shop.app",))


def test_an_application_made_at_module_level_is_found_too() -> None:
    text = (
        "from fastapi import FastAPI\nfrom shop.stock import api\nserver = FastAPI()\nserver.include_router(api.bp)\n"
    )
    assert find_host(TERRITORY, sources(**{"shop/app.py": text})) == Host(
        "shop.app", "server", "fastapi", False, ("shop.app",)
    )


def test_a_factory_that_needs_arguments_cannot_be_started_alone() -> None:
    text = small.SOURCES["shop/app.py"].replace("create_app()", "create_app(config)")
    assert find_host(TERRITORY, sources(**{"shop/app.py": text})) is None


def test_what_was_cut_is_told_with_its_line() -> None:
    (cut,), findings = cut_down(TERRITORY, sources(), {"shop.app"})
    assert b"orders" not in cut.data
    assert [(f.rule, str(f.location)) for f in findings] == [
        ("HOST-CUT", "shop/app.py:3"),
        ("HOST-CUT", "shop/app.py:9"),
    ]


def test_what_cannot_be_cut_is_refused_with_its_line() -> None:
    text = small.SOURCES["shop/app.py"] + "\n\nassert orders.bp\n"
    _, findings = cut_down(TERRITORY, sources(**{"shop/app.py": text}), {"shop.app"})
    assert [(f.rule, str(f.location)) for f in findings if f.rule == "HOST-STUCK"] == [("HOST-STUCK", "shop/app.py:14")]


def test_what_one_module_loses_is_gone_from_those_that_import_it() -> None:
    files = {
        "shop/__init__.py": "from shop.orders.api import bp as orders\nfrom shop.stock.api import bp\n\n"
        '__all__ = ["orders", "bp"]\n',
        "shop/app.py": "from fastapi import FastAPI\nfrom shop import bp, orders\n\napp = FastAPI()\n"
        "app.include_router(orders)\napp.include_router(bp)\n",
    }
    cuts, _ = cut_down(TERRITORY, sources(**files), {"shop", "shop.app"})
    package, app = (cut.data.decode() for cut in cuts)
    assert package == 'from shop.stock.api import bp\n\n__all__ = ["bp"]\n'
    assert "orders" not in app
    assert "from shop import bp\n" in app
