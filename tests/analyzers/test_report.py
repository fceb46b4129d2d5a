from __future__ import annotations

import dataclasses
import json
import re

import pytest

from strangler.analysis import Analysis, Edge, Evidence, Module
from strangler.errors import StranglerError
from strangler_analyzers import SeamOptions, propose, render
from strangler_analyzers.report.shorten import shorten

HOSTILE = "</script><script>alert(1)</script>{{script}}"


@pytest.fixture
def small() -> Analysis:
    modules = (*(Module(f"m.{name}", f"m/{name}.py") for name in "abcd"), Module("test_m", "t.py", roles=("tests",)))
    pairs = (("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"))
    edges = tuple(
        Edge(f"m.{one}", f"m.{two}", "import", evidence=(Evidence(f"m/{one}.py", 3, symbol=HOSTILE),))
        for one, two in pairs
    )
    return propose(Analysis(version="1", packages=(HOSTILE,), modules=modules, edges=edges), SeamOptions())


def data_of(page: str) -> dict[str, object]:
    mark, names = json.loads(element(page, "names"))
    text = re.sub(f"{mark}(\\w+);", lambda match: names[int(match[1], 36)], element(page, "data"))
    loaded: dict[str, object] = json.loads(text)
    return loaded


def element(page: str, name: str) -> str:
    match = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert match
    return match[1]


def test_the_page_asks_nothing_of_the_network(small: Analysis) -> None:
    page = render(small, "html")
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page)
    assert "default-src 'none'" in page


def test_names_cannot_break_out_of_the_data(small: Analysis) -> None:
    page = render(small, "html")
    assert "<script>alert(1)" not in page
    assert data_of(page)["packages"] == [HOSTILE]


def test_every_edge_keeps_its_lines(small: Analysis) -> None:
    edges = data_of(render(small, "html"))["edges"]
    assert isinstance(edges, list)
    assert [edge[4] for edge in edges] == [[3], [3], [3], [3]]


def test_names_that_come_often_are_written_once() -> None:
    text = json.dumps([f"shop.billing.invoices:total {number} shop/billing/invoices.py:7" for number in range(50)])
    mark, names, short = shorten(text)
    assert short.count("shop") == 0
    assert len(short) < len(text) / 2
    assert re.sub(f"{mark}(\\w+);", lambda match: names[int(match[1], 36)], short) == text


def test_data_that_holds_every_mark_is_left_alone() -> None:
    assert shorten("¤¦¶※⁂ shop.billing shop.billing") == ("", [], "¤¦¶※⁂ shop.billing shop.billing")


def test_the_same_analysis_gives_the_same_page(small: Analysis) -> None:
    assert render(small, "html") == render(small, "html")


def test_an_unknown_format_is_refused(small: Analysis) -> None:
    with pytest.raises(StranglerError, match="no format 'pdf'"):
        render(small, "pdf")


def test_text_mermaid_and_dot_name_every_seam(small: Analysis) -> None:
    for form in ("text", "mermaid", "dot"):
        page = render(small, form)
        assert all(seam.id in page for seam in small.seams)


def test_without_seams_the_text_says_what_to_try_next(small: Analysis) -> None:
    text = render(dataclasses.replace(small, seams=()), "text")
    assert "No seams were proposed: " in text
    assert "--size" in text
    assert "--pin" in text


def test_text_and_page_count_the_same_modules(small: Analysis) -> None:
    modules = data_of(render(small, "html"))["modules"]
    assert isinstance(modules, list)
    assert f": {len(modules)} modules (and 1 of tests and migrations), " in render(small, "text")


def test_the_title_names_what_is_analysed_and_not_its_tests(small: Analysis) -> None:
    assert "<title>m: seams</title>" in render(small, "html")
    assert render(small, "text").startswith("m: 4 modules")
