from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, UtcDateTime


class RevenueSnapshot(Base):
    """Recurring revenue as it stood at the end of a day."""

    __tablename__ = "revenue_snapshots"
    __table_args__ = (UniqueConstraint("tenant_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    day: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    mrr_cents: Mapped[int]
    subscriptions: Mapped[int]
    taken_at = mapped_column(UtcDateTime)
