from __future__ import annotations

from strangler_analyzers.stand_ins import seen_through

CLIENT = '''\
# Written by `strangler extract`; it is written anew each time, so change the plan instead.
"""Stands in for `shop.stock.service`: its functions go where the service is."""

from ._binding import client as _client


def __getattr__(name):
    return _client.attribute("shop.stock.service", name)


@_client.entry("shop.stock.service:level")
def level(sku): ...


@_client.entry("shop.stock.service:_count")
def _count(sku): ...
'''
BINDING = "# Written by `strangler extract`; anew.\nfrom ._runtime.client import Client\nclient = Client({})\n"


def test_a_client_is_seen_as_what_it_stands_for() -> None:
    wanted = b"from shop.stock.service import *\nfrom shop.stock.service import _count\n"
    assert seen_through(CLIENT.encode()) == wanted
    assert seen_through(BINDING.encode()) == b""
    assert seen_through(b"import os\n") == b"import os\n"


def test_calls_through_a_client_are_calls_of_the_code_behind_it(look) -> None:
    analysis = look(
        {
            "shop/__init__.py": "",
            "shop/stock/__init__.py": "",
            "shop/stock/service.py": (
                "class Missing(Exception): ...\ndef level(sku): ...\ndef _count(sku): ...\ndef new(): ...\n"
            ),
            "shop/service_clients/__init__.py": "",
            "shop/service_clients/stock/__init__.py": CLIENT.replace("shop.stock.service", "shop.stock"),
            "shop/service_clients/stock/_binding.py": BINDING,
            "shop/service_clients/stock/service.py": CLIENT,
            "shop/orders.py": (
                "from shop.service_clients.stock import service as stock\n"
                "from shop.service_clients.stock.service import level\n"
                "def order():\n    try:\n        stock._count(1); level(2); stock.new()\n"
                "    except stock.Missing:\n        pass\n"
            ),
        }
    )
    called = {call.callee for call in analysis.calls if call.caller == "shop.orders:order"}
    assert called == {f"shop.stock.service:{name}" for name in ("_count", "level", "new")}
    assert ("shop.orders:order", "shop.stock.service:Missing") in {(use.user, use.target) for use in analysis.uses}
