from __future__ import annotations

import subprocess
from pathlib import Path

from strangler_scaffolds.datafiles import data_files, names_in
from strangler_scaffolds.sources import Sources

FILES = (
    "shop/stock/__init__.py",
    "shop/stock/templates/stock/list.html",
    "shop/stock/static/list.css",
    "shop/stock/inner/__init__.py",
    "shop/stock/inner/own.html",
    "shop/stock/__pycache__/x.pyc",
    "templates/base.html",
    "templates/.hidden",
    "CHANGES.md",
    "docs/page.md",
    "tools/run.py",
    "tools/data.txt",
    "more/data.txt",
    "more/scripts/run.py",
)


def found(tmp_path: Path, code: str) -> list[str]:
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    names = names_in({"shop/stock/views.py": code.encode()})
    return data_files(["shop/stock"], ["."], names, Sources(tmp_path))


def test_what_lies_in_a_package_goes_with_it_but_not_what_is_of_another_package(tmp_path: Path) -> None:
    assert found(tmp_path, "") == ["shop/stock/static/list.css", "shop/stock/templates/stock/list.html"]


def test_what_lies_beside_the_packages_goes_where_a_text_names_it(tmp_path: Path) -> None:
    code = "DIRS = [BASE / 'templates']\nopen(BASE / 'CHANGES.md')\nSAID = 'docs are elsewhere'\n"
    beside = set(found(tmp_path, code)) - set(found(tmp_path, ""))
    assert beside == {"templates/base.html", "templates/.hidden", "CHANGES.md"}


def test_a_name_with_a_slash_is_the_same_name(tmp_path: Path) -> None:
    assert "templates/base.html" in found(tmp_path, "DIRS = ['templates/']\n")


def test_what_git_does_not_have_is_no_part_of_the_project(tmp_path: Path) -> None:
    code = "DIRS = ['templates', 'CHANGES.md']\n"
    found(tmp_path, code)
    for words in (["init", "-q"], ["add", "CHANGES.md"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)
    assert set(found(tmp_path, code)) - set(found(tmp_path, "")) == {"CHANGES.md"}


def test_a_folder_that_holds_code_is_no_data_and_nobody_leaves_the_tree(tmp_path: Path) -> None:
    code = "A = 'tools', 'more'\nB = '../other'\nC = '/etc'\nD = '.'\n"
    assert found(tmp_path, code) == found(tmp_path, "")
