from __future__ import annotations

import dataclasses

import pytest

from strangler.analysis import Analysis, Route
from strangler.errors import StranglerError
from strangler.plan import add_service, first_plan, loads
from strangler_analyzers import Constraints, SeamOptions, draft_service, find_seam, left_out, propose, verdicts
from strangler_analyzers.seams.draft import module_patterns, route_patterns

PINNED = SeamOptions(constraints=Constraints(pinned={"m.order.*": "sales", "m.invoice.*": "billing"}))


def test_a_draft_is_a_valid_entry_of_the_plan(shop: Analysis) -> None:
    draft = draft_service(propose(shop, PINNED), "sales")
    plan = loads(add_service(first_plan("shop", ["m"], "flask"), "sales", draft))
    service = plan.services["sales"]
    assert "m.order.*" in service.modules
    assert service.tables == ("orders",)
    assert [(route.path, route.methods) for route in service.routes] == [("/orders/{pk}", ("GET",))]
    assert service.calls["m.order.service:find"].kind == "query"


def with_roles(analysis: Analysis, roles: dict[str, str]) -> Analysis:
    modules = (
        dataclasses.replace(one, roles=(roles[one.name],)) if one.name in roles else one for one in analysis.modules
    )
    return dataclasses.replace(analysis, modules=tuple(modules))


def test_entry_points_and_settings_are_drafted_into_no_service(shop: Analysis) -> None:
    proposed = propose(with_roles(shop, {"m.order.api": "entrypoint", "m.order.tasks": "settings"}), PINNED)
    draft = draft_service(proposed, "sales")
    assert draft["modules"] == ["m.clock", "m.order.models", "m.order.service"]
    assert "routes" not in draft
    assert left_out(proposed, find_seam(proposed, "sales")) == ["m.order.api", "m.order.tasks"]


def test_what_the_whole_program_owns_takes_its_tables_and_functions_along(shop: Analysis) -> None:
    roles = {"m.order.models": "settings", "m.order.service": "entrypoint"}
    draft = draft_service(propose(with_roles(shop, roles), PINNED), "sales")
    assert draft.keys() == {"modules", "routes"}


def test_a_seam_of_nothing_but_starts_is_refused(shop: Analysis) -> None:
    proposed = propose(shop, PINNED)
    roles = dict.fromkeys(find_seam(proposed, "sales").modules, "entrypoint")
    with pytest.raises(StranglerError) as caught:
        draft_service(with_roles(proposed, roles), "sales")
    assert "m.order.api" in caught.value.message


def test_a_constructor_is_no_call_of_a_client(shop: Analysis) -> None:
    proposed = propose(shop, PINNED)
    seam = find_seam(proposed, "sales")
    made = {"ref": "m.order.models:Order.__init__", "kind": "method", "operation": "query"}
    details = {**seam.details, "contract": [*seam.details["contract"], made]}
    others = [other for other in proposed.seams if other.id != seam.id]
    told = dataclasses.replace(proposed, seams=(dataclasses.replace(seam, details=details), *others))
    assert draft_service(told, "sales")["calls"].keys() == draft_service(proposed, "sales")["calls"].keys()


def test_crossings_that_need_a_verdict_have_a_place(shop: Analysis) -> None:
    proposed = propose(shop, PINNED)
    found = verdicts(proposed, find_seam(proposed, "billing"))
    assert {finding.rule for finding in found} == {"TXN-SPAN", "FK-CROSS", "TABLE-FOREIGN", "CALL-LOOP"}
    assert all(finding.location is not None and finding.location.line for finding in found)


def test_a_route_that_would_take_what_others_serve_is_left_out_and_said(shop: Analysis) -> None:
    proposed = propose(shop, PINNED)
    route = next(route for route in proposed.routes if route.id in find_seam(proposed, "sales").routes)
    for path, is_in in (("/{}", False), ("/{}/{}", False), ("/", True), ("/orders/{}", True)):
        routes = tuple(dataclasses.replace(one, path=path) if one.id == route.id else one for one in proposed.routes)
        told = dataclasses.replace(proposed, routes=routes)
        said = [finding.rule for finding in verdicts(told, find_seam(told, "sales")) if finding.rule == "ROUTE-ALL"]
        drafted = str(draft_service(told, "sales").get("routes", ()))
        assert (path.replace("{}", "*") in drafted, said) == (is_in, [] if is_in else ["ROUTE-ALL"])


def test_an_unknown_seam_is_refused_with_those_there_are(shop: Analysis) -> None:
    with pytest.raises(StranglerError) as caught:
        draft_service(propose(shop, PINNED), "sails")
    assert "sales" in caught.value.hint


def test_a_package_that_is_whole_becomes_one_pattern() -> None:
    known = ["a", "a.b", "a.b.c", "a.d", "a.d.e"]
    assert module_patterns(["a.b", "a.b.c", "a.d.e"], known) == ["a.b", "a.b.*", "a.d.*"]


def test_methods_of_one_path_are_joined_and_any_method_wins() -> None:
    def route(methods: tuple[str, ...] | None, path: str) -> Route:
        return Route(f"{methods} {path}", "flask", methods, path, "a:b", "a")

    patterns = route_patterns([route(("POST",), "/x"), route(("GET",), "/x"), route(None, "/y/{}")])
    assert patterns == [{"path": "/x", "methods": ["GET", "POST"]}, "/y/*"]
