from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import small

import strangler_scaffolds as scaffolds
from strangler.analysis import (
    Call,
    Edge,
    Evidence,
    Model,
    Param,
    Passed,
    Patch,
    Reference,
    Route,
    Setting,
    State,
    Table,
    TableUse,
    Task,
)

SITE = (Evidence("shop/orders/service.py", 6),)
INSIDE, OUTSIDE = "shop.stock.service", "shop.orders.service"
LEVEL = "shop.stock.service:level"
ORDER = "shop.orders.service:order"


def found(**changes: Any) -> dict[str, list[str]]:
    """Rule → places, for the small monolith with ``changes`` to its document."""
    document = dataclasses.replace(small.analysis(), **changes)
    crossings = scaffolds.crossings(document, small.plan(), "stock")
    places: dict[str, list[str]] = {}
    for crossing in crossings:
        places.setdefault(crossing.rule.name, []).append(str(crossing.location))
    return places


def call(**fields: Any) -> tuple[Call, ...]:
    return (dataclasses.replace(Call(ORDER, LEVEL, SITE), **fields),)


def function(ref: str = LEVEL, **fields: Any) -> tuple[Any, ...]:
    functions = {f.ref: f for f in small.analysis().functions}
    return tuple({**functions, ref: dataclasses.replace(functions[ref], **fields)}.values())


def edge(source: str, target: str, kind: str, **fields: Any) -> tuple[Edge, ...]:
    return (*small.analysis().edges, Edge(source, target, kind, evidence=(Evidence("shop/x.py", 3, **fields),)))


def table(owner: str, **uses: Any) -> tuple[Table, ...]:
    return (Table("levels", None, owner, **uses),)


def model(cls: str, target: str) -> tuple[Model, ...]:
    module = cls.partition(":")[0]
    reference = Reference("sku", "fk", target, "x")
    return (Model(cls, "sqlalchemy", module, table="t", references=(reference,), evidence=(Evidence("shop/x.py", 9),)),)


CASES: list[tuple[str, dict[str, Any]]] = [
    ("CALL", {}),
    ("IMPORT", {}),
    ("IMPORT-ROUTES", {}),
    ("LIBRARY", {}),
    ("CALL-LOOP", {}),
    ("CALL-ASYNC", {"functions": function(is_async=True)}),
    ("CALL-VARIADIC", {"functions": function(params=(dataclasses.replace(small.AT, kind="var_keyword"),))}),
    ("RESULT-ITERATOR", {"functions": function(is_generator=True)}),
    ("RESULT-ITERATOR", {"functions": function(returns="models.QuerySet[Level] | None")}),
    ("ARG-MUTATED", {"functions": function(mutates=("sku",))}),
    ("ARG-CALLABLE", {"calls": call(passes=(Passed("sku", "callable"),))}),
    ("ARG-ITERATOR", {"calls": call(passes=(Passed("sku", "iterator"),))}),
    ("ARG-MODEL", {"calls": call(passes=(Passed("sku", "model"),))}),
    ("ARG-REQUEST", {"calls": call(passes=(Passed("sku", "request"),))}),
    ("ARG-SESSION", {"calls": call(passes=(Passed("sku", "session"),))}),
    ("ARG-MODEL-MUTATED", {"calls": call(passes=(Passed("sku", "model"),)), "functions": function(mutates=("sku",))}),
    ("TXN-SPAN", {"calls": call(in_transaction="t"), "functions": function(writes=("levels",))}),
    ("TXN-READ", {"calls": call(in_transaction="t")}),
    ("CALL-BACK", {"calls": (Call(LEVEL, ORDER, SITE),)}),
    ("IMPORT-OUT", {"edges": edge(INSIDE, "shop.orders.models", "import", scope="module")}),
    ("IMPORT-OUT-LATER", {"edges": edge(INSIDE, "shop.orders.models", "import", scope="function")}),
    ("IMPORT-STAR", {"edges": edge(OUTSIDE, INSIDE, "import", symbol="*")}),
    ("IMPORT-DYNAMIC", {"edges": edge(OUTSIDE, INSIDE, "import", scope="dynamic")}),
    ("IMPORT-LOADED", {"edges": edge(OUTSIDE, INSIDE, "import", scope="dynamic", symbol=LEVEL)}),
    ("IMPORT-KEPT", {"edges": edge(OUTSIDE, "shop.stock", "import", scope="module")}),
    ("INHERIT-OUT", {"edges": edge(INSIDE, OUTSIDE, "inherit")}),
    ("INHERIT-IN", {"edges": edge(OUTSIDE, INSIDE, "inherit")}),
    ("DATA-READ-IN", {"tables": table(INSIDE, readers=(TableUse(OUTSIDE, SITE),))}),
    ("DATA-WRITE-IN", {"tables": table(INSIDE, writers=(TableUse(OUTSIDE, SITE),))}),
    ("DATA-READ-OUT", {"tables": table(OUTSIDE, readers=(TableUse(INSIDE, SITE),))}),
    ("DATA-WRITE-OUT", {"tables": table(OUTSIDE, writers=(TableUse(INSIDE, SITE),))}),
    ("FK-IN", {"models": model(f"{OUTSIDE}:Line", f"{INSIDE}:Level")}),
    ("FK-OUT", {"models": model(f"{INSIDE}:Level", f"{OUTSIDE}:Line")}),
    (
        "RESULT-MODEL",
        {"models": model(f"{INSIDE}:Level", f"{INSIDE}:Level"), "functions": function(returns="list[Level]")},
    ),
    ("STATE-SPLIT", {"state": (State("s", INSIDE, "S", "container", (), (LEVEL, ORDER), SITE),)}),
    ("STATE-READ", {"state": (State("s", INSIDE, "S", "container", (ORDER,), (LEVEL,), SITE),)}),
    ("TASK-IN", {"edges": edge(OUTSIDE, INSIDE, "task")}),
    ("TASK-OUT", {"edges": edge(INSIDE, OUTSIDE, "task")}),
    ("SIGNAL-IN", {"tasks": (Task("signal", f"{OUTSIDE}.placed", LEVEL, evidence=SITE),)}),
    ("SIGNAL-OUT", {"tasks": (Task("signal", f"{INSIDE}.emptied", ORDER, evidence=SITE),)}),
    ("PATCH-PROD", {"patches": (Patch(LEVEL, OUTSIDE, SITE),)}),
    ("SETTING", {"settings": (Setting("SKU", "env", (LEVEL,), (Evidence("shop/stock/service.py", 1),)),)}),
]


