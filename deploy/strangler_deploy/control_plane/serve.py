"""Puts a control plane together from its options, and runs it: the API in front, the outbox and the follower behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from strangler.errors import StranglerError
from strangler.plan import loads
from strangler_deploy.control_plane.api.app import create_app
from strangler_deploy.control_plane.identity.keys import KeySource, LocalKeys, OidcKeys
from strangler_deploy.control_plane.identity.tokens import Claims, Verifier
from strangler_deploy.control_plane.options import Options
from strangler_deploy.control_plane.plane import Plane
from strangler_deploy.control_plane.provisioning.follow import Follower
from strangler_deploy.control_plane.provisioning.git import Repository
from strangler_deploy.control_plane.provisioning.outbox import Outbox, Settings
from strangler_deploy.control_plane.store.store import Store

_YEAR = 365 * 24 * 3600


def clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def local_keys(state: Path) -> LocalKeys:
    """The installation's own key."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalKeys(state / "key.pem")


def token(options: Options, subject: str, role: str, tenant: str, seconds: int = _YEAR) -> str:
    """A token of the local key: for the first operator, the facade, and trying things out."""
    moment = int(time.time())
    claims = {"sub": subject, "aud": options.audience, "iat": moment, "exp": moment + seconds}
    claims |= {options.role_claim: [role], **({options.tenant_claim: tenant} if tenant else {})}
    return local_keys(options.state).sign(claims)


@contextmanager
def assembled(options: Options) -> Iterator[tuple[FastAPI, Outbox]]:
    """A running control plane without its server: the application, and the outbox that works for it."""
    text = _plan_text(options.plan)
    keys: list[KeySource] = [local_keys(options.state)]
    keys += [OidcKeys(options.issuer, time.monotonic)] if options.issuer else []
    store = Store(options.database or f"sqlite:///{options.state / 'control-plane.db'}")
    repository = Repository(options.state / "repository.git", options.repository, options.branch)
    outbox = Outbox(store, repository, Settings(text, options.folder, options.review), clock)
    claims = Claims(options.audience, options.tenant_claim, options.role_claim)
    app = create_app(Plane(store, Verifier(keys, claims), clock, outbox.ring))
    outbox.on_change = app.state.bell.ring
    follower = Follower.of_context(store, repository, clock) if options.follow else None
    workers = [threading.Thread(target=outbox.run, name="outbox")]
    if follower:
        follower.on_change = app.state.bell.ring
        workers.append(threading.Thread(target=follower.run, name="follower"))
    for worker in workers:
        worker.start()
    try:
        yield app, outbox
    finally:
        for part in (outbox, follower):
            if part is not None:
                part.end()
        for worker in workers:
            worker.join()
        repository.close()
        store.close()


def _plan_text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StranglerError(f"cannot read the plan {path}: {error}", hint="name it with --plan") from error
    loads(text, name=str(path))
    return text


def run(options: Options, on_ready: Callable[[str], None]) -> None:
    """Serve until interrupted; ``on_ready`` is told the address.

    Raises:
        StranglerError: plan, database or address cannot be used.
    """
    with assembled(options) as (app, _):
        host, _, port = options.listen.rpartition(":")
        config = uvicorn.Config(
            app, host.strip("[]"), int(port), log_level="warning", access_log=False, timeout_graceful_shutdown=2
        )
        server = _Server(config, on_ready)
        try:
            socket = config.bind_socket()
        except SystemExit as error:
            raise StranglerError(f"cannot listen on {options.listen}", hint="--listen HOST:PORT") from error
        with socket:
            server.run([socket])


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        self._on_ready(f"{host}:{port}")
