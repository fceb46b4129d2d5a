"""The outbox: what was asked for is a row, in order, until git has it; nothing else remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from strangler.errors import StranglerError
from strangler.model import Finding
from strangler_deploy.control_plane.identity.caller import Hidden
from strangler_deploy.control_plane.store.store import add, serialise, timestamp
from strangler_deploy.control_plane.store.tables import requests, tenants
from strangler_deploy.control_plane.tenants.events import tell
from strangler_deploy.control_plane.tenants.stages import AFTER, ALLOWED, EVENTS, Kind, Standing, State
from strangler_deploy.control_plane.tenants.wish import merged, tenant_of


class Conflict(StranglerError):
    """The thing is in a state that does not allow this now."""


class Outdated(StranglerError):
    """The thing was changed since the caller looked at it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the outbox has it."""

    id: int
    tenant: str
    kind: Kind
    wish: Mapping[str, Any]
    actor: str
    created: str
    state: State = State.PENDING
    commit: str = ""
    branch: str = ""
    leave_data: bool = False


def tenant_row(connection: Connection, tenant: str) -> RowMapping:
    """A tenant that was asked for.

    Raises:
        Hidden: there is none.
    """
    row = connection.execute(select(tenants).where(tenants.c.id == tenant)).mappings().first()
    if row is None:
        raise Hidden(f"there is no tenant '{tenant}'")
    return row


def onboard(connection: Connection, wish: Mapping[str, Any], price_list: str, actor: str, now: datetime) -> int:
    """Ask for a new tenant; returns the request's id.

    Raises:
        InvalidWish: the wish is no tenant.
        Conflict: the id is taken, or was once.
    """
    tenant, at = tenant_of(wish).id, timestamp(now)
    serialise(connection, requests)
    known = connection.execute(select(tenants).where(tenants.c.id == tenant)).mappings().first()
    fresh = {"standing": Standing.ONBOARDING, "document": dict(wish), "price_list": price_list, "updated": at}
    if known is None:
        connection.execute(insert(tenants).values(id=tenant, version=1, created=at, **fresh))
    elif known["standing"] in ALLOWED[Kind.ONBOARD]:
        _change_tenant(connection, known, fresh)
    else:
        hint = "an id is never given to another tenant, so that nobody inherits usage or data"
        raise Conflict(f"there is a tenant '{tenant}' already, or was ({known['standing']})", hint=hint)
    return _ask(connection, tenant, Kind.ONBOARD, wish, actor, now)


def ask(
    connection: Connection,
    tenant: str,
    kind: Kind,
    patch: Mapping[str, Any],
    version: int,
    actor: str,
    now: datetime,
    *,
    leave_data: bool = False,
) -> int:
    """Ask for a change of a tenant that the caller has seen at ``version``; returns the request's id.

    ``leave_data`` says that the caller knows of the data that the tenant then reaches no more.

    Raises:
        Hidden: there is no such tenant.
        Outdated: it has another version by now.
        Conflict: its standing does not allow this, or a request of it is under way.
        InvalidWish: with the patch it would be no tenant.
    """
    serialise(connection, requests)
    row = tenant_row(connection, tenant)
    require_version(row, version)
    if row["standing"] not in ALLOWED[kind]:
        raise Conflict(f"tenant '{tenant}' is {row['standing']}, which does not allow '{kind}'")
    open_one = connection.scalar(_open_requests(tenant))
    if open_one is not None:
        raise Conflict(f"request {open_one} of tenant '{tenant}' is under way", hint="wait until it is committed")
    if tenant_of(merged(row["document"], patch)).id != tenant:
        raise Conflict("a tenant's id cannot be changed")
    _change_tenant(connection, row, {"updated": timestamp(now)})
    return _ask(connection, tenant, kind, patch, actor, now, leave_data=leave_data)


def require_version(row: Mapping[Any, Any], version: int) -> None:
    """Make sure that the caller has seen the newest state.

    Raises:
        Outdated: it has not.
    """
    if row["version"] != version:
        raise Outdated(f"'{row['id']}' is at version {row['version']} by now", hint="read it again and ask again")


def _open_requests(tenant: str) -> Any:
    is_open = (requests.c.tenant == tenant) & (requests.c.state == State.PENDING)
    return select(func.min(requests.c.id)).where(is_open)


def _ask(
    connection: Connection,
    tenant: str,
    kind: Kind,
    wish: Mapping[str, Any],
    actor: str,
    now: datetime,
    *,
    leave_data: bool = False,
) -> int:
    at = timestamp(now)
    row = {"tenant": tenant, "kind": kind, "wish": dict(wish), "state": State.PENDING, "actor": actor}
    empty = {"reason": "", "findings": [], "commit": "", "branch": "", "leave_data": leave_data}
    number = add(connection, requests, {**row, **empty, "created": at, "updated": at})
    tell(connection, EVENTS[kind][0], tenant, {"request": number}, now)
    return number


def _change_tenant(connection: Connection, row: RowMapping, values: Mapping[str, Any]) -> None:
    changed = {**values, "version": row["version"] + 1}
    connection.execute(update(tenants).where(tenants.c.id == row["id"]).values(changed))


def is_pending(connection: Connection, request: int) -> bool:
    """Whether a request still waits to be met."""
    return connection.scalar(select(requests.c.state).where(requests.c.id == request)) == State.PENDING


def open_requests(connection: Connection, state: State, limit: int = 100) -> list[Asked]:
    """The requests in a state, oldest first."""
    query = select(requests).where(requests.c.state == state).order_by(requests.c.id).limit(limit)
    return [_asked(row) for row in connection.execute(query).mappings()]


def _asked(row: RowMapping) -> Asked:
    names = ("id", "tenant", "wish", "actor", "created", "commit", "branch", "leave_data")
    return Asked(kind=Kind(row["kind"]), state=State(row["state"]), **{name: row[name] for name in names})


def committed(
    connection: Connection, request: int, commit: str, branch: str, document: Mapping[str, Any], now: datetime
) -> None:
    """A request is in git: its tenant stands accordingly. Said twice, it counts once."""
    row = _claim(connection, request)
    if row is None:
        return
    kind = Kind(row["kind"])
    values = {"state": State.COMMITTED, "commit": commit, "branch": branch, "reason": "", "updated": timestamp(now)}
    connection.execute(update(requests).where(requests.c.id == request).values(values))
    tenant = tenant_row(connection, row["tenant"])
    standing = AFTER[kind] or tenant["standing"]
    # What is gone from git is remembered as it was.
    kept = tenant["document"] if kind is Kind.OFFBOARD else dict(document)
    _change_tenant(connection, tenant, {"standing": standing, "document": kept, "updated": timestamp(now)})
    tell(connection, "provisionRequest", row["tenant"], {"request": request, "commit": commit}, now)


def failed(connection: Connection, request: int, reason: str, findings: Sequence[Finding], now: datetime) -> None:
    """A request cannot be met, ever; git was not touched. Said twice, it counts once."""
    row = _claim(connection, request)
    if row is None:
        return
    told = [finding_fields(finding) for finding in findings]
    values = {"state": State.FAILED, "reason": reason, "findings": told, "updated": timestamp(now)}
    connection.execute(update(requests).where(requests.c.id == request).values(values))
    kind, tenant = Kind(row["kind"]), tenant_row(connection, row["tenant"])
    standing = Standing.REFUSED if kind is Kind.ONBOARD else tenant["standing"]
    _change_tenant(connection, tenant, {"standing": standing, "updated": timestamp(now)})
    tell(connection, EVENTS[kind][2], row["tenant"], {"request": request, "reason": reason}, now)


def _claim(connection: Connection, request: int) -> RowMapping | None:
    """The request if it is still pending; another replica waits here until we are done with it."""
    query = select(requests).where(requests.c.id == request, requests.c.state == State.PENDING).with_for_update()
    return connection.execute(query).mappings().first()


def delayed(connection: Connection, request: int, reason: str, now: datetime) -> None:
    """A request has to wait, and this is why."""
    still = (requests.c.id == request) & (requests.c.state == State.PENDING) & (requests.c.reason != reason)
    connection.execute(update(requests).where(still).values(reason=reason, updated=timestamp(now)))


def followed(connection: Connection, asked: Asked, state: State, reason: str, now: datetime) -> None:
    """A committed request went on in the cluster (or is stuck there, for ``reason``)."""
    changed = (requests.c.state != state) | (requests.c.reason != reason)
    at = (requests.c.id == asked.id) & (requests.c.state == asked.state) & changed
    values = {"state": state, "reason": reason, "updated": timestamp(now)}
    done = connection.execute(update(requests).where(at).values(values))
    if done.rowcount and state is State.READY:
        tell(connection, EVENTS[asked.kind][1], asked.tenant, {"request": asked.id, "commit": asked.commit}, now)


def finding_fields(finding: Finding) -> dict[str, Any]:
    """A finding as the API shows it."""
    place = finding.location
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "hint": finding.hint,
        "place": str(place) if place else "",
    }
