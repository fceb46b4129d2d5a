from __future__ import annotations

from strangler.analysis import Analysis, Edge, Evidence, Module, Route
from strangler_analyzers.seams.program import of_the_program


def route(module: str, line: int) -> Route:
    site = Evidence(f"{module.replace('.', '/')}.py", line)
    return Route(f"* /{line}", "django", None, f"/{line}", f"{module}:show", module, evidence=(site,))


def named(source: str, target: str) -> Edge:
    return Edge(source, target, "import", scope=("dynamic",))


def test_entry_points_settings_and_the_urls_that_settings_name() -> None:
    names = ("shop.settings", "shop.wsgi", "shop.urls", "shop.orders.urls", "shop.guard", "shop.orders.views")
    roles = {"shop.settings": ("settings",), "shop.wsgi": ("entrypoint",)}
    analysis = Analysis(
        version="1",
        modules=tuple(Module(name, f"{name.replace('.', '/')}.py", roles=roles.get(name, ())) for name in names),
        edges=(
            named("shop.settings", "shop.guard"),
            named("shop.settings", "shop.urls"),
            named("shop.urls", "shop.orders.urls"),
            Edge("shop.orders.urls", "shop.orders.views", "import", scope=("module",)),
        ),
        routes=(route("shop.orders.urls", 3),),
    )
    assert of_the_program(analysis) == {"shop.settings", "shop.wsgi", "shop.urls"}


def test_a_root_that_declares_its_routes_itself_is_one_too_and_without_settings_there_is_none() -> None:
    modules = (Module("shop.conf", "shop/conf.py", roles=("settings",)), Module("shop.urls", "shop/urls.py"))
    analysis = Analysis(version="1", modules=modules, routes=(route("shop.urls", 4),))
    assert of_the_program(analysis) == {"shop.conf"}
    rooted = Analysis(version="1", modules=modules, routes=analysis.routes, edges=(named("shop.conf", "shop.urls"),))
    assert of_the_program(rooted) == {"shop.conf", "shop.urls"}
