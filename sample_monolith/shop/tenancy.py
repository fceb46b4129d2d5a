"""Tenants, and which of them the current request or job works for."""

from contextlib import contextmanager
from contextvars import ContextVar

from flask import g, has_request_context, request
from flask import session as cookie
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, UtcDateTime, session
from shop.errors import Forbidden, NotFound, TenantRequired

_scoped: ContextVar[int | None] = ContextVar("shop_tenant", default=None)

# Tenants hardly ever change, so each process remembers slug -> id for its lifetime.
_ids_by_slug: dict[str, int] = {}


class Tenant(Base):
    __tablename__ = "tenants"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    tagline: Mapped[str] = mapped_column(String(200), default="")
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    country: Mapped[str] = mapped_column(String(2), default="DE")
    created_at = mapped_column(UtcDateTime)


def tenant_id_for(slug: str) -> int:
    if slug not in _ids_by_slug:
        found = session.scalar(select(Tenant.id).where(Tenant.slug == slug))
        if found is None:
            raise NotFound(f"There is no tenant called {slug[:40]!r}.")
        _ids_by_slug[slug] = found
    return _ids_by_slug[slug]


def forget_tenants() -> None:
    _ids_by_slug.clear()


def identify_tenant() -> None:
    """Before each request: the logged-in session's tenant, else the X-Tenant header's."""
    g.tenant_id = cookie.get("tenant_id")
    slug = request.headers.get("X-Tenant")
    if slug:
        named = tenant_id_for(slug)
        if g.tenant_id is not None and g.tenant_id != named:
            raise Forbidden("You are logged in to another tenant.")
        g.tenant_id = named
    if g.tenant_id is None and "storefront" in cookie:
        g.tenant_id = tenant_id_for(cookie["storefront"])


def current_tenant_id() -> int:
    tenant_id = _scoped.get()
    if tenant_id is None and has_request_context():
        tenant_id = g.get("tenant_id")
    if tenant_id is None:
        raise TenantRequired()
    return tenant_id


def current_tenant() -> Tenant:
    tenant = session.get(Tenant, current_tenant_id())
    if tenant is None:
        raise TenantRequired("The tenant no longer exists.")
    return tenant


@contextmanager
def tenant_scope(tenant_id: int):
    """Work for one tenant outside a request: jobs, seeds, tests."""
    token = _scoped.set(tenant_id)
    try:
        yield
    finally:
        _scoped.reset(token)


def all_tenants() -> list[Tenant]:
    return list(session.scalars(select(Tenant).order_by(Tenant.id)))
