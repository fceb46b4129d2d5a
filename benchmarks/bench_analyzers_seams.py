"""Seams and report of a program as large as one of a million lines: seconds and bytes against their limits.

Usage: python benchmarks/bench_analyzers_seams.py [ANALYSIS.json]

Without a document the program is made up: 5,000 modules in 60 domains, 40,000 imports and 60,000 calls, of which a
fifth cross domains. Measured are the processor time of the proposal, the size of the page, when it answers in a real
browser (if Chromium and playwright are here), and the time of one what-if.
"""

from __future__ import annotations

import dataclasses
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from figures import Figure, not_run, report, status

from strangler.analysis import Analysis, Call, Edge, Evidence, Function, Model, Module, Table, load
from strangler_analyzers import SeamOptions, WhatIf, propose, render

DOMAINS, SIZE = 60, 84
IMPORTS, CALLS = 40_000, 60_000


def program() -> Analysis:
    """The same program each time."""
    dice = random.Random(3)
    names = [f"big.domain{one:02}.part{two:03}" for one in range(DOMAINS) for two in range(SIZE)]
    paths = {name: name.replace(".", "/") + ".py" for name in names}

    def pair() -> tuple[str, str]:
        source = dice.randrange(len(names))
        near = source // SIZE * SIZE + dice.randrange(SIZE)
        return names[source], names[near if dice.random() < 0.8 else dice.randrange(len(names))]

    imports = {pair() for _ in range(IMPORTS)}
    edges = tuple(Edge(a, b, "import", evidence=(Evidence(paths[a], 3),)) for a, b in sorted(imports) if a != b)
    called = [pair() for _ in range(CALLS)]
    calls = tuple(Call(f"{a}:work", f"{b}:work", (Evidence(paths[a], 9),)) for a, b in called)
    functions = tuple(Function(f"{name}:work", paths[name], 5, 20, "function") for name in names)
    homes = [f"big.domain{one:02}.part000" for one in range(DOMAINS)]
    nouns = [f"Thing{chr(97 + one // 26)}{chr(97 + one % 26)}" for one in range(DOMAINS)]
    models = tuple(Model(f"{home}:{noun}", "django", home) for home, noun in zip(homes, nouns, strict=True))
    tables = tuple(Table(f"thing{one:02}", model.cls, model.module) for one, model in enumerate(models))
    modules = tuple(Module(name, paths[name], loc=200) for name in names)
    return Analysis(
        version="0",
        packages=("big",),
        modules=modules,
        edges=edges,
        calls=calls,
        functions=functions,
        models=models,
        tables=tables,
    )


def main() -> None:
    """Measure once."""
    analysis = bare(load(Path(sys.argv[1]))) if len(sys.argv) > 1 else program()
    started = time.process_time()
    proposed = propose(analysis, SeamOptions())
    took = time.process_time() - started
    print(f"{len(analysis.modules)} modules, {len(analysis.edges)} dependencies, {len(proposed.seams)} seams")
    page = render(proposed, "html")
    question = WhatIf(proposed)
    started = time.perf_counter()
    question.move([proposed.seams[0].modules[0]], proposed.seams[1].id)
    asked = (time.perf_counter() - started) * 1000
    size = len(page.encode()) / 1e6
    report(
        Figure("seams", "proposals of a million lines after facts", took, "CPU-s", floor=20, target=10),
        Figure("seams", "the HTML report of a million lines", size, "MB", floor=8, target=5),
        Figure("seams", "one what-if", asked, "ms", target=100),
    )
    opened(page)


def bare(analysis: Analysis) -> Analysis:
    """The document without what a proposal added to it."""
    return dataclasses.replace(analysis, seams=(), shared=(), findings=())


def opened(page: str) -> None:
    """When the page answers, counted from its first byte; the best of three."""
    chromium = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        not_run(
            "seams", "the report, interactive in a real browser: needs Chromium and playwright (.ci/steps/41-seams)"
        )
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        path = Path(folder) / "report.html"
        path.write_text(page, encoding="utf-8")
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        seconds = min(ready(browser, path.as_uri()) for _ in range(3))
        browser.close()
    report(Figure("seams", "the report, interactive in a real browser", seconds, "s", floor=4, target=2))


def ready(browser: Any, address: str) -> float:
    """Seconds until the page says that it is drawn and listens."""
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")
    milliseconds: float = page.evaluate("performance.now()")
    page.close()
    return milliseconds / 1000


if __name__ == "__main__":
    main()
    sys.exit(status())
