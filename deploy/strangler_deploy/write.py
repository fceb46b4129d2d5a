"""Puts a rendered tree on disk, in the place of an older one of ours and of nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from strangler.errors import OutputError
from strangler.files import fill, new_tree, write_tree
from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler_deploy.estate import Estate
from strangler_deploy.mould import folders
from strangler_deploy.render import MARKER, shared_files
from strangler_deploy.tenancy import require_placeable

_WORTH_A_PROCESS = 200
OURS = frozenset({MARKER, "clusters", "control", "hosts", "tenants"})


def write(directory: Path, tree: Mapping[str, str]) -> None:
    """Make ``directory`` hold the tree, all of it or none.

    Raises:
        OutputError: it holds something that is not of an earlier render.
    """
    write_tree(directory, tree, replace=require_ours(directory))


def render_to(directory: Path, plan: Plan, tenants: Mapping[str, Tenant], processes: int | None = None) -> int:
    """Render into ``directory``, all of it or none, without ever holding the whole tree; the number of files.

    Args:
        directory: where the tree goes.
        plan: what is rendered.
        tenants: likewise.
        processes: how many share the work (default: one per processor, one alone for a few tenants).

    Raises:
        OutputError: it holds something that is not of an earlier render.
        PlanError: a tenant names what the plan has not.
    """
    replace = require_ours(directory)
    require_placeable(plan, tenants)
    shares = _shares(list(tenants.values()), processes or os.cpu_count() or 1)
    with new_tree(directory, replace=replace) as staging:
        count = _fill_counted(staging, shared_files(Estate(plan)))
        if len(shares) == 1:
            return count + _tenants(staging, plan, shares[0])
        with ProcessPoolExecutor(len(shares), mp_context=get_context("spawn")) as pool:
            return count + sum(pool.map(partial(_tenants, staging, plan), shares))


def _shares(tenants: Sequence[Tenant], processes: int) -> list[Sequence[Tenant]]:
    """The tenants in as many parts as there is work for."""
    wanted = max(1, min(processes, len(tenants) // _WORTH_A_PROCESS))
    return [tenants[number::wanted] for number in range(wanted)]


def _tenants(root: Path, plan: Plan, tenants: Sequence[Tenant]) -> int:
    return sum(_fill_counted(root, folder) for folder in folders(Estate(plan), tenants))


def _fill_counted(root: Path, files: Iterable[tuple[str, str]]) -> int:
    listed = list(files)
    fill(root, listed)
    return len(listed)


def write_tenant(directory: Path, tenant: str, files: Mapping[str, str]) -> None:
    """Put the folder of one tenant into a tree of ours, in the place of the old one; nothing else changes.

    Raises:
        OutputError: there is no tree of ours.
    """
    require_tree(directory)
    folder = f"tenants/{tenant}"
    inner = {path.removeprefix(f"{folder}/"): text for path, text in files.items()}
    write_tree(directory / folder, inner, replace=(directory / folder).exists())


def remove_tenant(directory: Path, tenant: str) -> None:
    """Take the folder of one tenant out of a tree of ours; it goes at once.

    Raises:
        OutputError: there is no tree of ours.
    """
    require_tree(directory)
    folder = directory / "tenants" / tenant
    if folder.is_dir():
        aside = folder.with_name(f".{tenant}.removed")
        folder.rename(aside)
        shutil.rmtree(aside)


def require_tree(directory: Path) -> None:
    """Make sure that there is a tree of ours.

    Raises:
        OutputError: there is none.
    """
    if not (directory / MARKER).is_file():
        raise OutputError(f"{directory} holds no rendered tree", hint="make one: strangler deploy render -o DIR")


def require_ours(directory: Path) -> bool:
    """Whether an earlier tree of ours is there (False: nothing is).

    Raises:
        OutputError: something else is.
    """
    if not directory.exists() or (directory.is_dir() and not any(directory.iterdir())):
        return False
    if not (directory / MARKER).is_file():
        hint = "name an empty folder, or one that strangler deploy render has written"
        raise OutputError(f"{directory} holds something that is no tree of ours", hint=hint)
    foreign = sorted(path.name for path in directory.iterdir() if path.name not in OURS)
    if foreign:
        hint = "render into a folder of its own, such as a sub-folder of the repository"
        raise OutputError(f"{directory} holds {', '.join(foreign)}, which a render would delete", hint=hint)
    return True
