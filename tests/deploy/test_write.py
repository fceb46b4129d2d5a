from __future__ import annotations

from pathlib import Path

import pytest

from strangler.errors import OutputError
from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler_deploy import read_tree, render, write


def test_a_tree_is_read_back_as_it_was_written(tmp_path: Path, plan: Plan, tenants: dict[str, Tenant]) -> None:
    tree = render(plan, tenants)
    write(tmp_path / "out", tree)
    assert read_tree(tmp_path / "out") == tree


def test_a_second_render_takes_the_place_of_the_first(tmp_path: Path, plan: Plan, tenants: dict[str, Tenant]) -> None:
    write(tmp_path / "out", render(plan, tenants))
    write(tmp_path / "out", render(plan, {}))
    assert not (tmp_path / "out/tenants").exists()


def test_what_is_not_ours_is_never_deleted(tmp_path: Path, plan: Plan) -> None:
    (tmp_path / "precious").write_text("x")
    with pytest.raises(OutputError, match="no tree of ours"):
        write(tmp_path, render(plan, {}))
    write(tmp_path / "out", render(plan, {}))
    (tmp_path / "out/.git").mkdir()
    with pytest.raises(OutputError, match=r"holds \.git"):
        write(tmp_path / "out", render(plan, {}))
    assert (tmp_path / "out/.git").is_dir()


def test_a_folder_without_a_tree_cannot_be_checked(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no rendered tree"):
        read_tree(tmp_path)
