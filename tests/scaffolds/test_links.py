from __future__ import annotations

import dataclasses
import types
from typing import Any

import small
from flask import Blueprint, Flask, url_for

from strangler.analysis import Route
from strangler_scaffolds.links import Link, links_elsewhere
from strangler_scaffolds.services.tree import render
from strangler_scaffolds.territory import survey


def route(
    name: str | None, path: str, raw: str, handler: str = "shop.orders.api:orders", framework: str = "flask"
) -> Route:
    return Route(f"GET {path}", framework, ("GET",), path, handler, handler.partition(":")[0], raw, name)


ROUTES = (
    route("orders.one", "/orders/{number}/of/{who}", "/<int:number>/of/<who>"),
    route("orders.file", "/orders/{file}.{ending}", "/<path:file>.<any(pdf, txt):ending>"),
    route("orders.odd", "/orders/odd/{word}", "/odd/<ours:word>"),
    route(None, "/nameless", "/nameless"),
    route("stock.level", "/api/stock/{sku}", "/<sku>", "shop.stock.api:level"),
    route("page", "/page", "/page", framework="fastapi"),
)


def links() -> tuple[Link, ...]:
    analysis = dataclasses.replace(small.analysis(), routes=ROUTES)
    return links_elsewhere(survey(analysis, small.plan(), "stock"))


def test_links_are_those_of_views_that_stay_with_prefix_and_converters() -> None:
    assert links() == (
        Link("orders.file", "/orders/<path:file>.<any(pdf, txt):ending>", "/orders/<file>.<ending>"),
        Link("orders.odd", "/orders/odd/<ours:word>", "/orders/odd/<word>"),
        Link("orders.one", "/orders/<int:number>/of/<who>", "/orders/<number>/of/<who>"),
    )


def test_the_service_makes_the_links_and_answers_none_of_them() -> None:
    made: dict[str, Any] = {}
    service = types.SimpleNamespace(links=links())
    exec(render("flask/PACKAGE/elsewhere.py.jinja", it=service, host=None, header=""), made)
    application = Flask("stock")
    here = Blueprint("orders", __name__)
    here.add_url_rule("/mine/<word>", endpoint="odd", view_func=lambda word: word)
    application.register_blueprint(here)
    made["add_links"](application)
    with application.test_request_context():
        assert url_for("orders.one", number=7, who="me", _external=True) == "http://localhost/orders/7/of/me"
        assert url_for("orders.file", file="a/b", ending="pdf", page=2) == "/orders/a/b.pdf?page=2"
        assert url_for("orders.odd", word="x") == "/mine/x"
    client = application.test_client()
    assert (client.get("/orders/7/of/me").status_code, client.get("/mine/x").status_code) == (404, 200)


def test_a_converter_that_is_not_there_is_done_without() -> None:
    made: dict[str, Any] = {}
    exec(
        render("flask/PACKAGE/elsewhere.py.jinja", it=types.SimpleNamespace(links=links()), host=None, header=""), made
    )
    application = Flask("stock")
    made["add_links"](application)
    with application.test_request_context():
        assert url_for("orders.odd", word="x") == "/orders/odd/x"
