"""The document: each list says what the source says, with its place."""

from __future__ import annotations

import dataclasses

import pytest

from strangler.analysis import Analysis, Passed

SHOP = {
    "shop/__init__.py": "",
    "shop/config.py": "import os\n\nLIMIT = int(os.environ['SHOP_LIMIT'])\nURL = os.getenv('SHOP_URL')\n",
    "shop/cache.py": """
from collections import deque

_seen = {}
_last = deque()

def remember(key, value):
    _seen[key] = value
    _last.append(key)

def known(key):
    return _seen.get(key)
""",
    "shop/client.py": """
import requests

def ask(order):
    return requests.post("https://pay.example/charge", json=order)
""",
    "shop/orders.py": """
from shop import cache
from shop.errors import Refused

class Order:
    limit: int = 3

    @property
    def total(self) -> int:
        return 1

def place(lines, seller, *, on_done=None):
    for line in lines:
        cache.remember(line, 1)
    seller.name = "x"
    lines.append(1)
    if not lines:
        raise Refused("empty")

async def later():
    yield 1

def start():
    place([1], Order(), on_done=later)
""",
    "shop/errors.py": "class Refused(Exception): ...\n",
    "tests/test_orders.py": """
from unittest.mock import patch

def test():
    with patch("shop.orders.cache"):
        pass
""",
}


def function(analysis: Analysis, ref: str):
    return next(one for one in analysis.functions if one.ref == ref)


def test_functions_say_what_extraction_asks(look) -> None:
    analysis = look(SHOP)
    place = function(analysis, "shop.orders:place")
    assert [(param.name, param.kind, param.default) for param in place.params] == [
        ("lines", "positional_or_keyword", None),
        ("seller", "positional_or_keyword", None),
        ("on_done", "keyword_only", "None"),
    ]
    assert place.mutates == ("lines", "seller")
    assert place.raises == ("shop.errors:Refused",)
    assert place.complexity == 3
    later = function(analysis, "shop.orders:later")
    assert (later.is_async, later.is_generator) == (True, True)
    assert function(analysis, "shop.orders:Order.total").kind == "property"
    order = function(analysis, "shop.orders:Order")
    assert (order.kind, [(one.name, one.annotation, one.default) for one in order.params]) == (
        "class",
        [("limit", "int", "3")],
    )


def test_calls_say_what_they_pass_and_whether_they_loop(look) -> None:
    analysis = look(SHOP)
    calls = {(call.caller, call.callee): call for call in analysis.calls}
    loop = calls["shop.orders:place", "shop.cache:remember"]
    assert loop.in_loop
    assert loop.evidence[0].line == 14
    start = calls["shop.orders:start", "shop.orders:place"]
    assert start.passes == (Passed("lines", "plain"), Passed("seller", "plain"), Passed("on_done", "callable"))
    assert not start.in_loop


def test_state_settings_outbound_and_patches_have_their_places(look) -> None:
    analysis = look(SHOP)
    assert [(one.id, one.writers, one.readers) for one in analysis.state] == [
        ("shop.cache:_last", ("shop.cache:remember",), ("shop.cache:remember",)),
        ("shop.cache:_seen", ("shop.cache:remember",), ("shop.cache:known", "shop.cache:remember")),
    ]
    assert [(one.name, one.source, one.readers) for one in analysis.settings] == [
        ("SHOP_LIMIT", "env", ("shop.config:<module>",)),
        ("SHOP_URL", "env", ("shop.config:<module>",)),
    ]
    assert [(one.kind, one.target) for one in analysis.outbound] == [("http", "https://pay.example/charge")]
    assert [(one.target, one.module) for one in analysis.patches] == [("shop.orders:cache", "tests.test_orders")]


def test_import_edges_say_how_and_what(look) -> None:
    files = {
        "shop/__init__.py": "from shop.a import f\n",
        "shop/a.py": "def f(): ...\n",
        "shop/b.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import shop.a\n",
        "shop/c.py": "def g():\n    from shop import f\n",
    }
    edges = {(edge.source, edge.target): edge for edge in look(files).edges if edge.kind == "import"}
    assert edges["shop.b", "shop.a"].scope == ("type_checking",)
    late = edges["shop.c", "shop"]
    assert (late.scope, late.evidence[0].symbol, late.evidence[0].line) == (("function",), "shop.a:f", 2)


def test_string_references_are_inferred_import_edges(look) -> None:
    files = {
        "shop/settings.py": "INSTALLED = ['shop.orders', 'shop.orders.Nothing', 'no.such.module']\n",
        "shop/orders.py": "class Order: ...\n",
    }
    (edge,) = look(files).edges
    assert (edge.source, edge.target, edge.scope, edge.confidence) == (
        "shop.settings",
        "shop.orders",
        ("dynamic",),
        "inferred",
    )
    assert edge.evidence[0].text == "shop.orders"


def test_a_name_that_is_put_together_is_told_apart_from_one_that_a_text_says_whole(look) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/loading.py": (
            "from importlib import import_module\n\n\n"
            "def load(module, name):\n    return getattr(import_module('shop.' + module), name)\n"
        ),
        "shop/parts.py": "from shop.loading import load\n\nOrder = load('orders', 'Order')\n",
        "shop/whole.py": "ORDER = 'shop.orders.Order'\n",
        "shop/orders.py": "class Order: ...\n",
    }
    found = {
        (edge.source, site.symbol, site.text)
        for edge in look(files).edges
        if edge.target == "shop.orders"
        for site in edge.evidence
        if site.scope == "dynamic"
    }
    assert ("shop.whole", "shop.orders:Order", "shop.orders.Order") in found
    assert {text for source, _, text in found if source != "shop.whole"} == {None}


