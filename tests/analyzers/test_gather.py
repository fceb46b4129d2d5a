from __future__ import annotations

from strangler_analyzers.gather import gather
from strangler_analyzers.options import Options
from strangler_analyzers.sources import discover


def test_workers_give_the_same_facts_as_one_process(write, monkeypatch) -> None:
    root = write({f"m{n}.py": f"def f{n}(): ...\n" for n in range(20)})
    tree = discover(root, Options())
    alone = gather(tree, Options(processes=1))
    monkeypatch.setattr("strangler_analyzers.gather._WORTH_WORKERS", 0)
    assert gather(tree, Options(processes=2)) == alone


def test_a_source_has_the_hash_of_its_bytes(write) -> None:
    root = write({"a.py": "x = 1\n", "b.py": "x = 1\n", "c.py": "x = 2\n"})
    first, same, other = gather(discover(root, Options()), Options(processes=1))
    assert first.sha256 == same.sha256 != other.sha256
