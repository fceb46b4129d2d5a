"""The HTML report as a reader meets it: opened from disk in Chromium, used by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from strangler.analysis import Analysis, Call, Edge, Evidence, Function, Module, Table, TableUse
from strangler_analyzers import Constraints, SeamOptions, propose, render

pytestmark = pytest.mark.real


def program(domains: int, size: int) -> Analysis:
    """``domains`` packages of ``size`` modules each; a module uses the next one, and its like in the next domain."""
    names = [f"big.domain{one:03}.part{two:03}" for one in range(domains) for two in range(size)]
    modules = tuple(Module(name, name.replace(".", "/") + ".py") for name in names)

    def edge(source: str, target: str, kind: str, line: int) -> Edge:
        return Edge(source, target, kind, evidence=(Evidence(source.replace(".", "/") + ".py", line),))

    edges = []
    for place, name in enumerate(names):
        following = place + 1 if (place + 1) % size else place + 1 - size
        edges.append(edge(name, names[following], "import", 3))
        edges.append(edge(name, names[(place + size) % len(names)], "call", 7))
    tables = (
        Table("ledger", None, names[0], writers=(TableUse(names[size], (Evidence("x.py", 41),)),)),
        Table("<b>odd</b>", None, names[1]),
    )
    functions = (Function(f"{names[0]}:open", modules[0].path, 5, 9, "function"),)
    calls = (Call(f"{names[size]}:f", f"{names[0]}:open", (Evidence(modules[size].path, 12),)),)
    analysis = Analysis(
        version="1",
        packages=("big",),
        modules=modules,
        edges=tuple(edges),
        tables=tables,
        functions=functions,
        calls=calls,
    )
    pinned = {f"big.domain{one:03}.*": f"domain-{one:03}" for one in range(domains)}
    return propose(analysis, SeamOptions(constraints=Constraints(pinned=pinned)))


@pytest.fixture(scope="module")
def small_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(program(6, 8), "html"), encoding="utf-8")
    return path


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Any, small_page: Path) -> Iterator[Any]:
    """The page in both schemes; a word on the console, or a request beyond the file, fails the test."""
    opened = browser.new_page(color_scheme=request.param, viewport={"width": 1400, "height": 850})
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda asked: None if asked.url.startswith("file:") else complaints.append(asked.url))
    opened.goto(small_page.as_uri())
    opened.wait_for_selector("html[data-ready]", state="attached")
    yield opened
    assert complaints == []
    opened.close()


def panel(page: Any) -> str:
    return str(page.inner_text("#panel"))


def test_every_view_opens_by_its_key_and_is_marked(page: Any) -> None:
    for key, name in enumerate(("Map", "Matrix", "Order", "Tables", "Findings"), 1):
        page.keyboard.press(str(key))
        assert page.inner_text('[role=tab][aria-selected="true"]') == name
        assert page.query_selector("#view > *") is not None


def test_a_seam_opens_down_to_its_lines(page: Any) -> None:
    page.keyboard.press("3")
    page.click("text=domain-000")
    assert "strangler plan accept domain-000" in panel(page)
    page.click("summary:has-text('Contract')")
    assert "big/domain001/part000.py:12" in panel(page)


def test_a_cell_of_the_matrix_opens_its_edges(page: Any) -> None:
    page.keyboard.press("2")
    page.click(".matrix td button >> nth=0")
    assert ".py:7" in panel(page)


def test_the_matrix_is_walked_with_arrow_keys(page: Any) -> None:
    page.keyboard.press("2")
    page.focus(".matrix td button[tabindex='0']")
    before = page.evaluate("document.activeElement.title")
    page.keyboard.press("ArrowDown")
    below = page.evaluate("document.activeElement.title")
    assert "uses" in below
    assert below != before
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.title") != below
    page.keyboard.press("Enter")
    assert "uses" in panel(page)


def test_search_finds_by_keyboard_and_shows_names_as_text(page: Any) -> None:
    page.keyboard.press("/")
    page.keyboard.type("odd")
    page.keyboard.press("Enter")
    assert "<b>odd</b>" in panel(page)
    assert page.evaluate("document.activeElement.id") == "panel"


def test_n_and_p_go_from_seam_to_seam_on_the_map(page: Any) -> None:
    page.keyboard.press("1")
    page.keyboard.press("n")
    first = page.inner_text("#panel h2")
    page.keyboard.press("n")
    assert page.inner_text("#panel h2") != first
    page.keyboard.press("p")
    assert page.inner_text("#panel h2") == first


def test_the_map_zooms_and_moves_by_keyboard_and_wheel(page: Any) -> None:
    page.focus("canvas")
    before = page.locator("canvas").screenshot()
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    nearer = page.locator("canvas").screenshot()
    assert nearer != before
    page.mouse.move(400, 400)
    page.mouse.wheel(0, 300)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.locator("canvas").screenshot() != nearer


def test_a_kind_that_is_filtered_out_leaves_the_matrix(page: Any) -> None:
    page.keyboard.press("2")
    assert page.query_selector(".matrix td button") is not None
    page.uncheck("#kinds label:has-text('call') input")
    assert page.query_selector(".matrix td button") is None


def test_the_theme_is_switched_by_key(page: Any) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    page.keyboard.press("t")
    assert page.evaluate(ground) != before


def test_a_narrow_screen_shows_all_without_sideways_scrolling(page: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_five_thousand_modules_open_and_zoom(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "large.html"
    path.write_text(render(program(50, 100), "html"), encoding="utf-8")
    opened = browser.new_page(viewport={"width": 1400, "height": 850})
    opened.goto(path.as_uri())
    opened.wait_for_selector("html[data-ready]", state="attached")
    frames = opened.evaluate(
        """() => new Promise(done => {
            const canvas = document.querySelector("canvas"); canvas.focus(); let drawn = 0;
            const step = () => { canvas.dispatchEvent(new KeyboardEvent("keydown", {key: drawn % 2 ? "+" : "-"}));
                if (++drawn === 20) done(drawn); else requestAnimationFrame(step); };
            step(); })"""
    )
    assert frames == 20
    assert "5000 modules" in opened.inner_text("#counts")
    opened.close()
