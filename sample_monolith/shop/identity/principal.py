"""Who is asking, as far as the signed cookie says. Needs no database."""

import functools
from dataclasses import dataclass

from flask import session as cookie

from shop.errors import Forbidden, Unauthenticated


@dataclass(frozen=True)
class Principal:
    user_id: int
    tenant_id: int
    account_id: int
    role: str

    @property
    def is_staff(self) -> bool:
        return self.role == "staff"


def current_principal() -> Principal:
    if "user_id" not in cookie:
        raise Unauthenticated()
    return Principal(
        user_id=cookie["user_id"],
        tenant_id=cookie["tenant_id"],
        account_id=cookie["account_id"],
        role=cookie["role"],
    )


def principal_required(view):
    """Cheap check for hot paths: a valid cookie is enough."""

    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        current_principal()
        return view(*args, **kwargs)

    return wrapper


def staff_required(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if not current_principal().is_staff:
            raise Forbidden("This is for the tenant's staff.")
        return view(*args, **kwargs)

    return wrapper
