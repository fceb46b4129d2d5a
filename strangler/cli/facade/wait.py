"""``strangler facade wait``: for scripts that have just started one."""

from __future__ import annotations

import time
from pathlib import Path

import click

from strangler.cli.command import Session, command
from strangler.cli.facade.group import GROUP, admin_option, connect, state_option
from strangler.errors import StranglerError

_PAUSE_SECONDS = 0.2


@command("wait", parent=GROUP, example="strangler facade wait && strangler facade status")
@click.option("--seconds", type=click.FloatRange(min=0), default=30.0, show_default=True, help="How long at most.")
@admin_option()
@state_option()
def wait(session: Session, seconds: float, admin: str | None, state: Path) -> None:
    """Wait until the facade serves customers: a script that has started `strangler facade run &` goes on then."""
    give_up = time.monotonic() + seconds
    while (trouble := _trouble(session, admin, state)) is not None:
        if time.monotonic() > give_up:
            raise trouble
        time.sleep(_PAUSE_SECONDS)
    session.out.json({"serving": True})
    session.out.show("the facade serves")


def _trouble(session: Session, admin: str | None, state: Path) -> StranglerError | None:
    """Why it does not serve yet; a facade that has just begun has no token either, so each look is a new one."""
    session.plan()  # a mistake in the plan does not go away by waiting
    try:
        with connect(session, admin, state) as client:
            workers = client.status()["workers"]
    except StranglerError as error:
        return error
    return None if workers else StranglerError("the facade has no worker that serves yet", hint="see what it says")
