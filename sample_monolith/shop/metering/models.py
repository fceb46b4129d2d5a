from datetime import date

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, UtcDateTime


class UsageEvent(Base):
    """Something was used. Never changed after it was written, except to be rolled up."""

    __tablename__ = "usage_events"
    __table_args__ = (
        UniqueConstraint("tenant_id", "event_id"),
        Index("ix_usage_events_pending", "rolled_up", "id"),
        Index("ix_usage_events_open", "tenant_id", "account_id", "rolled_up", "occurred_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int]
    account_id: Mapped[int]
    meter: Mapped[str] = mapped_column(String(40))
    quantity: Mapped[int]
    occurred_at = mapped_column(UtcDateTime)
    occurred_on: Mapped[date]
    event_id: Mapped[str | None] = mapped_column(String(80))
    rolled_up: Mapped[bool] = mapped_column(default=False)
    recorded_at = mapped_column(UtcDateTime)


class UsageRollup(Base):
    """One account's use of one meter on one day."""

    __tablename__ = "usage_rollups"
    __table_args__ = (UniqueConstraint("tenant_id", "account_id", "meter", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int]
    account_id: Mapped[int]
    meter: Mapped[str] = mapped_column(String(40))
    day: Mapped[date]
    quantity: Mapped[int]
    events: Mapped[int]


class UsageQuota(Base):
    """How much an account may use in a calendar month."""

    __tablename__ = "usage_quotas"
    __table_args__ = (UniqueConstraint("tenant_id", "account_id", "meter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int]
    account_id: Mapped[int]
    meter: Mapped[str] = mapped_column(String(40))
    monthly_limit: Mapped[int]
    is_hard: Mapped[bool] = mapped_column(default=False)
    updated_at = mapped_column(UtcDateTime)
