from __future__ import annotations

import dataclasses

import small

import strangler_scaffolds as scaffolds
from strangler.analysis import Analysis, Edge, Evidence, Module, Table
from strangler_scaffolds.crossings import Library


def leaning(*targets: tuple[str, str], scope: str = "module") -> Analysis:
    """The small monolith, with more imports (source → target); ``shop.far`` and ``shop.near`` have tables."""
    document = small.analysis()
    more = tuple(Module(name, f"{name.replace('.', '/')}.py", loc=10, roles=("models",)) for name in FAR)
    edges = tuple(
        Edge(source, target, "import", scope=(scope,), evidence=(Evidence("shop/x.py", 3, scope=scope),))
        for source, target in targets
    )
    return dataclasses.replace(
        document,
        modules=(*document.modules, *more),
        edges=(*document.edges, *edges),
        tables=(Table("far", None, "shop.far"),),
    )


FAR = ("shop.near", "shop.far")
TO_NEAR, TO_FAR = ("shop.stock.service", "shop.near"), ("shop.near", "shop.far")


def test_what_the_library_needs_in_turn_is_named_with_it() -> None:
    found = scaffolds.library_for(leaning(TO_NEAR, TO_FAR), small.plan(), "stock")
    assert found == Library(("shop.far", "shop.near"), 20, ("far",), refused=1, left=0)


def test_with_those_modules_in_the_plan_nothing_is_asked_for() -> None:
    plan = small.plan(small.PLAN + "    shared: [shop.near, shop.far]\n")
    assert scaffolds.library_for(leaning(TO_NEAR, TO_FAR), plan, "stock") is None


def test_an_import_that_only_a_function_makes_asks_for_nothing() -> None:
    assert scaffolds.library_for(leaning(TO_NEAR, scope="function"), small.plan(), "stock") is None


def test_refusals_that_no_library_answers_are_counted_as_left() -> None:
    document = leaning(TO_NEAR)
    functions = tuple(
        dataclasses.replace(one, is_generator=True) if one.ref == "shop.stock.service:level" else one
        for one in document.functions
    )
    found = scaffolds.library_for(dataclasses.replace(document, functions=functions), small.plan(), "stock")
    assert found == Library(("shop.near",), 10, (), refused=2, left=1)
