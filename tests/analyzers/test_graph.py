from __future__ import annotations

from strangler_analyzers import graph


def test_the_graph_holds_modules_and_edges_by_kind(look) -> None:
    analysis = look({"a.py": "import b\nb.f()\n", "b.py": "def f(): ...\n"})
    found = graph(analysis)
    assert sorted(found.nodes) == ["a", "b"]
    assert sorted(found["a"]["b"]) == ["call", "import"]
    assert found.nodes["a"]["path"] == "a.py"
