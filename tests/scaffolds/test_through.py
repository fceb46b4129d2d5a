from __future__ import annotations

import dataclasses

import pytest
import small

import strangler_scaffolds as scaffolds
from strangler.analysis import Analysis, Call, Edge, Evidence, Module, State
from strangler_scaffolds.extract import extract_service
from strangler_scaffolds.sources import Sources
from strangler_scaffolds.through import clients_used, is_client, through_clients

CLIENT = "shop.service_clients.stock"


def called_through_the_client() -> Analysis:
    """As analysed after an extraction: the caller imports the client, which has all names of the module behind it."""
    document = small.analysis()
    edges = [
        Edge(edge.source, f"{CLIENT}.service", "import", scope=("module",), evidence=edge.evidence)
        if (edge.source, edge.target) == ("shop.orders.service", "shop.stock.service")
        else edge
        for edge in document.edges
    ]
    edges.append(Edge(f"{CLIENT}.service", "shop.stock.service", "import", scope=("module",)))
    edges.append(Edge("shop.orders.api", f"{CLIENT}._binding", "import", scope=("module",)))
    path = "shop/service_clients/stock"
    clients = [Module(CLIENT, f"{path}/__init__.py", True), Module(f"{CLIENT}.service", f"{path}/service.py")]
    clients += [Module(f"{CLIENT}._runtime.state", f"{path}/_runtime/state.py")]
    return dataclasses.replace(
        document,
        modules=(*document.modules, *clients),
        edges=tuple(edges),
        calls=(*document.calls, Call(f"{CLIENT}.service:x", "shop.stock.service:level")),
        state=(State("s", f"{CLIENT}._runtime.state", "s", "dict"),),
    )


def test_who_imports_a_client_imports_what_it_stands_for() -> None:
    seen = through_clients(called_through_the_client())
    assert ("shop.orders.service", "shop.stock.service") in {(edge.source, edge.target) for edge in seen.edges}
    everything = [m.name for m in seen.modules] + [c.caller for c in seen.calls] + [s.module for s in seen.state]
    everything += [name for edge in seen.edges for name in (edge.source, edge.target)]
    assert not any(is_client(name.partition(":")[0]) for name in everything)


def test_a_monolith_without_clients_is_left_as_it_is() -> None:
    document = small.analysis()
    assert through_clients(document) is document


def test_symbols_follow() -> None:
    evidence = (Evidence("shop/orders/service.py", 2, symbol=f"{CLIENT}.service:level"),)
    document = called_through_the_client()
    edge = Edge("shop.orders.api", f"{CLIENT}.service", "import", evidence=evidence)
    seen = through_clients(dataclasses.replace(document, edges=(*document.edges, edge)))
    assert "shop.stock.service:level" in {site.symbol for edge in seen.edges for site in edge.evidence}


def test_it_is_known_who_uses_which_client() -> None:
    assert clients_used(called_through_the_client()) == {
        "shop.orders.service": {CLIENT},
        "shop.orders.api": {CLIENT},
    }


@pytest.mark.parametrize("analysis", [small.analysis, called_through_the_client])
def test_crossings_are_the_same_before_and_after(analysis) -> None:  # type: ignore[no-untyped-def]
    found = scaffolds.crossings(analysis(), small.plan(), "stock")
    assert [(c.rule.name, c.finding.location.line) for c in found if c.finding.location] == [
        (c.rule.name, c.finding.location.line)
        for c in scaffolds.crossings(small.analysis(), small.plan(), "stock")
        if c.finding.location
    ]


def test_the_next_service_takes_the_clients_along_that_its_code_calls_through(tmp_path) -> None:  # type: ignore[no-untyped-def]
    root = small.lay_out(tmp_path)
    scaffolds.write(scaffolds.extract(small.analysis(), small.plan(), "stock", root), root, tmp_path / "services/stock")
    plan = small.plan(small.PLAN + "  orders:\n    modules: [shop.orders, shop.orders.*]\n")
    done = extract_service(called_through_the_client(), plan, "orders", Sources(root))
    domain = "orders_service/domain/shop"
    assert done.tree[f"{domain}/orders/service.py"] == (root / "shop/orders/service.py").read_bytes()
    for path in ("__init__.py", "stock/__init__.py", "stock/service.py", "stock/_runtime/client.py"):
        assert f"{domain}/service_clients/{path}" in done.tree
    assert done.origin["shop/service_clients/stock/service.py"] == "client"


def test_a_module_that_the_service_has_in_part_is_cut_again_as_it_was(tmp_path) -> None:  # type: ignore[no-untyped-def]
    text = small.SOURCES["shop/app.py"].replace(
        "from shop.stock import", "from shop.stock import service\nfrom shop.stock import"
    )
    text += "\n\ndef has(sku):\n    return service.level(sku) > 0\n"
    root = small.lay_out(tmp_path, {**small.SOURCES, "shop/app.py": text})
    evidence = (Evidence("shop/app.py", 4, scope="module"),)
    edge = Edge("shop.app", "shop.stock.service", "import", scope=("module",), evidence=evidence)
    analysis = dataclasses.replace(small.analysis(), edges=(*small.analysis().edges, edge))
    first = extract_service(analysis, small.plan(), "stock", Sources(root))
    scaffolds.write(first, root, tmp_path / "services/stock")
    assert b"service_clients" in (root / "shop/app.py").read_bytes()
    second = extract_service(analysis, small.plan(), "stock", Sources(root))
    path = "stock_service/domain/shop/app.py"
    assert b"def has(sku)" in first.tree[path]
    assert second.tree[path] == first.tree[path]
