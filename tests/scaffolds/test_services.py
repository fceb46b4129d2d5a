from __future__ import annotations

import json
from pathlib import Path

import pytest
import small

import strangler_scaffolds as scaffolds
from strangler_scaffolds.services.dependencies import imported_packages, requirements
from strangler_scaffolds.sources import Sources


def test_dependencies_are_those_of_the_moved_code_as_the_monolith_states_them() -> None:
    files = {"a.py": b"import os, flask\nfrom yaml import load\nfrom shop import x\nfrom . import y\n"}
    packages = imported_packages(files, ["shop"])
    assert packages == ["flask", "yaml"]
    stated = b'[project]\nname = "shop"\nversion = "1"\ndependencies = ["Flask>=3,<4", "requests"]\n'
    assert requirements(packages, Sources(Path("/nowhere"), {"pyproject.toml": stated})) == ["Flask>=3,<4", "pyyaml"]


def test_requirements_files_are_read_as_well() -> None:
    sources = Sources(Path("/nowhere"), {"requirements.txt": b"# pinned\nflask==3.1.0  # web\n-r other.txt\n"})
    assert requirements(["flask"], sources) == ["flask==3.1.0"]


@pytest.fixture
def tree(tmp_path: Path) -> dict[str, bytes]:
    root = small.lay_out(tmp_path)
    return dict(scaffolds.extract(small.analysis(), small.plan(), "stock", root).tree)


def test_every_python_file_of_a_service_compiles(tree: dict[str, bytes]) -> None:
    for path, data in tree.items():
        if path.endswith(".py"):
            compile(data, path, "exec")


def test_the_manifest_has_the_digest_of_every_file(tree: dict[str, bytes]) -> None:
    manifest = json.loads(tree["strangler.json"])
    assert set(manifest["files"]) == set(tree) - {"strangler.json"}
    assert manifest["domain"]["shop/stock/service.py"]["origin"] == "moved"


def test_an_image_is_built_without_root_and_without_the_builder(tree: dict[str, bytes]) -> None:
    lines = tree["Dockerfile"].decode().splitlines()
    assert sum(line.startswith("FROM") for line in lines) == 2
    assert "USER 10001:10001" in lines
    assert any(line.startswith("ARG BASE=") and "@sha256:" in line for line in lines)
    assert not any("--mount" in line for line in lines)


def test_a_shell_has_everything_but_code() -> None:
    files = scaffolds.shell(small.plan(), "stock")
    assert "stock_service/app.py" in files
    assert not any("/domain/" in path for path in files)
