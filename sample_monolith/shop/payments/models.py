from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.billing.models import Invoice
from shop.db import Base, UtcDateTime
from shop.money import Money


class PaymentMethod(Base):
    """A card, as far as we may know it."""

    __tablename__ = "payment_methods"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    token: Mapped[str] = mapped_column(String(80))
    brand: Mapped[str] = mapped_column(String(20))
    last_four: Mapped[str] = mapped_column(String(4))
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at = mapped_column(UtcDateTime)


class Payment(Base):
    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    method_id: Mapped[int] = mapped_column(ForeignKey("payment_methods.id"))
    amount_cents: Mapped[int]
    refunded_cents: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(10))  # succeeded, failed
    gateway_reference: Mapped[str | None] = mapped_column(String(40))
    failure: Mapped[str | None] = mapped_column(String(120))
    created_at = mapped_column(UtcDateTime)

    invoice: Mapped[Invoice] = relationship()
    method: Mapped[PaymentMethod] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)

    @property
    def refundable(self) -> Money:
        return Money(self.amount_cents - self.refunded_cents, self.currency)


class Refund(Base):
    __tablename__ = "refunds"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), index=True)
    amount_cents: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    created_at = mapped_column(UtcDateTime)
