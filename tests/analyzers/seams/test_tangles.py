from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from strangler.analysis import Analysis, Call, Edge, Evidence, Passed, Patch, Reference, State, TableUse, Task, Use
from strangler.model import Finding
from strangler_analyzers import Constraints, SeamOptions, propose
from strangler_analyzers.seams.tangles import RULES

PINNED = SeamOptions(constraints=Constraints(pinned={"m.order.*": "sales", "m.invoice.*": "billing"}))
HERE = (Evidence("m/invoice/service.py", 33),)


def found(analysis: Analysis, rule: str) -> list[Finding]:
    return [finding for finding in propose(analysis, PINNED).findings if finding.rule == rule]


def places(analysis: Analysis, rule: str) -> list[str]:
    return [str(finding.location) for finding in found(analysis, rule)]


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("FK-CROSS", "m/invoice/models.py:7"),
        ("CALL-LOOP", "m/invoice/service.py:20"),
        ("TXN-SPAN", "m/invoice/service.py:25"),
    ],
)
def test_what_the_shop_is_knotted_by_is_found_with_its_line(shop: Analysis, rule: str, place: str) -> None:
    assert places(shop, rule) == [place]


def test_a_key_into_a_librarys_table_names_it_and_is_said_to_be_no_seams(shop: Analysis) -> None:
    keys = (
        Reference("user", "fk", None, outside="auth.User"),
        Reference("tax", "fk", None, "taxes"),
        Reference("mystery", "fk", None),
    )
    models = tuple(
        dataclasses.replace(model, references=keys) if model.table == "invoices" else model for model in shop.models
    )
    said = [finding.message for finding in found(dataclasses.replace(shop, models=models), "FK-CROSS")]
    names = ("auth.User", "taxes", "a model that was not resolved")
    assert sorted(said) == sorted(
        f"m.invoice.models:Invoice.{key.field} points out of the analysed code, into {name}, which no seam owns"
        for key, name in zip(keys, names, strict=True)
    )


def test_many_keys_into_a_librarys_table_are_said_once(shop: Analysis) -> None:
    keys = tuple(Reference(field, "fk", None, outside="auth.User") for field in ("maker", "user"))
    models = tuple(
        dataclasses.replace(model, references=keys) if model.table == "invoices" else model for model in shop.models
    )
    (finding,) = found(dataclasses.replace(shop, models=models), "FK-CROSS")
    said = "point out of the analysed code, into auth.User, which no seam owns"
    assert (finding.message.startswith("2 keys of "), finding.message.endswith(said)) == (True, True)


def test_a_key_to_a_model_without_a_table_names_the_model(shop: Analysis) -> None:
    key = Reference("order", "fk", "m.order.models:Order")
    models = tuple(
        dataclasses.replace(model, references=(key,)) if model.table == "invoices" else model for model in shop.models
    )
    (finding,) = found(dataclasses.replace(shop, models=models), "FK-CROSS")
    assert finding.message == "m.invoice.models:Invoice.order points into m.order.models:Order of sales"


def with_edge(shop: Analysis, edge: Edge) -> Analysis:
    return dataclasses.replace(shop, edges=(*shop.edges, edge))


def test_a_ring_of_imports_is_found_where_it_is_cheapest_to_break(shop: Analysis) -> None:
    back = Edge("m.order.service", "m.invoice.service", "import", scope=("module",), evidence=(Evidence("m/o.py", 4),))
    assert places(with_edge(shop, back), "IMPORT-CYCLE")


def test_an_import_inside_a_function_is_late_and_one_at_the_top_is_not(shop: Analysis) -> None:
    late = Evidence("m/order/tasks.py", 8, scope="function")
    edge = Edge("m.order.tasks", "m.invoice.models", "import", scope=("function",), evidence=(late,))
    assert places(with_edge(shop, edge), "IMPORT-LATE") == ["m/order/tasks.py:8"]
    assert places(shop, "IMPORT-LATE") == []


def test_a_table_that_another_seam_writes_is_shared(shop: Analysis) -> None:
    tables = tuple(
        dataclasses.replace(table, writers=(TableUse("m.invoice.service", HERE),)) if table.name == "orders" else table
        for table in shop.tables
    )
    assert places(dataclasses.replace(shop, tables=tables), "TABLE-SHARED") == ["m/invoice/service.py:33"]


