from __future__ import annotations

import dataclasses
from pathlib import Path

import small

from strangler.analysis import Analysis, Edge, Evidence, Framework, Function, Module, Route
from strangler_scaffolds.crossings import crossings_of
from strangler_scaffolds.django_project import find_project, host_modules
from strangler_scaffolds.entries import CallGraph
from strangler_scaffolds.hosting import Host, cut_down, find_host
from strangler_scaffolds.sources import Sources
from strangler_scaffolds.territory import Territory, survey

URLS = """\
from django.urls import include, path

from shop.orders import api

urlpatterns = [
    path("orders/", api.orders, name="orders"),
    path("old/", include([path("<int:n>/", api.orders, name="old")])),
    path("stock/", include("shop.stock.urls")),
]
urlpatterns += [path("more/", view=api.orders)]
"""
SOURCES = {
    "shop/settings.py": "INSTALLED_APPS = ['shop.stock']\nMIDDLEWARE = ['shop.orders.middle.Middle']\n",
    "shop/urls.py": URLS,
}


def named(source: str, path: str, target: str, line: int, symbol: str | None = None) -> Edge:
    evidence = (Evidence(path, line, scope="dynamic", symbol=symbol),)
    return Edge(source, target, "import", scope=("dynamic",), evidence=evidence)


def analysis() -> Analysis:
    document = small.analysis()
    modules = [
        Module("shop.settings", "shop/settings.py", roles=("settings",)),
        Module("shop.urls", "shop/urls.py"),
        Module("shop.wsgi", "shop/wsgi.py", roles=("entrypoint",)),
        Module("shop.orders.middle", "shop/orders/middle.py"),
        Module("shop.stock.urls", "shop/stock/urls.py"),
        Module("shop.stock.templatetags", "shop/stock/templatetags/__init__.py", package=True),
    ]
    edges = [
        named("shop.wsgi", "shop/wsgi.py", "shop.settings", 1),
        named("shop.settings", "shop/settings.py", "shop.urls", 9),
        named("shop.settings", "shop/settings.py", "shop.stock", 1),
        named("shop.settings", "shop/settings.py", "shop.orders.middle", 2),
        named("shop.urls", "shop/urls.py", "shop.stock.urls", 8),
        Edge("shop.urls", "shop.orders.api", "import", scope=("module",), evidence=(Evidence("shop/urls.py", 3),)),
        Edge("shop.orders.middle", "shop.orders.models", "import", scope=("module",)),
    ]
    route = Route(
        "* /stock", "django", None, "/stock", "shop.stock.api:level", "shop.stock.api",
        evidence=(Evidence("shop/stock/urls.py", 1),),
    )  # fmt: skip
    return dataclasses.replace(
        document,
        frameworks=(Framework("django"),),
        modules=tuple(sorted((*document.modules, *modules), key=lambda module: module.name)),
        edges=(*document.edges, *edges),
        routes=(route,),
    )


def territory() -> Territory:
    return survey(analysis(), small.plan(), "stock", hosts=host_modules(survey(analysis(), small.plan(), "stock")))


def test_settings_and_urls_are_found_from_the_start_script() -> None:
    project = find_project(territory())
    assert project is not None
    assert (project.settings, project.root, project.urls) == ("shop.settings", "shop.urls", ("shop.urls",))
    assert project.parts == ("shop.stock.templatetags",)


def test_code_that_is_none_of_djangos_has_no_project() -> None:
    assert find_project(survey(small.analysis(), small.plan(), "stock")) is None


def test_the_project_is_the_host() -> None:
    host = find_host(territory(), Sources(Path("/nowhere")))
    chain, parts = ("shop.settings", "shop.urls"), ("shop.stock.templatetags",)
    assert host == Host("shop.settings", "shop.urls", "django", False, chain, parts)


def test_urls_of_views_that_stay_keep_their_names() -> None:
    from strangler_scaffolds.django_project import stand_in

    laid = {**small.SOURCES, **SOURCES}
    sources = Sources(Path("/nowhere"), {path: text.encode() for path, text in laid.items()})
    cuts, findings = cut_down(territory(), sources, {"shop.urls"}, stand_in("stock_service"))
    text = cuts[0].data.decode()
    assert text.startswith("from stock_service.elsewhere import elsewhere\n")
    assert 'path("orders/", elsewhere, name="orders")' in text
    assert 'path("<int:n>/", elsewhere, name="old")' in text
    assert 'path("more/", view=elsewhere)' in text
    assert 'include("shop.stock.urls")' in text
    assert "api" not in text.replace("urlpatterns", "")
    assert [finding.rule for finding in findings if finding.rule == "HOST-STUCK"] == []


def test_a_middleware_that_stays_is_refused_and_an_application_is_mounted() -> None:
    found = crossings_of(territory(), CallGraph(territory()))
    by_rule = {crossing.rule.name: crossing for crossing in found if crossing.location.path == "shop/settings.py"}
    assert str(by_rule["HOST-OUT"].location) == "shop/settings.py:2"
    assert str(by_rule["IMPORT-ROUTES"].location) == "shop/settings.py:1"


def test_an_application_that_is_named_by_its_configuration_is_left_out_without_harm() -> None:
    document = analysis()
    place = named("shop.settings", "shop/settings.py", "shop.orders.models", 3, "shop.orders.models:Config")
    base = Function("shop.clock:Base", "shop/clock.py", 1, 2, "class", bases=("django.apps.AppConfig",))
    config = Function("shop.orders.models:Config", "shop/orders/models.py", 1, 2, "class", bases=("shop.clock:Base",))

    def refused(*functions: Function) -> set[int]:
        changed = {"edges": (*document.edges, place), "functions": (*document.functions, *functions)}
        found = survey(dataclasses.replace(document, **changed), small.plan(), "stock")  # type: ignore[arg-type]
        return {c.location.line for c in crossings_of(found, CallGraph(found)) if c.rule.name == "HOST-OUT"}

    assert refused(base, config) == {2}
    assert refused(base, dataclasses.replace(config, bases=())) == {2, 3}
