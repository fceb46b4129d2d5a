"""Carries out every change of a service's position: checks it, writes it down, puts it in force, tells who listens.

One asyncio loop, one change at a time. The order is: legal → written (version and audit entry in one transaction) →
applied by the workers. What is written but was not applied before a crash is applied at the next start.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from strangler.errors import OutputError, StranglerError
from strangler.files import write_file
from strangler.model import Stage
from strangler.plan import Plan
from strangler_facade.control import stages
from strangler_facade.control.compile import compile_table
from strangler_facade.control.routeset import RouteSet, difference, from_plan
from strangler_facade.control.stages import Facts, Position
from strangler_facade.control.store import Entry, Store, StoreError
from strangler_facade.control.supervisor import Plane
from strangler_facade.serialize import checked, to_json


class Unknown(StranglerError):
    """There is no such service or version."""


class Outdated(StranglerError):
    """Somebody else changed it since it was read."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, and why; ``at`` the revision they saw is still current, if given."""

    name: str
    reason: str
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What people have verified about a service's data and code; recorded, never guessed."""

    backfill_verified: bool = False
    reverse_replication: bool = False
    code_restored: bool = False


class Controller:
    """The positions of all services, and the only way to change them."""

    def __init__(self, store: Store, plan: Plan, plane: Plane, *, clock: Callable[[], float] = time.time) -> None:
        """Take up where the store's last version stands, with the plan's rules if the plan has changed since.

        Raises:
            StranglerError: the plan names no address of the monolith, or the table would contradict itself.
        """
        self._store, self._plane, self._clock = store, plane, clock
        self._lock = asyncio.Lock()
        self._changed = asyncio.Condition()
        self._pending: list[tuple[RouteSet, Entry]] = []
        self.plan = plan
        self._evidence = {name: Evidence(**body) for name, body in store.documents("evidence").items()}
        self._revisions = {name: int(body["version"]) for name, body in store.documents("revision").items()}
        self.version, self.routes, self._digest = 0, RouteSet(""), ""
        latest = store.latest()
        if latest is not None:
            self.version, self.routes, self._digest = latest.number, latest.routes, latest.plan
        self._take_plan(plan)
        self._tell()

    def _take_plan(self, plan: Plan) -> bool:
        """Make a version of the plan's rules, if they are not the ones loaded last."""
        if plan.monolith.upstream is None:
            hint = 'add upstream: "http://HOST:PORT" to monolith'
            raise StranglerError("the plan does not say where the monolith answers", hint=hint)
        wanted = from_plan(plan, plan.monolith.upstream, self.routes.positions)
        self.plan = plan
        if wanted.rules_digest == self._digest:
            return False
        _refuse_to_strand(self.routes, wanted)
        self._write(wanted, Author("plan", "the plan's rules"), "plan", None, wanted.rules_digest)
        return True

    async def reload(self, plan: Plan) -> bool:
        """Take a changed plan; True if its rules differ from the ones in force.

        Raises:
            StranglerError: a service with users at it lost its upstream or its entry.
        """
        async with self._lock:
            changed = self._take_plan(plan)
            if changed:
                await self._in_force()
        return changed

    def table(self) -> dict[str, Any]:
        """The table of the version in force, as JSON values."""
        return to_json(checked(compile_table(self.routes, self.version)))

    def position(self, service: str) -> Position:
        """Where a service stands.

        Raises:
            Unknown: the plan has no such service.
        """
        if service not in self.routes.rules:
            raise Unknown(
                f"the plan has no service '{service}'", hint=f"it has: {', '.join(self.routes.rules) or 'none'}"
            )
        return self.routes.positions.get(service, Position())

    def stage(self, service: str) -> Stage:
        """The service's stage; ``planned`` while it has no upstream."""
        position = self.position(service)
        return position.stage if self.routes.rules[service].upstream else Stage.PLANNED

    def states(self) -> dict[str, Any]:
        """Where all services stand, in the form that their clients read (also from ``services.json``)."""
        services = {
            name: {"stage": str(self.stage(name)), "percent": self.position(name).weight, "url": rules.upstream or ""}
            for name, rules in sorted(self.routes.rules.items())
        }
        return {"version": self.version, "services": services}

    def revision(self, service: str) -> int:
        """The version that last changed this service's position or evidence."""
        return self._revisions.get(service, 0)

    def facts(self, service: str) -> Facts:
        """What a move of the service depends on."""
        self.position(service)
        rules, evidence = self.routes.rules[service], self._evidence.get(service, Evidence())
        known = (rules.upstream is not None, bool(rules.routes), rules.writes, rules.store)
        return Facts(*known, evidence.backfill_verified, evidence.reverse_replication, evidence.code_restored)

    async def shift(self, service: str, percent: float, author: Author) -> Position:
        """Give the service ``percent`` of its users."""
        return await self._move(service, author, "shift", lambda now, facts: stages.shift(now, percent, facts))

    async def mirror(self, service: str, on: bool, author: Author) -> Position:
        """Switch mirroring."""
        return await self._move(service, author, "shadow", lambda now, facts: stages.mirror(now, on, facts))

    async def walk(self, service: str, stage: Stage, author: Author) -> Position:
        """Move the service to a stage."""
        return await self._move(service, author, "stage", lambda now, facts: stages.walk(now, stage, facts))

    async def roll_back(self, service: str, author: Author) -> Position:
        """Send every user of the service back to the monolith."""
        return await self._move(service, author, "rollback", stages.retreat)

    async def _move(
        self, service: str, author: Author, action: str, wish: Callable[[Position, Facts], Position]
    ) -> Position:
        async with self._lock:
            now, facts = self.position(service), self.facts(service)
            self._refuse_outdated(service, author)
            wanted = wish(now, facts)
            if wanted != now:
                self._write(self.routes.placed(service, wanted), author, action, service, self._digest)
                await self._in_force()
            return wanted

    async def retreat(self, service: str, author: Author, detail: Mapping[str, Any]) -> Position:
        """The automatic way back: as ``roll_back``, but not even a full disk holds it up.

        If it cannot be written, the space set aside is freed; if that does not help, the table is applied all the
        same, and the entry is written as soon as there is room (``settle``).
        """
        async with self._lock:
            now = self.position(service)
            wanted = stages.retreat(now, self.facts(service))
            if wanted == now:
                return now
            routes = self.routes.placed(service, wanted)
            try:
                self._write(routes, author, "retreat", service, self._digest, detail)
            except StoreError:
                self._write_without_room(routes, author, service, detail)
            await self._in_force()
            return wanted

    def _write_without_room(self, routes: RouteSet, author: Author, service: str, detail: Mapping[str, Any]) -> None:
        self._store.release_ballast()
        try:
            self._write(routes, author, "retreat", service, self._digest, detail)
        except StoreError:
            changes = difference(self.routes, routes)
            self.version, self.routes = self.version + 1, routes
            late = {**detail, "changes": changes, "written_late": True}
            self._pending.append(
                (routes, Entry(self._clock(), author.name, "retreat", author.reason, service, None, late))
            )

    def settle(self) -> bool:
        """Write what could not be written before; True if nothing is owed."""
        while self._pending:
            _, entry = self._pending[0]
            author = Author(entry.actor, entry.reason)
            try:
                self._write(
                    self.routes, author, entry.action, entry.service, self._digest, entry.detail, at_least=self.version
                )
            except StoreError:
                return False
            self._pending.pop(0)
        return self._store.restore_ballast()

    @property
    def owed(self) -> int:
        """How many audit entries wait for room on the disk."""
        return len(self._pending)

    async def restore(self, number: int, author: Author) -> int:
        """Put an old version's rules and positions in force again, as a new version, and return its number.

        Raises:
            Unknown: there is no such version.
            IllegalMove: a service may not go from where it is to where it was.
        """
        async with self._lock:
            old = self._store.version(number)
            if old is None:
                raise Unknown(f"there is no version {number}", hint=f"they go from 1 to {self.version}")
            for service, position in old.routes.positions.items():
                if service in self.routes.rules:
                    self._check_restorable(service, position)
            self._write(old.routes, author, "restore", None, self._digest, {"restored": number})
            await self._in_force()
            return self.version

    def _check_restorable(self, service: str, wanted: Position) -> None:
        now, facts = self.position(service), self.facts(service)
        if stages.ORDER.index(wanted.stage) < stages.ORDER.index(now.stage):
            stages.walk(now, wanted.stage, facts)
            return
        while now.stage is not wanted.stage:  # forward: each step on the way must be allowed
            now = stages.walk(now, stages.ORDER[stages.ORDER.index(now.stage) + 1], facts)

    async def attest(self, service: str, evidence: Mapping[str, bool], author: Author) -> Evidence:
        """Record what a person has verified (or found not to hold any more)."""
        async with self._lock:
            self.position(service)
            self._refuse_outdated(service, author)
            before = self._evidence.get(service, Evidence())
            after = replace(before, **evidence)
            entry = Entry(self._clock(), author.name, "attest", author.reason, service, None, asdict(after))
            with self._store.change():
                self._store.put_document("evidence", service, asdict(after))
                self._store.add_entry(entry)
            self._evidence[service] = after
            return after

    def record(self, service: str, author: Author, action: str, kind: str, body: Mapping[str, Any]) -> None:
        """Write a document and its audit entry, without a new version (a rollout began, paused, ended)."""
        entry = Entry(self._clock(), author.name, action, author.reason, service, None, dict(body))
        with self._store.change():
            self._store.put_document(kind, service, body)
            self._store.add_entry(entry)

    def remember(self, kind: str, name: str, body: Mapping[str, Any]) -> None:
        """Write a document that is no decision of anybody (how long a step has baked); lost without harm."""
        with self._store.change():
            self._store.put_document(kind, name, body)

    @property
    def store(self) -> Store:
        """For reading: history, versions, documents."""
        return self._store

    def _refuse_outdated(self, service: str, author: Author) -> None:
        if author.seen is not None and author.seen != self.revision(service):
            hint = "read it again, then decide again"
            raise Outdated(f"{service} has changed since you looked (now revision {self.revision(service)})", hint=hint)

    def _write(
        self,
        routes: RouteSet,
        author: Author,
        action: str,
        service: str | None,
        digest: str,
        detail: Mapping[str, Any] | None = None,
        *,
        at_least: int = 0,
    ) -> None:
        checked(compile_table(routes, self.version + 1))
        changes = difference(self.routes, routes)
        moved = [service] if service else [name for name in routes.rules if self._touched(name, routes)]
        with self._store.change():
            at = self._clock()
            number = self._store.add_version(routes, at=at, plan=digest, at_least=at_least)
            fields = {"changes": changes, **(detail or {})}
            self._store.add_entry(Entry(at, author.name, action, author.reason, service, number, fields))
            for name in moved:
                self._store.put_document("revision", name, {"version": number})
        self.version, self.routes, self._digest = number, routes, digest
        self._revisions.update(dict.fromkeys(moved, number))

    def _touched(self, service: str, routes: RouteSet) -> bool:
        now = self.routes
        return (now.rules.get(service), now.positions.get(service)) != (
            routes.rules.get(service),
            routes.positions.get(service),
        )

    async def _in_force(self) -> None:
        await self._plane.apply(self.version, self.table())
        self._tell()
        async with self._changed:
            self._changed.notify_all()

    def _tell(self) -> None:
        """Write where everybody stands beside the store, for clients on this machine."""
        with contextlib.suppress(OutputError):  # on a full disk they ask the admin, or trust what they know for a while
            write_file(self._store.path.with_name("services.json"), json.dumps(self.states()) + "\n")

    async def wait_beyond(self, version: int, seconds: float) -> int:
        """Wait until the version is another one than ``version``, at most ``seconds``; returns the one in force."""
        async with self._changed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait_for(lambda: self.version != version), seconds)
        return self.version


def _refuse_to_strand(old: RouteSet, new: RouteSet) -> None:
    for service, position in old.positions.items():
        rules = new.rules.get(service)
        if position.weight and (rules is None or rules.upstream is None):
            message = (
                f"'{service}' serves {position.weight:g} % of its users, but the plan has no upstream for it any more"
            )
            raise StranglerError(message, hint=f"shift {service} to 0 first, or restore its entry")
