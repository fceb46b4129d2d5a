from __future__ import annotations

import dataclasses
import types
from pathlib import Path
from typing import Any

import pytest
import small

from strangler.analysis import Analysis, Edge, Evidence, Framework, Function, Module, Route
from strangler_scaffolds.crossings import crossings_of
from strangler_scaffolds.django_project import find_project, host_modules
from strangler_scaffolds.entries import CallGraph
from strangler_scaffolds.hosting import Host, cut_down, find_host
from strangler_scaffolds.services.tree import render
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
    assert (project.settings, project.root, project.urls) == (("shop.settings",), "shop.urls", ("shop.urls",))
    assert project.parts == ("shop.stock.templatetags",)


def test_code_that_is_none_of_djangos_has_no_project() -> None:
    assert find_project(survey(small.analysis(), small.plan(), "stock")) is None


def test_the_project_is_the_host() -> None:
    host = find_host(territory(), Sources(Path("/nowhere")))
    chain, parts = ("shop.settings", "shop.urls"), ("shop.stock.templatetags",)
    assert host == Host("shop.settings", "shop.urls", "django", False, chain, parts, ("shop.settings",))


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


SETTINGS = ("base", "local", "test")


def in_a_package(*edges: Edge) -> Analysis:
    """The project with a package of settings: one for each place it runs in, built on common ones."""
    document = analysis()
    kept = [module for module in document.modules if module.name != "shop.settings"]
    roles = {"test": ("settings", "tests")}
    added = [Module("shop.settings", "shop/settings/__init__.py", package=True, roles=("settings",))]
    added += [
        Module(f"shop.settings.{n}", f"shop/settings/{n}.py", roles=roles.get(n, ("settings",))) for n in SETTINGS
    ]
    others = [edge for edge in document.edges if "shop.settings" not in (edge.source, edge.target)]
    built = [Edge(f"shop.settings.{n}", "shop.settings.base", "import", scope=("module",)) for n in ("local", "test")]
    names = [named("shop.settings.base", "shop/settings/base.py", edge.target, 1) for edge in analysis().edges
             if edge.source == "shop.settings"]  # fmt: skip
    return dataclasses.replace(document, modules=(*kept, *added), edges=(*others, *built, *names, *edges))


def test_settings_are_those_that_others_are_built_on_where_no_start_script_names_one() -> None:
    project = find_project(survey(in_a_package(), small.plan(), "stock"))
    assert project is not None
    assert (project.settings, project.root) == (("shop.settings.base",), "shop.urls")
    assert project.variants == ("shop.settings.local", "shop.settings.test")
    assert project.parts == ("shop.stock.templatetags",)


def test_settings_of_a_start_script_count_with_those_they_are_built_on() -> None:
    start = named("shop.wsgi", "shop/wsgi.py", "shop.settings.local", 1)
    found = survey(in_a_package(start), small.plan(), "stock")
    project = find_project(found)
    assert project is not None
    assert (project.settings[0], project.variants) == ("shop.settings.local", ("shop.settings.test",))
    assert {"shop.settings.base", "shop.urls"} <= set(project.hosts)
    refused = [c for c in crossings_of(found, CallGraph(found)) if c.rule.name == "HOST-OUT"]
    assert [c.message for c in refused] == ["shop.settings.base names shop.orders.middle, which stays"]


def test_tags_of_an_application_that_is_named_by_its_configuration_are_parts() -> None:
    document = analysis()
    by_class = named("shop.settings", "shop/settings.py", "shop.stock.apps", 1, "shop.stock.apps:Stock")
    config = Function("shop.stock.apps:Stock", "shop/stock/apps.py", 1, 2, "class", bases=("django.apps.AppConfig",))
    edges = [edge for edge in document.edges if (edge.source, edge.target) != ("shop.settings", "shop.stock")]
    changed = dataclasses.replace(
        document,
        modules=(*document.modules, Module("shop.stock.apps", "shop/stock/apps.py")),
        edges=(*edges, by_class),
        functions=(*document.functions, config),
    )
    project = find_project(survey(changed, small.plan(), "stock"))
    assert project is not None
    assert set(project.parts) == {"shop.stock.apps", "shop.stock.templatetags"}


def test_the_service_reads_the_settings_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = ("shop/__init__.py", "shop/stock/__init__.py", "shop/tags.py", "shop/users/__init__.py")
    for path in files:
        (tmp_path / "domain" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "domain" / path).write_text("")
    applications = ["django.x", "shop.stock", "shop.gone", "shop.tags.Tags", "shop.users.apps.Users", "shop.no.apps.No"]
    for name in ("one", "other"):
        (tmp_path / f"{name}_settings.py").write_text(f"NAME = {name!r}\nINSTALLED_APPS = {applications}\n")
    package = types.SimpleNamespace(packages=("shop",))
    host = types.SimpleNamespace(module="one_settings")
    text = render("django/PACKAGE/django_settings.py.jinja", it=package, host=host, header="")

    def read() -> dict[str, Any]:
        made = {"__name__": "stock_service.django_settings", "__file__": str(tmp_path / "django_settings.py")}
        exec(compile(text, "django_settings.py", "exec"), made)
        return made

    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delenv("STRANGLER_DJANGO_SETTINGS", raising=False)
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    assert read()["NAME"] == "one"
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "other_settings")
    assert read()["NAME"] == "other"
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "stock_service.django_settings")  # a process that this one started
    assert read()["NAME"] == "other"
    assert read()["INSTALLED_APPS"] == ["django.x", "shop.stock", "shop.tags.Tags", "shop.users"]
