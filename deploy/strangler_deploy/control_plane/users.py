"""The people of a tenant: invited by an administrator, theirs once they show the invitation with their own token."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select, update

from strangler_deploy.control_plane.identity.caller import Hidden
from strangler_deploy.control_plane.store.store import add, serialise, timestamp
from strangler_deploy.control_plane.store.tables import users
from strangler_deploy.control_plane.tenants.events import tell
from strangler_deploy.control_plane.tenants.requests import Conflict

_VALID = timedelta(days=7)


class UserState(StrEnum):
    """Whether an invitation was taken, is still open, or was withdrawn."""

    INVITED = "invited"
    ACTIVE = "active"
    REMOVED = "removed"


def invite(connection: Connection, tenant: str, email: str, role: str, now: datetime) -> tuple[int, str]:
    """Invite somebody; returns the user's id and the secret, which is kept nowhere.

    Raises:
        Conflict: the address is a user of the tenant already.
    """
    serialise(connection, users)
    secret = secrets.token_urlsafe(24)
    values = {
        "role": role,
        "subject": "",
        "state": UserState.INVITED,
        "secret": _hashed(secret),
        "expires": timestamp(now + _VALID),
        "created": timestamp(now),
    }
    query = select(users).where(users.c.tenant == tenant, users.c.email == email)
    known = connection.execute(query).mappings().first()
    if known is None:
        return add(connection, users, {"tenant": tenant, "email": email, **values}), secret
    if known["state"] == UserState.ACTIVE:
        raise Conflict(f"{email} is a user of '{tenant}' already")
    connection.execute(update(users).where(users.c.id == known["id"]).values(values))
    return int(known["id"]), secret


def accept(connection: Connection, secret: str, subject: str, now: datetime) -> Mapping[Any, Any]:
    """Take an invitation for ``subject``; it works once.

    Raises:
        Hidden: there is no open invitation with this secret.
    """
    matching = (users.c.secret == _hashed(secret)) & (users.c.state == UserState.INVITED)
    is_open = matching & (users.c.expires > timestamp(now))
    row = connection.execute(select(users).where(is_open).with_for_update()).mappings().first()
    if row is None:
        raise Hidden("there is no open invitation with this secret")
    taken = {"subject": subject, "state": UserState.ACTIVE, "secret": ""}
    connection.execute(update(users).where(users.c.id == row["id"]).values(taken))
    tell(connection, "tenantUserCreated", row["tenant"], {"user": row["id"]}, now)
    return {**row, **taken}


def remove(connection: Connection, tenant: str, user: int, now: datetime) -> None:
    """Take a user or an invitation away.

    Raises:
        Hidden: the tenant has no such user.
    """
    at = (users.c.id == user) & (users.c.tenant == tenant) & (users.c.state != UserState.REMOVED)
    if not connection.execute(update(users).where(at).values(state=UserState.REMOVED, secret="")).rowcount:
        raise Hidden(f"tenant '{tenant}' has no user {user}")
    tell(connection, "tenantUserDeleted", tenant, {"user": user}, now)


def is_removed(connection: Connection, tenant: str, subject: str) -> bool:
    """Whether somebody was taken out of a tenant, whose token may still say otherwise."""
    query = select(users.c.state).where(users.c.tenant == tenant, users.c.subject == subject)
    states = set(connection.scalars(query))
    return bool(states) and UserState.ACTIVE not in states


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
