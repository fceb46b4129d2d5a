from __future__ import annotations

from pathlib import Path

import pytest

from strangler.errors import OutputError
from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler_deploy.estate import Estate
from strangler_deploy.render import render
from strangler_deploy.source import Held, Rendered, Stored, Tree
from strangler_deploy.write import write


def _whole(tree: Tree) -> dict[str, str]:
    folders = [tree.shared(), *(tree.folder(tenant) for tenant in tree.tenants())]
    return {path: text for folder in folders for path, text in folder.items()}


def test_a_tree_is_the_same_wherever_it_is(tmp_path: Path, plan: Plan, tenants: dict[str, Tenant]) -> None:
    files = render(plan, tenants)
    write(tmp_path / "out", files)
    for tree in (Held(files), Stored(tmp_path / "out"), Rendered(Estate(plan), tenants)):
        assert _whole(tree) == files
        assert set(tree.tenants()) == {"acme", "globex"}


def test_what_stands_where_it_should_not_is_seen_too(tmp_path: Path, plan: Plan) -> None:
    write(tmp_path / "out", render(plan, {}))
    (tmp_path / "out/tenants/gone/deep").mkdir(parents=True)
    (tmp_path / "out/tenants/gone/deep/x.yaml").write_text("y")
    tree = Stored(tmp_path / "out")
    assert tree.folder("gone") == {"tenants/gone/deep/x.yaml": "y"}
    assert tree.folder("nobody") == {}


def test_a_folder_without_a_tree_has_none(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no rendered tree"):
        Stored(tmp_path)


def test_a_file_that_is_no_text_is_named(tmp_path: Path, plan: Plan) -> None:
    write(tmp_path / "out", render(plan, {}))
    (tmp_path / "out/control/x.yaml").write_bytes(b"\xff")
    with pytest.raises(OutputError, match=r"x\.yaml is no text"):
        Stored(tmp_path / "out").shared()