def test_sql_that_names_a_table_of_another_seam(shop: Analysis) -> None:
    sql = (Evidence("m/invoice/service.py", 31, scope="sql"),)
    tables = tuple(
        dataclasses.replace(table, readers=(TableUse("m.invoice.service", sql),)) if table.name == "orders" else table
        for table in shop.tables
    )
    assert places(dataclasses.replace(shop, tables=tables), "SQL-RAW") == ["m/invoice/service.py:31"]
    assert places(shop, "SQL-RAW") == []


def test_an_object_of_another_seam_that_is_changed(shop: Analysis) -> None:
    functions = tuple(
        dataclasses.replace(one, mutates=("pk",)) if one.ref == "m.order.service:find" else one
        for one in shop.functions
    )
    handing = Call("m.invoice.service:issue", "m.order.service:find", HERE, passes=(Passed("pk", "model"),))
    changed = dataclasses.replace(shop, functions=functions, calls=(*shop.calls, handing))
    assert places(changed, "OBJECT-MUTATED") == ["m/order/service.py:10"]


def test_a_base_class_in_another_seam(shop: Analysis) -> None:
    edge = Edge("m.order.models", "m.invoice.models", "inherit", evidence=(Evidence("m/order/models.py", 5),))
    assert places(with_edge(shop, edge), "INHERIT-CROSS") == ["m/order/models.py:5"]


def test_a_receiver_of_the_projects_signal_and_not_of_a_framework_hook(shop: Analysis) -> None:
    tasks = (
        Task("signal", "m.clock.ticked", "m.order.service:find", evidence=(Evidence("m/order/service.py", 2),)),
        Task("signal", "before_request", "m.order.api:show", evidence=(Evidence("m/order/api.py", 2),)),
    )
    assert places(dataclasses.replace(shop, tasks=tasks), "SIGNAL-HIDDEN") == [
        "m/order/service.py:2",
        "m/order/service.py:10",
    ]


def test_code_of_another_seam_that_is_named_by_a_string(shop: Analysis) -> None:
    site = Evidence("m/order/tasks.py", 9, scope="dynamic")
    edge = Edge("m.order.tasks", "m.invoice.tasks", "import", scope=("dynamic",), evidence=(site,))
    assert places(with_edge(shop, edge), "NAME-STRING") == ["m/order/tasks.py:9"]
    assert places(with_edge(shop, edge), "TASK-STRING") == []
    sent = dataclasses.replace(edge, kind="task", scope=())
    assert places(with_edge(shop, sent), "TASK-STRING") == ["m/order/tasks.py:9"]


def test_state_of_the_process_counts_if_something_changes_it(shop: Analysis) -> None:
    changed = State("m.clock:cache", "m.clock", "cache", "container", writers=("m.clock:f",), evidence=HERE)
    constant = State("m.clock:names", "m.clock", "names", "container", readers=("m.clock:f",), evidence=HERE)
    assert len(found(dataclasses.replace(shop, state=(changed, constant)), "STATE-MODULE")) == 1


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("catch", "EXCEPTION-CROSS"),
        ("constant", "CONSTANT-SHARED"),
        ("import", "SETTING-IMPORT"),
        ("context", "CONTEXT-IMPLICIT"),
    ],
)
def test_what_is_used_but_not_called(shop: Analysis, kind: str, rule: str) -> None:
    use = Use("m.invoice.service:issue", "m.order.service:LIMIT", kind, HERE)
    assert places(dataclasses.replace(shop, uses=(use,)), rule) == ["m/invoice/service.py:33"]


def test_a_test_that_replaces_a_name(shop: Analysis) -> None:
    patch = Patch("m.order.service:find", "tests.test_order", (Evidence("tests/test_order.py", 12),))
    assert places(dataclasses.replace(shop, patches=(patch,)), "TEST-PATCH") == ["tests/test_order.py:12"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_says_its_name_first(rule: Callable[..., object]) -> None:
    assert (rule.__doc__ or "").startswith("``")
