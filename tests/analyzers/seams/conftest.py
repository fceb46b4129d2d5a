from __future__ import annotations

from collections.abc import Callable

import pytest

from strangler.analysis import (
    Analysis,
    Call,
    Edge,
    Evidence,
    Function,
    Model,
    Module,
    Param,
    Reference,
    Route,
    Table,
    TableUse,
    Transaction,
)

PARTS = ("models", "service", "api", "tasks")


def place(module: str, line: int) -> Evidence:
    return Evidence(module.replace(".", "/") + ".py", line)


def using(source: str, target: str, line: int, kind: str = "import", symbol: str | None = None) -> Edge:
    where = Evidence(source.replace(".", "/") + ".py", line, symbol=symbol)
    return Edge(source, target, kind, evidence=(where,))


def domain(name: str, cls: str) -> tuple[list[Module], list[Edge]]:
    modules = [Module(f"m.{name}.{part}", f"m/{name}/{part}.py", words={name: 5}) for part in PARTS]
    chain = [(1, 0), (2, 1), (3, 1), (2, 0), (3, 0)]
    edges = [using(modules[a].name, modules[b].name, 3 + b, symbol=f"{modules[b].name}:{cls}") for a, b in chain]
    return modules, edges


@pytest.fixture
def shop() -> Analysis:
    """Two domains of four modules each, a clock that all use, one test; billing calls orders once, in a loop."""
    orders, order_edges = domain("order", "Order")
    bills, bill_edges = domain("invoice", "Invoice")
    clock = Module("m.clock", "m/clock.py")
    test = Module("tests.test_order", "tests/test_order.py", roles=("tests",))
    product = [*orders, *bills]
    edges = [*order_edges, *bill_edges, *(using(module.name, "m.clock", 1) for module in product)]
    edges += [
        using("m.invoice.service", "m.order.service", 9),
        using("m.invoice.service", "m.order.service", 20, kind="call"),
        using("tests.test_order", "m.order.service", 2),
    ]
    line = (place("m.invoice.service", 20),)
    return Analysis(
        version="1",
        packages=("m",),
        modules=tuple(sorted([*product, clock, test], key=lambda module: module.name)),
        edges=tuple(sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind))),
        routes=(
            Route("GET /orders/{pk}", "flask", ("GET",), "/orders/{pk}", "m.order.api:show", "m.order.api"),
            Route("POST /invoices", "flask", ("POST",), "/invoices", "m.invoice.api:issue", "m.invoice.api"),
        ),
        models=(
            Model("m.order.models:Order", "sqlalchemy", "m.order.models", table="orders"),
            Model(
                "m.invoice.models:Invoice",
                "sqlalchemy",
                "m.invoice.models",
                table="invoices",
                references=(Reference("order", "fk", "m.order.models:Order", "orders"),),
                evidence=(place("m.invoice.models", 7),),
            ),
        ),
        tables=(
            Table("invoices", "m.invoice.models:Invoice", "m.invoice.models"),
            Table(
                "orders",
                "m.order.models:Order",
                "m.order.models",
                readers=(TableUse("m.invoice.service", (place("m.invoice.service", 31),)),),
                writers=(TableUse("m.order.service", (place("m.order.service", 12),)),),
            ),
        ),
        functions=(
            Function("m.order.service:find", "m/order/service.py", 10, 14, "function",
                     params=(Param("pk", "positional_or_keyword", "int"),), returns="Order", reads=("orders",)),
            Function("m.order.api:show", "m/order/api.py", 5, 9, "function"),
            Function("m.invoice.service:issue", "m/invoice/service.py", 18, 40, "function", writes=("invoices",)),
            Function("m.invoice.api:issue", "m/invoice/api.py", 5, 9, "function"),
        ),
        calls=(
            Call("m.invoice.api:issue", "m.invoice.service:issue", (place("m.invoice.api", 6),)),
            Call("m.invoice.service:issue", "m.order.service:find", line, in_loop=True),
            Call("m.order.api:show", "m.order.service:find", (place("m.order.api", 6),)),
        ),
        transactions=(
            Transaction("t1", "atomic", "m.invoice.service:issue", ("invoices", "orders"),
                        (place("m.invoice.service", 25),)),
        ),
    )  # fmt: skip


@pytest.fixture
def groups_of() -> Callable[[Analysis], set[frozenset[str]]]:
    """The proposal as a set of sets of modules."""
    return lambda analysis: {frozenset(seam.modules) for seam in analysis.seams}
