"""Idempotency-Key: a client or proxy may repeat a keyed POST without doing it twice.

The key, the work and the stored answer are committed in one transaction. A concurrent
duplicate waits at the key's row (SQLite: at the write lock) and then reads the answer.
"""

import functools
import hashlib

from flask import make_response, request
from sqlalchemy import Integer, LargeBinary, String, UniqueConstraint, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from shop import clock
from shop.db import Base, UtcDateTime, session, transaction
from shop.errors import Conflict, ValidationFailed
from shop.tenancy import current_tenant_id

KEEP_DAYS = 7


class IdempotencyKey(Base):
    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("tenant_id", "key", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(String(100))
    path: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    content_type: Mapped[str | None] = mapped_column(String(80))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at = mapped_column(UtcDateTime, index=True)


def idempotent(view):
    """Honour an Idempotency-Key header on the decorated view, if there is one."""

    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return view(*args, **kwargs)
        if not 1 <= len(key) <= 100:
            raise ValidationFailed("Idempotency-Key must have 1 to 100 characters.")
        tenant_id = current_tenant_id()
        fingerprint = hashlib.sha256(request.get_data()).hexdigest()
        for _ in range(2):
            try:
                with transaction():
                    record = _find(tenant_id, key)
                    if record is not None:
                        return _replay(record, fingerprint)
                    record = _claim(tenant_id, key, fingerprint)
                    response = make_response(view(*args, **kwargs))
                    record.status = response.status_code
                    record.content_type = response.content_type
                    record.body = response.get_data()
                    return response
            except _KeyTaken:
                continue  # PostgreSQL: the other request is done now, its answer can be read
        raise Conflict("Another request with this key was being carried out; repeat it.")

    return wrapper


class _KeyTaken(Exception):
    """Somebody else's transaction has written the key meanwhile."""


def _find(tenant_id: int, key: str):
    return session.scalar(
        select(IdempotencyKey).where(
            IdempotencyKey.tenant_id == tenant_id,
            IdempotencyKey.key == key,
            IdempotencyKey.path == request.path,
        )
    )


def _claim(tenant_id: int, key: str, fingerprint: str) -> IdempotencyKey:
    record = IdempotencyKey(
        tenant_id=tenant_id,
        key=key,
        path=request.path,
        fingerprint=fingerprint,
        created_at=clock.now(),
    )
    session.add(record)
    try:
        session.flush()
    except IntegrityError:
        raise _KeyTaken from None
    return record


def _replay(record: IdempotencyKey, fingerprint: str):
    if record.fingerprint != fingerprint:
        raise ValidationFailed("This Idempotency-Key was used with another body.")
    response = make_response(record.body, record.status)
    response.content_type = record.content_type
    response.headers["Idempotency-Replayed"] = "true"
    return response


def purge_keys() -> int:
    """Forget answers older than a week (a periodic job)."""
    with transaction():
        result = session.execute(
            delete(IdempotencyKey).where(IdempotencyKey.created_at < clock.days_ago(KEEP_DAYS))
        )
        return result.rowcount
