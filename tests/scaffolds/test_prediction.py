from __future__ import annotations

import dataclasses

from strangler.analysis import Analysis, Call, Evidence, Route
from strangler_scaffolds.entries import CallGraph
from strangler_scaffolds.prediction import Added, predict
from strangler_scaffolds.territory import survey
from tests.scaffolds.small import analysis, plan

HANDLER = "shop.orders.api:orders"
ORDER = "shop.orders.service:order"
LEVEL = "shop.stock.service:level"


def predicted(*calls: Call) -> list[Added]:
    route = Route("GET /orders", "flask", ("GET",), "/orders", HANDLER, "shop.orders.api")
    document: Analysis = dataclasses.replace(analysis(), routes=(route, *analysis().routes), calls=calls)
    territory = survey(document, plan(), "stock")
    return predict(territory, CallGraph(territory))


def at(*lines: int) -> tuple[Evidence, ...]:
    return tuple(Evidence("shop/orders/service.py", line) for line in lines)


def test_a_request_that_never_reaches_the_seam_costs_nothing_more() -> None:
    assert predicted(Call(HANDLER, ORDER, at(1))) == []


def test_each_call_site_on_the_way_counts() -> None:
    calls = (Call(HANDLER, ORDER, at(1, 2)), Call(ORDER, LEVEL, at(3)))
    assert predicted(*calls) == [Added("GET /orders", HANDLER, 2, 0, (LEVEL,))]


def test_a_loop_anywhere_on_the_way_makes_it_one_per_item() -> None:
    (inner,) = predicted(Call(HANDLER, ORDER, at(1)), Call(ORDER, LEVEL, at(3), in_loop=True))
    (outer,) = predicted(Call(HANDLER, ORDER, at(1), in_loop=True), Call(ORDER, LEVEL, at(3)))
    assert (inner.calls, inner.per_item) == (outer.calls, outer.per_item) == (0, 1)
    assert inner.milliseconds(items=40, round_trip=0.5) == 20


def test_functions_that_call_each_other_end() -> None:
    calls = (Call(HANDLER, ORDER, at(1)), Call(ORDER, HANDLER, at(2)), Call(ORDER, LEVEL, at(3)))
    assert predicted(*calls)[0].calls == 1


def test_what_the_seam_does_within_itself_is_free() -> None:
    assert predicted(Call(HANDLER, ORDER, at(1)), Call("shop.stock.api:level", LEVEL, at(9))) == []
