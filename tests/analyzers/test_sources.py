from __future__ import annotations

import os
from pathlib import Path

import pytest

from strangler.errors import StranglerError
from strangler_analyzers.analyze import survey
from strangler_analyzers.options import Options
from strangler_analyzers.sources import Tree, discover, named, read


def names(root: Path, **options: object) -> dict[str, str]:
    return {one.path: one.module for one in tree_of(root, **options).sources}


def tree_of(root: Path, **options: object) -> Tree:
    wanted = Options(**options)  # type: ignore[arg-type]
    return named(root, [one.path for one in discover(root, wanted).sources], wanted)


def test_names_start_from_the_folder_around_a_package(write) -> None:
    root = write({"src/shop/__init__.py": "", "src/shop/orders.py": "", "src/shop/plain/deep.py": "", "manage.py": ""})
    assert names(root) == {
        "manage.py": "manage",
        "src/shop/__init__.py": "shop",
        "src/shop/orders.py": "shop.orders",
        "src/shop/plain/deep.py": "shop.plain.deep",
    }


def test_a_monorepo_has_several_roots(write) -> None:
    root = write({"one/shop/__init__.py": "", "two/bank/__init__.py": "", "two/bank/a.py": ""})
    tree = tree_of(root)
    assert (tree.source_roots, tree.packages) == (("one", "two"), ("bank", "shop"))


def test_files_of_the_same_name_are_told(look) -> None:
    analysis = look({"one/shop/__init__.py": "", "two/shop/__init__.py": ""})
    assert [(note.code, note.path) for note in analysis.diagnostics] == [("name-clash", "two/shop/__init__.py")]


def test_ignored_folders_environments_and_links_are_left_out(write, tmp_path: Path) -> None:
    root = write(
        {
            ".gitignore": "build/\n*.gen.py\n!kept.gen.py\n",
            "build/a.py": "",
            "x.gen.py": "",
            "kept.gen.py": "",
            "env/pyvenv.cfg": "",
            "env/lib/b.py": "",
            "services/billing/strangler.json": "",
            "services/billing/tests/test_b.py": "",
            "node_modules/c.py": "",
            ".hidden/d.py": "",
            "shop/__init__.py": "",
        }
    )
    (root / "shop" / "loop").symlink_to(root)
    assert list(names(root)) == ["kept.gen.py", "shop/__init__.py"]


def test_what_is_excluded_is_left_out(write) -> None:
    root = write({"shop/__init__.py": "", "shop/generated/a.py": "", "shop/b.py": ""})
    assert list(names(root, exclude=("shop/generated",))) == ["shop/__init__.py", "shop/b.py"]


def test_a_file_that_cannot_be_read_is_told_and_does_not_stop_the_rest(write) -> None:
    root = write({"a.py": "import b\n", "b.py": ""})
    (root / "gone.py").symlink_to(root / "nowhere.py")
    analysis = survey(root, Options(processes=1))
    assert [(note.code, note.path) for note in analysis.diagnostics] == [("unreadable", "gone.py")]
    assert analysis.stats["unparsed_files"] == 1
    assert [(edge.source, edge.target) for edge in analysis.edges] == [("a", "b")]


def test_a_pipe_is_no_file_and_a_broken_link_is_told(write, look) -> None:
    root = write({"shop/__init__.py": ""})
    os.mkfifo(root / "shop/pipe.py")
    (root / "shop/piped.py").symlink_to("pipe.py")
    (root / "shop/gone.py").symlink_to("nowhere.py")
    analysis = look({"shop/a.py": ""})
    assert [module.name for module in analysis.modules if "pipe" in module.name] == []
    assert [note.path for note in analysis.diagnostics if note.code == "unreadable"] == ["shop/gone.py"]


def test_a_file_that_vanishes_meanwhile_is_no_bytes(tmp_path: Path) -> None:
    assert read(tmp_path, "vanished.py") is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_passed_over(write) -> None:
    root = write({"a.py": "", "closed/b.py": ""})
    (root / "closed").chmod(0)
    assert list(names(root)) == ["a.py"]
    (root / "closed").chmod(0o755)


def test_no_python_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(StranglerError) as caught:
        discover(tmp_path, Options())
    assert "gitignore" in caught.value.hint
