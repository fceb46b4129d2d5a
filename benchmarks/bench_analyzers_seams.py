"""Seams and report of a program as large as one of a million lines: seconds and bytes against their limits.

The program is made up: 5,000 modules in 60 domains, 40,000 imports and 60,000 calls, of which a fifth cross domains.
Printed are the time of the proposal (limit 20 s), the time and size of the HTML page (limit 8 MB), and the time of one
what-if (limit 100 ms).
"""

from __future__ import annotations

import random
import time

from strangler.analysis import Analysis, Call, Edge, Evidence, Function, Model, Module, Table
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
    """Measure once and print."""
    analysis = program()
    started = time.perf_counter()
    proposed = propose(analysis, SeamOptions())
    took = time.perf_counter() - started
    size = len(analysis.modules)
    print(f"proposal of {size} modules: {took:.1f} s, {took / 20:.2f} of the limit; {len(proposed.seams)} seams")
    started = time.perf_counter()
    page = render(proposed, "html")
    size = len(page.encode()) / 1e6
    print(f"page: {time.perf_counter() - started:.1f} s, {size:.1f} MB, {size / 8:.2f} of the limit")
    question = WhatIf(proposed)
    started = time.perf_counter()
    question.move([proposed.seams[0].modules[0]], proposed.seams[1].id)
    milliseconds = (time.perf_counter() - started) * 1000
    print(f"what-if: {milliseconds:.1f} ms, {milliseconds / 100:.2f} of the limit")


if __name__ == "__main__":
    main()
