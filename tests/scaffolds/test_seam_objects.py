from __future__ import annotations

import dataclasses
import importlib
import sys
from pathlib import Path

import small

from strangler.analysis import Analysis, Call, Edge, Evidence, Function, Param, Passed
from strangler_scaffolds import crossings
from strangler_scaffolds.entries import CallGraph
from strangler_scaffolds.extract import extract_service
from strangler_scaffolds.sources import Sources
from strangler_scaffolds.territory import survey

SERVICE = "shop/stock/service.py"
SITE = (Evidence("shop/orders/service.py", 6),)
SELF = Param("self", "positional_or_keyword")
SOURCES = {
    **small.SOURCES,
    SERVICE: small.SOURCES[SERVICE] + "\n\nclass Shelf:\n    def __init__(self, room):\n        self.room = room\n"
    "\n    def put(self, sku: str) -> None:\n        self.room.append(sku)\n\n    def all(self):\n        yield 1\n",
    "shop/orders/service.py": "KINDS = {'shelf': 'shop.stock.service.Shelf'}\n",
}


def document(*, passes: tuple[Passed, ...] = (), called: tuple[str, ...] = ("put",)) -> Analysis:
    found = small.analysis()
    sku = Param("sku", "positional_or_keyword", "str")
    functions = [
        Function("shop.stock.service:Shelf", SERVICE, 14, 20, "class"),
        Function("shop.stock.service:Shelf.put", SERVICE, 17, 18, "method", (SELF, sku), "None"),
        Function("shop.stock.service:Shelf.all", SERVICE, 20, 21, "method", (SELF,), is_generator=True),
    ]
    calls = [Call("shop.orders.service:order", "shop.stock.service:Shelf", SITE, passes=passes)]
    calls += [Call("shop.orders.service:order", f"shop.stock.service:Shelf.{name}", SITE) for name in called]
    text = Edge(
        "shop.orders.service", "shop.stock.service", "import", scope=("dynamic",),
        evidence=(Evidence("shop/orders/service.py", 1, scope="dynamic", symbol="shop.stock.service:Shelf"),),
    )  # fmt: skip
    return dataclasses.replace(
        found,
        functions=(*found.functions, *functions),
        calls=tuple(calls),
        edges=(*found.edges, text),
    )


def rules(made: Analysis) -> set[str]:
    return {c.rule.name for c in crossings(made, small.plan(), "stock")}


def test_a_method_that_is_called_outside_is_an_entry_and_may_change_its_object() -> None:
    (entry,) = CallGraph(survey(document(), small.plan(), "stock")).entries
    assert (entry.ref, entry.kind, entry.mutates) == ("shop.stock.service:Shelf.put", "command", ("self",))
    assert "CLASS-OBJECT" in rules(document()) and "CLASS-STATEFUL" not in rules(document())


def test_a_generator_of_an_object_is_refused_beside_what_can_cross() -> None:
    found = rules(document(called=("put", "all")))
    assert {"CLASS-OBJECT", "CALL"} <= found
    assert rules(document(called=("all",))) & {"CLASS-OBJECT", "CLASS-STATEFUL"} == {"CLASS-STATEFUL"}


def test_an_object_made_with_what_cannot_cross_is_refused() -> None:
    assert "CLASS-STATEFUL" in rules(document(passes=(Passed("room", "session"),)))


def test_the_class_of_the_client_has_the_members_and_sends_the_methods(tmp_path: Path) -> None:
    sources = Sources(small.lay_out(tmp_path, SOURCES))
    extraction = extract_service(document(), small.plan(), "stock", sources)
    changed = {edit.path: edit.after.decode() for edit in extraction.edits}
    assert "'shop.service_clients.stock.service.Shelf'" in changed["shop/orders/service.py"]
    for path, text in changed.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    sys.path.insert(0, str(tmp_path))
    try:
        shelf = importlib.import_module("shop.service_clients.stock.service").Shelf([])
        original = importlib.import_module("shop.stock.service").Shelf
        seen: list[str] = []
        client = importlib.import_module("shop.service_clients.stock._binding").client
        client.hooks.append(lambda _, call, run: (seen.append(call.ref), run())[1])
        shelf.put("a")
        assert (shelf.room, seen, isinstance(shelf, original)) == (["a"], ["shop.stock.service:Shelf.put"], True)
        copied = client.codec.loads(client.codec.dumps(shelf))
        assert (type(copied), copied.room) == (original, ["a"])
    finally:
        sys.path.remove(str(tmp_path))
        for name in [name for name in sys.modules if name.partition(".")[0] == "shop"]:
            del sys.modules[name]
