from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.db import Base, UtcDateTime


class Product(Base):
    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("tenant_id", "sku"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    sku: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(500), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    updated_at = mapped_column(UtcDateTime)

    plans: Mapped[list["Plan"]] = relationship(
        back_populates="product", order_by="(Plan.position, Plan.id)"
    )


class Plan(Base):
    """A way to buy a product: per month or year, by the seat."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    interval_months: Mapped[int] = mapped_column(default=1)
    hard_limits: Mapped[bool] = mapped_column(default=False)
    is_public: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)

    product: Mapped[Product] = relationship(back_populates="plans")
    prices: Mapped[list["Price"]] = relationship(back_populates="plan")
    allowances: Mapped[list["Allowance"]] = relationship(
        back_populates="plan", order_by="Allowance.meter"
    )


class Price(Base):
    """What one seat of a plan costs per interval, from a day on."""

    __tablename__ = "prices"
    __table_args__ = (UniqueConstraint("plan_id", "currency", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    currency: Mapped[str] = mapped_column(String(3))
    amount_cents: Mapped[int]
    valid_from: Mapped[date]

    plan: Mapped[Plan] = relationship(back_populates="prices")


class Allowance(Base):
    """Usage a seat includes per month, and what more of it costs per started block."""

    __tablename__ = "plan_allowances"
    __table_args__ = (UniqueConstraint("plan_id", "meter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    meter: Mapped[str] = mapped_column(String(40))
    included: Mapped[int]
    block_size: Mapped[int] = mapped_column(default=1000)
    block_cents: Mapped[int] = mapped_column(default=0)

    plan: Mapped[Plan] = relationship(back_populates="allowances")
