"""``strangler doctor``: what is missing here, and for which command."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.machinery import ExtensionFileLoader
from importlib.util import find_spec
from pathlib import Path

from rich.table import Table

from strangler.cli.command import Session, command
from strangler.cli.extras import missing_by_extra
from strangler.cli.output import columns


@dataclass(frozen=True)
class Need:
    """Something outside of us: who needs it, whether it is here, how to get it; ``required`` ones fail the command."""

    name: str
    wanted_by: str
    is_here: Callable[[], bool]
    remedy: str
    required: bool = False


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _codec() -> bool:
    try:
        return find_spec("strangler_facade.plane.codecs._heads") is not None
    except ModuleNotFoundError:  # the facade itself cannot be imported
        return False


def _compiled_run() -> bool:
    try:
        spec = find_spec("strangler_analyzers.resolve.program")
    except ModuleNotFoundError:  # the analyzers themselves cannot be imported
        return False
    return spec is not None and isinstance(spec.loader, ExtensionFileLoader)


_NEEDS = (
    Need("Python 3.11 or newer", "everything", lambda: sys.version_info >= (3, 11), "install a newer Python", True),
    Need("git", "demo, extract, prove, update, control-plane", _program("git"), "install git", True),
    Need("Docker engine", "build, up", lambda: Path("/var/run/docker.sock").exists(), "install and start Docker"),
    Need("a kubeconfig", "deploy diff, apply, status", lambda: (Path.home() / ".kube/config").exists(), "log in to it"),
    Need("Flask and SQLAlchemy", "demo", lambda: bool(find_spec("flask")), "pip install 'strangler[demo]'"),
    Need("the compiled analysis", "analyze (faster)", _compiled_run, "python -m strangler_analyzers.native.build"),
    Need("the compiled plane", "facade run (faster)", _codec, "python -m strangler_facade.native.build"),
)
# extra → the commands that need it
_EXTRAS = {
    "analyze": "analyze, explain, what-if, plan accept, check, status",
    "extract": "extract, observe, prove, update, undo, retire, scaffold, build, up, check, status",
    "facade": "facade, check, status",
    "fast": "facade run (faster)",
    "compile": "analyze, facade run (faster still, once compiled)",
    "deploy": "deploy, tenant, check",
    "policies": "deploy check (runs the policies)",
    "control-plane": "control-plane",
}


def _needs() -> Iterator[Need]:
    yield from _NEEDS
    for extra, missing in missing_by_extra().items():
        told = f"pip install 'strangler[{extra}]' ({', '.join(missing)})"
        yield Need(f"extra {extra}", _EXTRAS[extra], lambda missing=missing: not missing, told)  # type: ignore[misc]


@command("doctor", example="strangler doctor")
def doctor(session: Session) -> int:
    """Say what is missing here, and for which command; exit 1 if something that everything needs is."""
    found = [(need, need.is_here()) for need in _needs()]
    fields = [
        {"name": need.name, "wanted_by": need.wanted_by, "here": here, "remedy": "" if here else need.remedy}
        for need, here in found
    ]
    session.out.json({"needs": fields})
    session.out.show(_table(found), *_remedies(found))
    return int(any(need.required and not here for need, here in found))


def _table(found: list[tuple[Need, bool]]) -> Table:
    table = columns("what strangler finds here", "what", "for", "here")
    for need, here in found:
        table.add_row(need.name, need.wanted_by, "yes" if here else "no")
    return table


def _remedies(found: list[tuple[Need, bool]]) -> Iterator[str]:
    """A line each, so that a command can be copied out of it whole."""
    return (f"for {need.name}: {need.remedy}" for need, here in found if not here)


command = doctor
