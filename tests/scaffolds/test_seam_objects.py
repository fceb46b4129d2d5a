from __future__ import annotations

import dataclasses
import importlib
import sys
from pathlib import Path

import small

from strangler.analysis import Analysis, Call, Edge, Evidence, Framework, Function, Model, Module, Param, Passed
from strangler_scaffolds import crossings
from strangler_scaffolds.entries import CallGraph
from strangler_scaffolds.extract import extract_service
from strangler_scaffolds.sources import Sources
from strangler_scaffolds.territory import survey

SERVICE = "shop/stock/service.py"
SHELF = "shop.stock.service:Shelf"
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
        evidence=(Evidence("shop/orders/service.py", 1, None, "shop.stock.service.Shelf", SHELF, "dynamic"),),
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


def test_it_is_the_same_with_a_constructor_of_its_own() -> None:
    made = document(passes=(Passed("room", "session"),))
    calls = tuple(dataclasses.replace(c, callee=f"{SHELF}.__init__") if c.callee == SHELF else c for c in made.calls)
    functions = (*made.functions, Function(f"{SHELF}.__init__", SERVICE, 15, 16, "method", (SELF,)))
    stuck = dataclasses.replace(made, calls=calls, functions=functions)
    assert rules(stuck) & {"CLASS-OBJECT", "CLASS-STATEFUL"} == {"CLASS-STATEFUL"}
    free = dataclasses.replace(stuck, calls=tuple(dataclasses.replace(c, passes=()) for c in calls))
    assert rules(free) & {"CLASS-OBJECT", "CLASS-STATEFUL"} == {"CLASS-OBJECT"}


def test_an_orm_model_crosses_as_a_row_and_its_methods_are_refused() -> None:
    model = Model(SHELF, "django", "shop.stock.service", table="shelves")
    made = dataclasses.replace(document(), models=(model,))
    assert CallGraph(survey(made, small.plan(), "stock")).entries == ()
    assert "CLASS-STATEFUL" in rules(made) and "CLASS-OBJECT" not in rules(made)


def test_what_the_settings_name_is_made_by_the_framework() -> None:
    settings = Module("shop.settings", "shop/settings.py", roles=("settings",))
    names = Edge(
        "shop.settings", "shop.stock.service", "import", scope=("dynamic",),
        evidence=(Evidence("shop/settings.py", 1, None, "shop.stock.service.Shelf", SHELF, "dynamic"),),
    )  # fmt: skip
    made = document()
    edges = tuple(edge for edge in made.edges if "dynamic" not in edge.scope)
    calls = tuple(call for call in made.calls if call.callee != SHELF)
    by_django = dataclasses.replace(
        made, frameworks=(Framework("django"),), modules=(*made.modules, settings), edges=(*edges, names), calls=calls
    )
    assert CallGraph(survey(by_django, small.plan(), "stock")).objects.by_ref == {}


def test_a_method_that_needs_a_web_request_is_refused() -> None:
    made = document()
    request = Param("request", "positional_or_keyword")
    functions = tuple(
        dataclasses.replace(f, params=(SELF, request)) if f.ref.endswith("Shelf.put") else f for f in made.functions
    )
    found = rules(dataclasses.replace(made, functions=functions))
    assert "ARG-REQUEST" in found and "CLASS-OBJECT" not in found


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
