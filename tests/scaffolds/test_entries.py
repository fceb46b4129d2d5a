from __future__ import annotations

import dataclasses

import small

from strangler.analysis import Call, Evidence, Function
from strangler_scaffolds.entries import CallGraph
from strangler_scaffolds.territory import survey


def test_a_function_that_writes_down_the_line_is_a_command() -> None:
    document = small.analysis()
    save = Function("shop.stock.service:_save", "shop/stock/service.py", 20, 21, "function", writes=("levels",))
    down = Call("shop.stock.service:level", save.ref, (Evidence("shop/stock/service.py", 11),))
    document = dataclasses.replace(document, functions=(*document.functions, save), calls=(*document.calls, down))
    (entry,) = CallGraph(survey(document, small.plan(), "stock")).entries
    assert (entry.kind, entry.writes) == ("command", {"levels"})


def test_one_that_writes_nothing_is_a_query_unless_the_plan_says_otherwise() -> None:
    (entry,) = CallGraph(survey(small.analysis(), small.plan(), "stock")).entries
    assert (entry.ref, entry.kind) == ("shop.stock.service:level", "query")
    text = small.PLAN + '    calls: {"shop.stock.service:level": {kind: command, timeout_ms: 5}}\n'
    (entry,) = CallGraph(survey(small.analysis(), small.plan(text), "stock")).entries
    assert entry.kind == "command"


def test_recursion_ends() -> None:
    document = small.analysis()
    again = Call("shop.stock.service:level", "shop.stock.service:level", (Evidence("shop/stock/service.py", 11),))
    graph = CallGraph(survey(dataclasses.replace(document, calls=(*document.calls, again)), small.plan(), "stock"))
    assert [f.ref for f in graph.reached("shop.stock.service:level")] == [
        "shop.stock.service:level",
        "shop.clock:today",
    ]
