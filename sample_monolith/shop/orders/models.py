from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.billing.models import TaxedDocument
from shop.catalogue.models import Plan
from shop.db import Base, UtcDateTime
from shop.identity.models import Account
from shop.money import Money


class Order(Base, TaxedDocument):
    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_orders_account", "tenant_id", "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    placed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    number: Mapped[str] = mapped_column(String(20))
    # placed, invoiced, fulfilled, cancelled
    status: Mapped[str] = mapped_column(String(10), default="placed")
    invoice_number: Mapped[str | None] = mapped_column(String(20))
    placed_at = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship()
    lines: Mapped[list["OrderLine"]] = relationship(
        back_populates="order", order_by="OrderLine.position"
    )


class OrderLine(Base):
    __tablename__ = "order_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    position: Mapped[int]
    description: Mapped[str] = mapped_column(String(240))
    quantity: Mapped[int]
    unit_cents: Mapped[int]
    amount_cents: Mapped[int]

    order: Mapped[Order] = relationship(back_populates="lines")
    plan: Mapped[Plan] = relationship()

    @property
    def unit_price(self) -> Money:
        return Money(self.unit_cents, self.order.currency)


class Subscription(Base):
    __tablename__ = "subscriptions"
    __table_args__ = (Index("ix_subscriptions_due", "status", "current_period_end"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    quantity: Mapped[int]
    unit_price_cents: Mapped[int]
    status: Mapped[str] = mapped_column(String(10), default="active")  # active, past_due, ended
    started_on: Mapped[date]
    current_period_start: Mapped[date]
    current_period_end: Mapped[date]
    terms: Mapped[int] = mapped_column(default=1)  # whole periods since started_on
    cancel_at_period_end: Mapped[bool] = mapped_column(default=False)
    ended_on: Mapped[date | None]

    account: Mapped[Account] = relationship()
    plan: Mapped[Plan] = relationship()

    @property
    def is_live(self) -> bool:
        return self.status in ("active", "past_due")
