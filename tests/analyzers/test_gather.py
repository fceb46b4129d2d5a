from __future__ import annotations

from strangler_analyzers.analyze import look
from strangler_analyzers.gather import Gathering
from strangler_analyzers.options import Options


def test_workers_give_the_same_facts_as_one_process(write, monkeypatch) -> None:
    root = write({f"m{n}.py": f"def f{n}(): ...\n" for n in range(20)})
    found = look(root, Options())
    alone = Gathering(*found, Options(processes=1)).all()
    monkeypatch.setattr("strangler_analyzers.gather._WORTH_WORKERS", 0)
    assert Gathering(*found, Options(processes=2)).all() == alone


def test_a_source_has_the_hash_of_its_bytes(write) -> None:
    root = write({"a.py": "x = 1\n", "b.py": "x = 1\n", "c.py": "x = 2\n"})
    first, same, other = Gathering(*look(root, Options()), Options(processes=1)).all()
    assert first.sha256 == same.sha256 != other.sha256


def test_a_file_that_changes_after_it_was_hashed_counts_as_it_is(write) -> None:
    root = write({"a.py": "x = 1\n"})
    found = look(root, Options())
    write({"a.py": "import y\n"})
    (one,) = Gathering(*found, Options(processes=1)).all()
    assert one.facts.imports
    assert one.sha256 == look(root, Options()).digests["a.py"]


def test_a_file_that_vanishes_after_it_was_hashed_is_unreadable(write) -> None:
    root = write({"a.py": "x = 1\n", "b.py": ""})
    found = look(root, Options())
    (root / "a.py").unlink()
    first, _ = Gathering(*found, Options(processes=1)).all()
    assert first.facts.problems == (("unreadable", "cannot be read", 0),)
