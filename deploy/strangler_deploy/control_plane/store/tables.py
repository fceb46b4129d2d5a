"""The tables. Times are UTC texts of one width (``2026-11-23T17:50:00.000000Z``), so that they sort as they are."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData()

# SQLite counts rows up by itself only if the key is a plain INTEGER.
_Serial = BigInteger().with_variant(Integer, "sqlite")
_Label = String(63)
_Time = String(27)

facts = Table(
    "facts",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

tenants = Table(
    "tenants",
    metadata,
    Column("id", _Label, primary_key=True),
    Column("standing", String(20), nullable=False),
    Column("document", JSON, nullable=False),
    Column("price_list", _Label, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created", _Time, nullable=False),
    Column("updated", _Time, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("tenant", _Label, ForeignKey("tenants.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("wish", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("commit", String(64), nullable=False),
    Column("branch", String(100), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("created", _Time, nullable=False),
    Column("updated", _Time, nullable=False),
    Column("leave_data", Boolean, nullable=False, server_default=false()),
    Index("ix_requests_state", "state", "id"),
    Index("ix_requests_tenant", "tenant", "id"),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("type", String(40), nullable=False),
    Column("tenant", _Label, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("at", _Time, nullable=False),
    Index("ix_events_tenant", "tenant", "id"),
    sqlite_autoincrement=True,
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("subject", String(200), primary_key=True),
    Column("key", String(100), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("at", _Time, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("tenant", _Label, ForeignKey("tenants.id"), nullable=False),
    Column("email", String(254), nullable=False),
    Column("role", String(20), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("secret", String(64), nullable=False),
    Column("expires", _Time, nullable=False),
    Column("created", _Time, nullable=False),
    UniqueConstraint("tenant", "email", name="uq_users_email"),
    Index("ix_users_secret", "secret"),
    sqlite_autoincrement=True,
)

usage_events = Table(
    "usage_events",
    metadata,
    Column("seq", _Serial, primary_key=True),
    Column("source", String(100), nullable=False),
    Column("id", String(200), nullable=False),
    Column("tenant", _Label, nullable=False),
    Column("service", _Label, nullable=False),
    Column("metric", _Label, nullable=False),
    Column("day", String(10), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    UniqueConstraint("source", "id", name="uq_usage_events"),
    Index("ix_usage_events_tenant", "tenant", "day"),
    sqlite_autoincrement=True,
)

usage_days = Table(
    "usage_days",
    metadata,
    Column("tenant", _Label, primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("service", _Label, primary_key=True),
    Column("metric", _Label, primary_key=True),
    # SQLite would turn a sum that is too large into a float; better an error than a cent lost.
    Column("quantity", BigInteger, CheckConstraint("quantity BETWEEN 0 AND 9223372036854775807"), nullable=False),
    Column("events", BigInteger, nullable=False),
)

price_lists = Table(
    "price_lists",
    metadata,
    Column("id", _Label, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("content", JSON, nullable=False),
    Column("created", _Time, nullable=False),
)

invoices = Table(
    "invoices",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("tenant", _Label, ForeignKey("tenants.id"), nullable=False),
    Column("period", String(7), nullable=False),
    Column("price_list", _Label, nullable=False),
    Column("price_version", Integer, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("lines", JSON, nullable=False),
    Column("total", String(30), nullable=False),
    Column("through", BigInteger, nullable=False),
    Column("created", _Time, nullable=False),
    UniqueConstraint("tenant", "period", name="uq_invoices_period"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("at", _Time, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("tenant", _Label, nullable=False),
    Column("method", String(10), nullable=False),
    Column("path", String(300), nullable=False),
    Column("status", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Index("ix_audit_tenant", "tenant", "id"),
    sqlite_autoincrement=True,
)
