from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from strangler.errors import OutputError
from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler_deploy import read_tree, render, render_to, write


def test_a_tree_is_read_back_as_it_was_written(tmp_path: Path, plan: Plan, tenants: dict[str, Tenant]) -> None:
    tree = render(plan, tenants)
    write(tmp_path / "out", tree)
    assert read_tree(tmp_path / "out") == tree


def test_of_a_repository_only_the_tree_is_read(tmp_path: Path, plan: Plan, tenants: dict[str, Tenant]) -> None:
    tree = render(plan, tenants)
    write(tmp_path / "out", tree)
    (tmp_path / "out/.git/objects").mkdir(parents=True)
    (tmp_path / "out/.git/objects/pack").write_bytes(b"\x8d\xff")
    (tmp_path / "out/strangler.yaml").write_text("version: 1")
    (tmp_path / "out/tenants/acme.yaml").write_text("id: acme")
    assert read_tree(tmp_path / "out") == tree
    (tmp_path / "out/control/picture.png").write_bytes(b"\x89PNG\xff")
    with pytest.raises(OutputError, match=r"picture\.png is no text"):
        read_tree(tmp_path / "out")


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


_KILLED = """
import os, signal, sys
import signal
import subprocess
import sys
from pathlib import Path
from strangler_deploy import write
seen = 0
def hook(event, arguments):
    global seen
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree") and armed:
        seen += 1
        if seen == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
armed = False
sys.addaudithook(hook)
tree = {".strangler-deploy.json": "{}", **{f"tenants/t{n}/app/x.yaml": "new" for n in range(6)}}
armed = True
write(Path(sys.argv[1]), tree)
armed = False
"""


@pytest.mark.parametrize("step", [1, 8, 15, 16, 17, 24])
def test_a_render_killed_at_any_step_leaves_the_old_tree_or_the_new(tmp_path: Path, step: int) -> None:
    directory = tmp_path / "out"
    old = {".strangler-deploy.json": "{}", **{f"tenants/t{n}/app/x.yaml": "old" for n in range(6)}}
    new = {path: text.replace("old", "new") for path, text in old.items()}
    write(directory, old)
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(directory), str(step)], check=False)
    assert killed.returncode in (0, -signal.SIGKILL)
    assert read_tree(directory) in (old, new)


def test_a_render_in_several_processes_writes_the_same_bytes(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["strangler_deploy.write"], "_WORTH_A_PROCESS", 4)
    many = {f"t{number}": Tenant(id=f"t{number}") for number in range(9)}
    few = dict(sorted(many.items())[:3])
    assert render_to(tmp_path / "out", plan, few, processes=2) == len(render(plan, few))
    render_to(tmp_path / "one", plan, many, processes=1)
    render_to(tmp_path / "two", plan, dict(reversed(many.items())), processes=2)
    assert read_tree(tmp_path / "one") == read_tree(tmp_path / "two")
