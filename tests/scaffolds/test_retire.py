from __future__ import annotations

import dataclasses
from pathlib import Path

import small

import strangler_scaffolds as scaffolds
from strangler.analysis import Edge, Evidence


def test_every_place_that_needs_the_code_is_named() -> None:
    needs = scaffolds.still_needed(small.analysis(), small.plan(), "stock")
    assert [str(finding.location) for finding in needs] == ["shop/app.py:4", "shop/orders/service.py:2"]


def test_the_client_itself_does_not_count() -> None:
    document = small.analysis()
    client = Edge("shop.service_clients.stock.service", "shop.stock.service", "import", evidence=(Evidence("c.py", 1),))
    document = dataclasses.replace(document, edges=(document.edges[0], client))
    assert scaffolds.still_needed(document, small.plan(), "stock") == []


def test_the_seams_files_go_and_nothing_else(tmp_path: Path) -> None:
    root = small.lay_out(tmp_path)
    gone = scaffolds.retire(small.analysis(), small.plan(), "stock", root)
    assert gone == ["shop/stock/__init__.py", "shop/stock/api.py", "shop/stock/service.py"]
    left = sorted(str(path.relative_to(root)) for path in root.rglob("*.py"))
    assert left == sorted(set(small.SOURCES) - set(gone))
