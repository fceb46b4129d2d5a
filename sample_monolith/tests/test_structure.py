"""The tangles are where the README says, and the cycle works from either end."""

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TANGLES = tomllib.loads((ROOT / "tangles.toml").read_text())["tangle"]
DOMAINS = {
    "web", "identity", "catalogue", "orders", "payments", "billing", "metering",
    "notifications", "reporting",
}  # fmt: skip
KINDS = {
    "circular-import", "function-level-import", "shared-table", "foreign-key", "transaction",
    "module-state", "signal", "string-task", "chatty-loop", "shared-object-mutated", "raw-sql",
    "inheritance", "exception", "settings-at-import", "implicit-context", "test-patch",
    "shared-constant",
}  # fmt: skip


def _symbols(path: Path) -> set[str]:
    """Qualified names of everything defined or assigned in a module."""
    found = set()

    def walk(body, prefix):
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                found.add(prefix + node.name)
                walk(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.Assign):
                found.update(prefix + t.id for t in node.targets if isinstance(t, ast.Name))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(prefix + node.target.id)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                found.update(prefix + (a.asname or a.name) for a in node.names)

    walk(ast.parse(path.read_text()).body, "")
    return found


@pytest.mark.parametrize("tangle", TANGLES, ids=[t["id"] for t in TANGLES])
def test_tangle_exists_and_is_in_the_readme(tangle):
    assert tangle["kind"] in KINDS
    assert set(tangle["domains"]) <= DOMAINS | {"shared"} and len(tangle["domains"]) == 2
    assert tangle["symbol"] in _symbols(ROOT / tangle["path"])
    readme = (ROOT / "README.md").read_text()
    assert f"`{tangle['id']}`" in readme and f"`{tangle['path']}`" in readme
    assert f"`{tangle['symbol']}`" in readme


def test_enough_kinds_of_tangles():
    assert len({tangle["kind"] for tangle in TANGLES}) >= 8
    assert len({tangle["id"] for tangle in TANGLES}) == len(TANGLES)


@pytest.mark.parametrize("module", ["shop.orders.service", "shop.billing.service"])
def test_the_cycle_can_be_entered_anywhere(module):
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_metering_needs_nobody_but_the_cookie():
    """The easiest seam: its one way out of the house is identity's cookie reader."""
    needed = set()
    for path in (ROOT / "shop/metering").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "shop":
                needed.add(node.module)
    outside = {m for m in needed if len(m.split(".")) > 2 and not m.startswith("shop.metering")}
    assert outside == {"shop.identity.principal"}
