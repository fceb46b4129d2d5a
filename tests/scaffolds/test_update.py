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
    assert merged.changed == ("a.py", "b.py", "gone.py")


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


def test_what_is_none_of_the_services_files_stays(tmp_path: Path) -> None:
    root = small.lay_out(tmp_path / "monolith")
    done = scaffolds.extract(small.analysis(), small.plan(), "stock", root)
    service = tmp_path / "service"
    scaffolds.write(done, root, service)
    (service / ".git").mkdir()
    (service / ".git/HEAD").write_text("ref: refs/heads/mine\n")
    (service / ".venv").mkdir()
    (service / ".venv/python").symlink_to("/usr/bin/python3")
    (service / ".mypy_cache").mkdir()
    (service / ".mypy_cache/x.json").write_text("{}")
    (service / "run.sh").write_text("#!/bin/sh\n")
    (service / "run.sh").chmod(0o755)
    new = {**done.tree, "stock_service/app.py": b"# new\n"}
    del new["README.md"]
    merged = scaffolds.merge(done.tree, new, service)
    assert merged.kept == ("run.sh",)
    scaffolds.write_merged("stock", root, service, merged, new)
    assert (service / ".git/HEAD").read_text() == "ref: refs/heads/mine\n"
    assert (service / ".venv/python").is_symlink()
    assert (service / "run.sh").stat().st_mode & 0o777 == 0o755
    assert (service / "stock_service/app.py").read_text() == "# new\n"
    assert not (service / "README.md").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["monolith", "service"]


def test_a_service_is_looked_for_where_it_was_extracted_to(tmp_path: Path) -> None:
    root = small.lay_out(tmp_path / "monolith")
    done = scaffolds.extract(small.analysis(), small.plan(), "stock", root)
    scaffolds.write(done, root, tmp_path / "elsewhere")
    assert scaffolds.directory_of("stock", root).resolve() == tmp_path / "elsewhere"
    (tmp_path / "elsewhere/strangler.json").unlink()
    with pytest.raises(StranglerError, match="no service in"):
        scaffolds.directory_of("stock", root)
