from __future__ import annotations

from pathlib import Path

import pytest
import small

import strangler_scaffolds as scaffolds
from strangler.errors import StranglerError

BASE = {"a.py": b"one\ntwo\nthree\nfour\nfive\n", "gone.py": b"x\n"}


def lay_out(tmp_path: Path, **files: bytes) -> Path:
    for name, data in files.items():
        (tmp_path / name.replace("_", ".")).write_bytes(data)
    return tmp_path


def test_what_nobody_changed_here_follows_the_monolith(tmp_path: Path) -> None:
    here = lay_out(tmp_path, a_py=BASE["a.py"], gone_py=BASE["gone.py"])
    merged = scaffolds.merge(BASE, {"a.py": b"new\n", "b.py": b"more\n"}, here)
    assert (merged.tree, merged.conflicts, merged.kept) == ({"a.py": b"new\n", "b.py": b"more\n"}, (), ())


def test_what_was_changed_here_only_is_kept(tmp_path: Path) -> None:
    here = lay_out(tmp_path, a_py=b"mine\n", gone_py=BASE["gone.py"], own_py=b"own\n")
    merged = scaffolds.merge(BASE, BASE, here)
    assert merged.tree["a.py"] == b"mine\n"
    assert merged.tree["own.py"] == b"own\n"
    assert merged.kept == ("a.py", "own.py")


def test_changes_in_different_lines_are_merged(tmp_path: Path) -> None:
    here = lay_out(tmp_path, a_py=b"ONE\ntwo\nthree\nfour\nfive\n")
    merged = scaffolds.merge(BASE, {"a.py": b"one\ntwo\nthree\nfour\nFIVE\n"}, here)
    assert merged.tree["a.py"] == b"ONE\ntwo\nthree\nfour\nFIVE\n"
    assert merged.conflicts == ()


def test_changes_in_the_same_line_are_a_conflict_that_is_marked(tmp_path: Path) -> None:
    here = lay_out(tmp_path, a_py=b"mine\ntwo\nthree\nfour\nfive\n")
    merged = scaffolds.merge(BASE, {"a.py": b"theirs\ntwo\nthree\nfour\nfive\n"}, here)
    assert merged.conflicts == ("a.py",)
    assert b"<<<<<<< by-hand" in merged.tree["a.py"]


def test_an_extraction_is_the_base_of_its_update(tmp_path: Path) -> None:
    root = small.lay_out(tmp_path / "monolith")
    done = scaffolds.extract(small.analysis(), small.plan(), "stock", root)
    scaffolds.write(done, root, tmp_path / "service")
    assert scaffolds.remembered("stock", root) == dict(done.tree)
    merged = scaffolds.merge(scaffolds.remembered("stock", root), done.tree, tmp_path / "service")
    scaffolds.write_merged("stock", root, tmp_path / "service", merged, done.tree)
    assert (merged.tree, merged.conflicts, merged.kept) == (dict(done.tree), (), ())


def test_nothing_can_be_updated_that_was_never_written(tmp_path: Path) -> None:
    with pytest.raises(StranglerError):
        scaffolds.remembered("stock", tmp_path)
