"""Who asks, and for whom: the only thing that decides what an answer may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from strangler.errors import StranglerError


class Role(StrEnum):
    """What a caller may: everything, what concerns one tenant (change or look), or only report usage."""

    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    METER = "meter"


class Unauthenticated(StranglerError):
    """The request shows no token that counts."""


class Forbidden(StranglerError):
    """The caller's role does not cover this."""


class Hidden(StranglerError):
    """There is no such thing, or not for this caller; the answer does not tell which."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A proven identity; ``tenant`` is empty for operators and meters, who belong to none."""

    subject: str
    role: Role
    tenant: str = ""

    def require(self, *roles: Role) -> None:
        """Make sure of one of the roles; an operator has them all.

        Raises:
            Forbidden: the caller has none of them.
        """
        if self.role is not Role.OPERATOR and self.role not in roles:
            hint = f"it takes the role {' or '.join(roles or (Role.OPERATOR,))}"
            raise Forbidden("your role does not cover this", hint=hint)

    def require_tenant(self, tenant: str, *roles: Role) -> None:
        """Make sure that the caller may see (or with ``roles``, do something for) this tenant.

        Raises:
            Hidden: it is another's, which looks the same as one that does not exist.
            Forbidden: it is the caller's own, but the role does not cover this.
        """
        if self.role is not Role.OPERATOR and self.tenant != tenant:
            raise Hidden(f"there is no tenant '{tenant}'")
        self.require(*(roles or (Role.ADMINISTRATOR, Role.MEMBER)))


def caller_of(claims: Mapping[str, Any], *, tenant_claim: str, role_claim: str) -> Caller:
    """The caller that a valid token's claims describe; of several roles the strongest.

    Raises:
        Unauthenticated: they describe none.
    """
    said = claims.get(role_claim)
    held = said.split() if isinstance(said, str) else said if isinstance(said, list) else []
    role = next((role for role in Role if role.value in held), None)
    tenant, subject = claims.get(tenant_claim, ""), claims.get("sub")
    if role is None or not isinstance(subject, str) or not isinstance(tenant, str):
        raise Unauthenticated(f"the token names no role of ours in '{role_claim}'")
    bound = role in (Role.ADMINISTRATOR, Role.MEMBER)
    if bound != bool(tenant):
        raise Unauthenticated(f"the token's role '{role}' and its '{tenant_claim}' do not go together")
    return Caller(subject, role, tenant)
