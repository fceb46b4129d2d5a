"""Puts a control plane together from its options, and runs it: the API in front, the outbox and the follower behind."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
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

_ADDRESS = re.compile(r"[\w+.-]+://|[\w.@-]+:")  # of a scheme, or ssh's HOST:PATH
_YEAR = 365 * 24 * 3600


def clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def local_keys(options: Options) -> LocalKeys:
    """The installation's own key."""
    options.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalKeys(options.key or options.state / "key.pem")


def token(options: Options, subject: str, role: str, tenant: str, seconds: int = _YEAR) -> str:
    """A token of the local key: for the first operator, the facade, and trying things out."""
    moment = int(time.time())
    claims = {"sub": subject, "aud": options.audience, "iat": moment, "exp": moment + seconds}
    claims |= {options.role_claim: [role], **({options.tenant_claim: tenant} if tenant else {})}
    return local_keys(options).sign(claims)


@contextmanager
def assembled(options: Options) -> Iterator[tuple[FastAPI, Outbox]]:
    """A running control plane without its server: the application, and the outbox that works for it."""
    text = _plan_text(options.plan)
    keys: list[KeySource] = [local_keys(options)]
    keys += [OidcKeys(options.issuer, time.monotonic)] if options.issuer else []
    remote = _remote(options.repository)
    database = options.database or f"sqlite:///{options.state / 'control-plane.db'}"
    with ExitStack() as stack:
        store = stack.enter_context(closing(Store(database, options.login)))
        repository = Repository(options.state / "repository.git", remote, options.branch)
        stack.enter_context(closing(repository))
        outbox = Outbox(store, repository, Settings(text, options.review), clock)
        claims = Claims(options.audience, options.tenant_claim, options.role_claim)
        app = create_app(Plane(store, Verifier(keys, claims), clock, outbox.ring))
        follower = Follower.of_context(store, repository, clock) if options.follow else None
        for part in (outbox, follower):
            if part is not None:
                part.on_change = app.state.bell.ring
                stack.enter_context(_at_work(part))
        yield app, outbox


@contextmanager
def _at_work(part: Outbox | Follower) -> Iterator[None]:
    """A part that works in a thread of its own, until it is told to end."""
    worker = threading.Thread(target=part.run, name=type(part).__name__.lower())
    worker.start()
    try:
        yield
    finally:
        part.end()
        worker.join()


def _remote(repository: str | None) -> str | None:
    """The repository as git finds it from anywhere: a path is meant from where we were started.

    Raises:
        StranglerError: it is a path, and nothing is there.
    """
    if repository is None or _ADDRESS.match(repository):
        return repository
    path = Path(repository).resolve()
    if not path.is_dir():
        raise StranglerError(f"there is no repository at {path}", hint=f"git init --bare {repository}")
    return str(path)


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
    with _listening(options.listen) as listener, assembled(options) as (app, _):
        config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
        _Server(config, on_ready).run([listener])


def _listening(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host.strip("[]"), int(port)))
    except (OSError, ValueError, OverflowError) as error:
        made.close()
        raise StranglerError(f"cannot listen on {address}: {error}", hint="--listen HOST:PORT") from error
    return made


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        self._on_ready(f"{host}:{port}")
