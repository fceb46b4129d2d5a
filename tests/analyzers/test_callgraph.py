from __future__ import annotations

from strangler_analyzers import Options, call_graph


def test_names_are_those_pycg_made_common(write) -> None:
    root = write({"main.py": "from ext import Thing\nf = lambda: len([])\nf()\nThing().run()\n'a'.join([])\n"})
    assert call_graph(root, Options(processes=1)) == {
        "main": ["<**PyStr**>.join", "ext.Thing", "ext.Thing.run", "main.<lambda1>"],
        "main.<lambda1>": ["<builtin>.len"],
    }