def test_tasks_named_by_text_and_routes_by_name_become_edges(look) -> None:
    files = {
        "shop/tasks.py": "from celery import shared_task\n\n\n@shared_task\ndef ship(order): ...\n",
        "shop/views.py": (
            "from flask import Flask, url_for\nfrom shop.tasks import ship\n\napp = Flask(__name__)\n\n\n"
            "@app.get('/orders')\ndef orders():\n    ship.delay(1)\n"
        ),
        "shop/mail.py": "from flask import url_for\n\n\ndef link():\n    return url_for('orders')\n",
    }
    edges = {(edge.kind, edge.source, edge.target, edge.via) for edge in look(files).edges}
    assert ("task", "shop.views", "shop.tasks", "shop.tasks.ship") in edges
    assert ("route", "shop.mail", "shop.views", "orders") in edges


def test_every_claim_has_a_place(look) -> None:
    analysis = look(SHOP)
    for name in (
        "edges",
        "calls",
        "state",
        "settings",
        "patches",
        "outbound",
        "transactions",
        "routes",
        "tasks",
        "models",
    ):
        for one in getattr(analysis, name):
            assert one.evidence, one


@pytest.mark.parametrize("name", ["modules", "functions", "routes", "tasks", "models", "tables", "edges"])
def test_lists_stand_in_their_natural_order(look, name: str) -> None:
    keys = {"modules": "name", "routes": "path", "tasks": "kind", "models": "cls", "tables": "name", "edges": "source"}
    found = [getattr(one, keys.get(name, "path")) for one in getattr(look(SHOP), name)]
    assert found == sorted(found)


def test_evidence_is_cut_but_counted(look) -> None:
    files = {"a.py": "def f(): ...\n", "b.py": "from a import f\n\n\n" + "f()\n" * 30}
    edge = next(edge for edge in look(files, max_evidence=5).edges if edge.kind == "call")
    assert (edge.weight, len(edge.evidence)) == (30, 5)


def test_the_module_level_leaves_functions_out(look) -> None:
    analysis = look(SHOP, level="module")
    assert (analysis.functions, analysis.calls) == ((), ())
    assert analysis.edges == dataclasses.replace(look(SHOP)).edges


def test_words_are_those_some_modules_share(look) -> None:
    files = {f"m{n}.py": f"order_total = {'invoiceLine' if n < 2 else 'plain'}\n" for n in range(9)}
    words = {module.name: module.words for module in look(files).modules}
    assert words["m0"] == {"invoice": 1, "line": 1}


def test_what_is_held_without_a_call_is_told(look) -> None:
    files = {
        "shop/config.py": "class Settings:\n    due = 14\n\n\nsettings = Settings()\nLIMIT = 3\n",
        "shop/errors.py": "class Refused(Exception): ...\n",
        "shop/billing.py": """
from flask import g
from shop.config import LIMIT, settings
from shop.errors import Refused

TERM = settings.due

def bill():
    try:
        return g.user, LIMIT
    except Refused:
        return None
""",
    }
    found = {(one.user, one.target, one.kind, one.evidence[0].line) for one in look(files).uses}
    assert found == {
        ("shop.billing:<module>", "shop.config:Settings.due", "import", 6),
        ("shop.billing:bill", "flask.g", "context", 10),
        ("shop.billing:bill", "shop.config:LIMIT", "constant", 10),
        ("shop.billing:bill", "shop.errors:Refused", "catch", 11),
    }


def test_settings_are_found_whatever_reads_the_environment(look) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/config.py": """
from decouple import config
from environs import FileAwareEnv
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.config import Config

class Base(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")
    host: str
    key: str = Field("x", validation_alias="SECRET_KEY")
    _own: int = 3

class Wide(Base):
    limit: int = 5

class Plain(BaseSettings):
    class Config:
        env_prefix = "plain_"
    port: int = 80

env = FileAwareEnv()
env.read_env("deploy/.env")
PAGES = env.int("PAGES", 15)
NAME = env("NAME")
DEBUG = config("DEBUG", cast=bool)
MAIL = Config(".env")("MAIL")
""",
    }
    found = {one.name: one.readers for one in look(files).settings if one.source == "env"}
    module = ("shop.config:<module>",)
    assert found == {
        "DEBUG": module,
        "MAIL": module,
        "NAME": module,
        "PAGES": module,
        "PLAIN_PORT": ("shop.config:Plain",),
        "SECRET_KEY": ("shop.config:Base",),
        "SHOP_HOST": ("shop.config:Base",),
        "SHOP_LIMIT": ("shop.config:Wide",),
    }


@pytest.mark.parametrize(
    ("source", "is_served"),
    [
        ("from aiohttp import web\n", True),
        ("import aiohttp\n\napp = aiohttp.web.Application()\n", True),
        ("import aiohttp\n\nsession = aiohttp.ClientSession()\n", False),
    ],
)
def test_a_library_that_is_used_as_a_client_is_no_framework_of_the_program(look, source: str, is_served: bool) -> None:
    assert [one.name for one in look({"shop.py": source}).frameworks] == ["aiohttp"] * is_served