@pytest.mark.parametrize(("rule", "changes"), CASES, ids=[name for name, _ in CASES])
def test_each_kind_of_crossing_is_found(rule: str, changes: dict[str, Any]) -> None:
    without = scaffolds.crossings(small.analysis(), small.plan(), "stock")
    assert rule in found(**changes)
    if changes:
        assert rule not in {crossing.rule.name for crossing in without}


def test_a_text_that_says_the_whole_name_is_pointed_at_the_client() -> None:
    named = edge(OUTSIDE, INSIDE, "import", scope="dynamic", symbol=LEVEL, text="shop.stock.service.level")
    assert found(edges=named)["IMPORT"] == ["shop/orders/service.py:2", "shop/x.py:3"]
    with_colon = edge(OUTSIDE, INSIDE, "import", scope="dynamic", symbol=LEVEL, text=LEVEL)
    assert found(edges=with_colon)["IMPORT-LOADED"] == ["shop/x.py:3"]


@pytest.mark.parametrize(
    ("default", "passes", "expected"),
    [
        (None, (), True),  # there is no way of calling it without
        ("None", (), False),
        ("None", (Passed("request", "unknown"),), True),
        ("None", (Passed("request", "plain"),), False),
    ],
)
def test_a_request_that_may_be_left_out_is_refused_where_it_is_handed_over(
    default: str | None, passes: tuple[Passed, ...], expected: bool
) -> None:
    request = Param("request", "positional_or_keyword", default=default)
    document = {"functions": function(params=(request,)), "calls": call(passes=passes)}
    assert ("ARG-REQUEST" in found(**document)) is expected


@pytest.mark.parametrize(("file", "expected"), [(SITE[0].path, False), ("shop/elsewhere.py", True)])
def test_a_file_that_registers_a_view_of_the_seam_passes_no_request_to_it(file: str, expected: bool) -> None:
    document: dict[str, Any] = {
        "functions": function(params=(Param("request", "positional_or_keyword"),)),
        "calls": call(evidence=(dataclasses.replace(SITE[0], symbol="reference"),)),
        "routes": (Route("r", "django", None, "/level", LEVEL, INSIDE, evidence=(Evidence(file, 6),)),),
    }
    assert ("ARG-REQUEST" in found(**document)) is expected


@pytest.mark.parametrize(
    ("decorators", "site", "rule"),
    [
        (("cache.memoize(timeout=60)",), "reference", "CALL-CACHED"),
        (("cache.memoize(timeout=60)",), None, "CALL"),
        (("functools.lru_cache",), "reference", "CALL-CACHED"),
        (("measured",), "reference", "CALL"),
    ],
)
def test_a_function_that_keeps_its_results_is_not_handed_on(
    decorators: tuple[str, ...], site: str | None, rule: str
) -> None:
    handed = call(evidence=(dataclasses.replace(SITE[0], symbol=site),))
    rules = set(found(functions=function(decorators=decorators), calls=handed))
    assert rules & {"CALL", "CALL-CACHED"} == {rule}


def test_a_store_of_its_own_makes_every_shared_table_a_refusal() -> None:
    document = dataclasses.replace(small.analysis(), tables=table(INSIDE, readers=(TableUse(OUTSIDE, SITE),)))
    own = small.plan(small.PLAN + "    store: own\n")
    rules = {c.rule.name: c.verdict for c in scaffolds.crossings(document, own, "stock")}
    assert rules["DATA-SPLIT"] is scaffolds.Verdict.REFUSE


def test_what_only_annotations_import_is_no_crossing() -> None:
    late = Edge(OUTSIDE, "shop.stock", "import", scope=("type_checking",), evidence=SITE)
    assert "IMPORT-KEPT" not in found(edges=(*small.analysis().edges, late))


def test_every_rule_says_what_it_is_and_how_to_mend_it() -> None:
    for rule in scaffolds.RULES.values():
        assert rule.title and rule.fix and rule.name == rule.name.upper()
