"""``strangler facade run``, and the tokens of those who may steer it."""

from __future__ import annotations

from pathlib import Path

import click

import strangler_facade as facade
from strangler.cli.command import Session, command
from strangler.cli.facade.group import GROUP, STATE
from strangler.cli.options import Address
from strangler.errors import StranglerError

_PATH = click.Path(path_type=Path)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@command("run", parent=GROUP, example="strangler facade run --workers 2")
@click.option("--listen", type=Address(), help="Where customers come in (default: facade.listen of the plan).")
@click.option("--admin", type=Address(), help="Where the admin and its page are (default: facade.admin of the plan).")
@click.option("--workers", type=click.IntRange(1, 256), default=2, show_default=True, help="Worker processes.")
@click.option("--state", type=_PATH, default=STATE, show_default=True, metavar="DIR", help="Where state is kept.")
@click.option("--watch", is_flag=True, help="Take the plan again whenever its file changes.")
@click.option("--drain", default=10.0, show_default=True, metavar="SECONDS", help="What open requests get at the end.")
@click.option("--access-log", type=_PATH, metavar="FILE", help="Write one JSON line per request.")
@click.option("--tls-cert", type=_FILE, metavar="FILE", help="Serve customers over TLS with this certificate chain.")
@click.option("--tls-key", type=_FILE, metavar="FILE", help="The certificate's private key.")
def run(
    session: Session,
    listen: str | None,
    admin: str | None,
    workers: int,
    state: Path,
    watch: bool,
    drain: float,
    access_log: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
) -> None:
    """Serve customers until interrupted, then let open requests end. The state survives any kill."""
    plan = session.plan()
    named = (("--access-log", access_log), ("--tls-cert", tls_cert), ("--tls-key", tls_key))
    options = facade.RunOptions(
        plan=plan,
        state=state,
        listen=listen or plan.facade.listen,
        admin=admin or plan.facade.admin,
        workers=workers,
        watch=session.plan_path if watch else None,
        drain=drain,
        extra=tuple(part for flag, path in named if path is not None for part in (flag, str(path))),
    )
    facade.run(options, on_note=session.out.note, on_ready=lambda *at: _ready(session, state, *at))


def _ready(session: Session, state: Path, listen: str, admin: str) -> None:
    session.out.json({"listen": listen, "admin": admin, "state": str(state)})
    session.out.show(f"serving on {listen}; page and admin on http://{admin}/, its token is in {state / 'token'}")
    if session.plan().services:
        session.out.note(
            f"calls inside the monolith follow if it has STRANGLER_STATE_FILE={state.absolute() / 'services.json'}"
        )


@command("token", parent=GROUP, example="strangler facade token alice --role operator")
@click.argument("name")
@click.option(
    "--role", type=click.Choice([role.name.lower() for role in facade.Role]), default="viewer", help="What it allows."
)
@click.option("--revoke", is_flag=True, help="Take the token away instead.")
@click.option("--state", type=_PATH, default=STATE, show_default=True, metavar="DIR", help="Where state is kept.")
def token(session: Session, name: str, role: str, revoke: bool, state: Path) -> None:
    """Give somebody a token, shown once; a viewer looks, an operator shifts, an approver also approves."""
    tokens = facade.Tokens(state)
    if revoke:
        tokens.revoke(name)
        session.out.json({"revoked": name})
        session.out.show(f"{name} has no token any more")
        return
    made = tokens.grant(name, facade.Role[role.upper()])
    session.out.json({"name": name, "role": role, "token": made})
    session.out.show(made)


@command("identity-key", parent=GROUP, example="strangler facade identity-key billing")
@click.argument("service")
@click.option("--state", type=_PATH, default=STATE, show_default=True, metavar="DIR", help="Where state is kept.")
def identity_key(session: Session, service: str, state: Path) -> None:
    """Print the key with which SERVICE verifies the users the facade vouches for (X-Strangler-Identity)."""
    session.plan().service(service)
    if not state.is_dir():
        raise StranglerError(f"there is no state in {state}", hint="start the facade first, or name its --state")
    key = facade.identity_key(state, service)
    session.out.json({"service": service, "key": key})
    session.out.show(key)
