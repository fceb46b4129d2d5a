"""A control plane on SQLite and a local repository, without a server."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from strangler_deploy.control_plane.api.app import create_app
from strangler_deploy.control_plane.identity.keys import LocalKeys
from strangler_deploy.control_plane.identity.tokens import Claims, Verifier
from strangler_deploy.control_plane.plane import Plane
from strangler_deploy.control_plane.provisioning.git import Repository
from strangler_deploy.control_plane.provisioning.outbox import Outbox, Settings
from strangler_deploy.control_plane.store.store import Store

PLAN = """\
version: 1
monolith: {name: shop, packages: [shop], upstream: "http://10.80.1.5:8000"}
services:
  billing: {modules: [shop.billing], routes: ["/api/invoices/**"]}
platform:
  clusters:
    hub: {role: control}
    app: {role: application}
"""
PRICES: dict[str, Any] = {
    "currency": "EUR",
    "monthly": "100",
    "rates": [{"metric": "requests", "included": 10, "steps": [{"price": "0.01", "up_to": 100}, {"price": "0.003"}]}],
}


@dataclass
class Clock:
    """A clock that is moved by hand."""

    moment: datetime = datetime(2026, 11, 3, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment


def git(where: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=where, capture_output=True, check=True)
    return done.stdout.decode().strip()


@dataclass(frozen=True)
class Client:
    """Asks the application without a socket."""

    app: FastAPI
    token: str

    def request(self, method: str, path: str, headers: dict[str, str] | None = None, **given: Any) -> httpx.Response:
        said = {"authorization": f"Bearer {self.token}", **(headers or {})}

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://control-plane") as client:
                return await client.request(method, path, headers=said, **given)

        return asyncio.run(ask())

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self.request("GET", path, **given)

    def post(self, path: str, **given: Any) -> httpx.Response:
        return self.request("POST", path, **given)

    def put(self, path: str, **given: Any) -> httpx.Response:
        return self.request("PUT", path, **given)

    def patch(self, path: str, **given: Any) -> httpx.Response:
        return self.request("PATCH", path, **given)

    def delete(self, path: str, **given: Any) -> httpx.Response:
        return self.request("DELETE", path, **given)


@dataclass
class World:
    """Everything that a test looks at; ``remote`` is the repository that commits are pushed to."""

    store: Store
    repository: Repository
    remote: Path
    outbox: Outbox
    keys: LocalKeys
    clock: Clock
    app: FastAPI

    def token(self, role: str, tenant: str = "", subject: str = "") -> str:
        claims = {"sub": subject or f"{role}-{tenant}", "aud": "strangler-control-plane", "roles": [role]}
        bound = {"tenant": tenant} if tenant else {}
        return self.keys.sign({**claims, **bound, "exp": int(time.time()) + 600})

    def client(self, role: str = "operator", tenant: str = "", subject: str = "") -> Client:
        return Client(self.app, self.token(role, tenant, subject))

    def onboard(self, *tenants: str) -> None:
        """Tenants that are in git."""
        operator = self.client()
        operator.put("/v1/price-lists/standard", json=PRICES)
        for tenant in tenants:
            assert operator.post("/v1/tenants", json={"tenant": {"id": tenant}}).status_code == 202
        assert self.outbox.empty()

    def subjects(self) -> list[str]:
        """What the commits of the remote say, oldest first."""
        return git(self.remote, "log", "--reverse", "--format=%s", "main").splitlines()

    def files(self) -> list[str]:
        return git(self.remote, "ls-tree", "-r", "--name-only", "main").splitlines()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    """A database of its own: SQLite, or on the PostgreSQL that STRANGLER_POSTGRESQL names (postgresql://…/)."""
    server = os.environ.get("STRANGLER_POSTGRESQL")
    if not server:
        yield f"sqlite:///{tmp_path / 'control-plane.db'}"
        return
    name, url = f"test_{uuid.uuid4().hex}", make_url(f"{server}postgres").set(drivername="postgresql+pg8000")
    admin = create_engine(url)
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield f"{server}{name}"
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    path = tmp_path / "gitops.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(path))
    return path


@pytest.fixture
def make_world(tmp_path: Path, database: str, remote: Path) -> Iterator[Callable[..., World]]:
    made: list[World] = []

    def make(plan: str = PLAN, state: str = "state", **settings: Any) -> World:
        clock, store = Clock(), Store(database)
        keys = LocalKeys(tmp_path / "key.pem")
        repository = Repository(tmp_path / state / "repository.git", str(remote), "main")
        outbox = Outbox(store, repository, Settings(plan, **settings), clock)
        app = create_app(Plane(store, Verifier([keys], Claims()), clock, outbox.ring))
        made.append(World(store, repository, remote, outbox, keys, clock, app))
        return made[-1]

    yield make
    for world in made:
        world.repository.close()
        world.store.close()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


def trailers(remote: Path) -> list[str]:
    """The numbers of the requests that the commits of the main branch were made for, newest first."""
    said = git(remote, "log", "--format=%(trailers:key=Strangler-Request,valueonly,separator=%x2C)", "main")
    return [line.rpartition("/")[2] for line in said.splitlines() if line]
