"""``strangler doctor``: what is missing here, and for which command."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from strangler.cli.command import Session, command


@dataclass(frozen=True)
class Need:
    """Something outside of us: who needs it, whether it is here, how to get it; ``required`` ones fail the command."""

    name: str
    wanted_by: str
    is_here: Callable[[], bool]
    remedy: str
    required: bool = False


def _module(name: str) -> Callable[[], bool]:
    return lambda: importlib.util.find_spec(name) is not None


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


_NEEDS = (
    Need("Python 3.11 or newer", "everything", lambda: sys.version_info >= (3, 11), "install a newer Python", True),
    Need("git", "demo, extract, prove, update, control-plane", _program("git"), "install git", True),
    Need("uvloop", "facade run (faster)", _module("uvloop"), "install strangler[fast]"),
    Need("Docker engine", "build, up", lambda: Path("/var/run/docker.sock").exists(), "install and start Docker"),
    Need("a kubeconfig", "deploy diff, apply, status", lambda: (Path.home() / ".kube/config").exists(), "log in to it"),
    Need("Flask and SQLAlchemy", "demo (the sample needs them)", _module("flask"), "install strangler[demo]"),
)


@command("doctor", example="strangler doctor")
def doctor(session: Session) -> int:
    """Say what is missing here, and for which command; exit 1 if something that everything needs is."""
    found = [(need, need.is_here()) for need in _NEEDS]
    fields = [
        {"name": need.name, "wanted_by": need.wanted_by, "here": here, "remedy": "" if here else need.remedy}
        for need, here in found
    ]
    session.out.json({"needs": fields})
    session.out.show(_table(found))
    return int(any(need.required and not here for need, here in found))


def _table(found: list[tuple[Need, bool]]) -> Table:
    table = Table(title="what strangler finds here")
    for column in ("what", "for", "here", "what to do"):
        table.add_column(column)
    for need, here in found:
        table.add_row(need.name, need.wanted_by, "yes" if here else "no", "" if here else need.remedy)
    return table


command = doctor
