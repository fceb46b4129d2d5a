"""Each import contract fails, and names the guilty line, when a copy of the house breaks it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("strangler", "analyzers", "facade", "scaffolds", "deploy")

# contract → (file of the copy, offending line, what the report must name)
BREAKS: Mapping[str, tuple[str, str, str]] = {
    "CLI on top, capabilities side by side, core below": (
        "facade/strangler_facade/__init__.py",
        "import strangler_analyzers",
        "strangler_facade is not allowed to import strangler_analyzers",
    ),
    "Every core module is placed": (
        "strangler/stray.py",
        '"""A module without a layer."""',
        "strangler.stray",
    ),
    "No cycles between siblings": (
        "strangler/plan/fields.py",
        "import strangler.plan.schema",
        "strangler.plan",
    ),
    "Only the front of a capability is public": (
        "strangler/cli/plan.py",
        "import strangler_deploy.inner",
        "strangler.cli.plan -> strangler_deploy.inner",
    ),
    "Model and errors know the standard library only": (
        "strangler/model.py",
        "import rich",
        "strangler.model -> rich",
    ),
    "libcst stays in the scaffolds": (
        "deploy/strangler_deploy/__init__.py",
        "import libcst",
        "strangler_deploy -> libcst",
    ),
    "networkx stays in the analyzers": (
        "scaffolds/strangler_scaffolds/__init__.py",
        "import networkx",
        "strangler_scaffolds -> networkx",
    ),
    "FastAPI stays in the facade's admin and the control plane": (
        "analyzers/strangler_analyzers/__init__.py",
        "import fastapi",
        "strangler_analyzers -> fastapi",
    ),
    "In deploy, only the control plane knows FastAPI and the store": (
        "deploy/strangler_deploy/render.py",
        "import sqlalchemy",
        "strangler_deploy.render -> sqlalchemy",
    ),
    "In the facade, only the admin knows FastAPI": (
        "facade/strangler_facade/table.py",
        "import fastapi",
        "strangler_facade.table -> fastapi",
    ),
    "Jinja2 and the Docker SDK stay in the scaffolds": (
        "deploy/strangler_deploy/__init__.py",
        "import docker",
        "strangler_deploy -> docker",
    ),
    "The Kubernetes client stays in deploy": (
        "scaffolds/strangler_scaffolds/__init__.py",
        "import kubernetes",
        "strangler_scaffolds -> kubernetes",
    ),
}


def _contract_names() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a copy in which every contract is broken once."""
    copy = tmp_path_factory.mktemp("broken")
    ignore = shutil.ignore_patterns("__pycache__", "node_modules")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", copy)
    (copy / "deploy/strangler_deploy/inner.py").write_text('"""Not public."""\n', encoding="utf-8")
    for name, line, _ in BREAKS.values():
        with (copy / name).open("a", encoding="utf-8") as stream:
            stream.write(f"\n{line}\n")
    linter = "import sys, importlinter.cli as cli; sys.exit(cli.lint_imports(no_cache=True))"
    path = [f"sys.path.insert(0, {str(copy / folder)!r})" for folder in FOLDERS[1:]]
    code = "; ".join(["import sys", *path, f"sys.path.insert(0, {str(copy)!r})", linter])
    run = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stdout + run.stderr
    return run.stdout


def test_every_contract_of_the_house_is_broken_here_once() -> None:
    assert sorted(BREAKS) == sorted(_contract_names())


@pytest.mark.parametrize("contract", sorted(BREAKS))
def test_a_broken_contract_is_named_with_its_guilty_import(contract: str, report: str) -> None:
    broken = report[report.index("Broken contracts") :]
    section = broken[broken.index(contract) :]
    assert BREAKS[contract][2] in section
