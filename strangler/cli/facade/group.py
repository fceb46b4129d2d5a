"""The group of the facade's commands, and how they reach a running facade."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import strangler_facade as facade
from strangler.cli.command import Session, command, group
from strangler.errors import PlanError

GROUP = group(
    "facade",
    "Run the routing facade, and move traffic between monolith and services in small, reversible steps.",
    example='strangler facade shift billing 5 --reason "first customers"',
)
STATE = Path(".strangler/facade")
_DEFAULT_ADMIN = "127.0.0.1:8081"

_Function = Callable[..., Any]


def facade_command(name: str, *, example: str) -> Callable[[_Function], click.Command]:
    """A command that speaks to a running facade: with ``--admin`` and ``--state``, and an ``AdminClient`` for them."""

    def wrap(function: _Function) -> click.Command:
        def run(session: Session, admin: str | None, state: Path, **parameters: Any) -> int | None:
            with connect(session, admin, state) as client:
                status: int | None = function(session, client, **parameters)
                return status

        run.__doc__ = function.__doc__
        run.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
        for option in (state_option(), admin_option()):
            run = option(run)
        return command(name, parent=GROUP, example=example)(run)

    return wrap


def admin_option() -> Callable[[Any], Any]:
    """``--admin``, where the facade's admin is."""
    return click.option("--admin", metavar="URL", help="The facade's admin (default: facade.admin of the plan).")


def state_option() -> Callable[[Any], Any]:
    """``--state``, where the facade keeps its state, and the token for this command line."""
    path = click.Path(path_type=Path)
    text = "Where the facade keeps its state, and the token for this command line."
    return click.option("--state", type=path, default=STATE, show_default=True, metavar="DIR", help=text)


def connect(session: Session, admin: str | None, state: Path) -> facade.AdminClient:
    """A client of the running facade: its address from flag, plan or default, its token from environment or state."""
    token = os.environ.get("STRANGLER_TOKEN") or facade.local_token(state)
    return facade.AdminClient(admin or _planned_admin(session), token)


def _planned_admin(session: Session) -> str:
    try:
        return session.plan().facade.admin
    except PlanError:
        if session.plan_path.exists():
            raise
        return _DEFAULT_ADMIN  # steering needs no plan at hand


def reason_option() -> Callable[[Any], Any]:
    """``--reason``, which every change carries into the history."""
    return click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept in the history.")
