from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.db import Base, UtcDateTime
from shop.identity.models import Account
from shop.money import Money


class TaxedDocument:
    """Totals of anything with lines and tax on it. Orders carry them too."""

    currency: Mapped[str] = mapped_column(String(3))
    subtotal_cents: Mapped[int] = mapped_column(default=0)
    tax_basis_points: Mapped[int] = mapped_column(default=0)
    tax_cents: Mapped[int] = mapped_column(default=0)
    total_cents: Mapped[int] = mapped_column(default=0)

    def set_totals(self, subtotal: Money, tax_basis_points: int) -> None:
        tax = subtotal.at_rate(Decimal(tax_basis_points) / 10_000)
        self.currency = subtotal.currency
        self.subtotal_cents = subtotal.cents
        self.tax_basis_points = tax_basis_points
        self.tax_cents = tax.cents
        self.total_cents = (subtotal + tax).cents

    @property
    def subtotal(self) -> Money:
        return Money(self.subtotal_cents, self.currency)

    @property
    def tax(self) -> Money:
        return Money(self.tax_cents, self.currency)

    @property
    def total(self) -> Money:
        return Money(self.total_cents, self.currency)


class Invoice(Base, TaxedDocument):
    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_invoices_account", "tenant_id", "account_id", "id"),
        Index("ix_invoices_open", "status", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    subscription_id: Mapped[int | None] = mapped_column(ForeignKey("subscriptions.id"))
    number: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(10), default="open")  # open, paid, void
    credit_cents: Mapped[int] = mapped_column(default=0)
    paid_cents: Mapped[int] = mapped_column(default=0)
    refunded_cents: Mapped[int] = mapped_column(default=0)
    tax_note: Mapped[str] = mapped_column(String(120), default="")
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    issued_on: Mapped[date]
    due_on: Mapped[date]
    paid_at = mapped_column(UtcDateTime, nullable=True)
    reminders: Mapped[int] = mapped_column(default=0)

    account: Mapped[Account] = relationship()
    lines: Mapped[list["InvoiceLine"]] = relationship(
        back_populates="invoice", order_by="InvoiceLine.position"
    )

    @property
    def due(self) -> Money:
        """What is still to be paid."""
        if self.status != "open":
            return Money.zero(self.currency)
        return Money(self.total_cents - self.credit_cents - self.paid_cents, self.currency)


class InvoiceLine(Base):
    __tablename__ = "invoice_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))  # plan, usage, proration
    description: Mapped[str] = mapped_column(String(240))
    quantity: Mapped[int]
    unit_cents: Mapped[int]
    amount_cents: Mapped[int]

    invoice: Mapped[Invoice] = relationship(back_populates="lines")


class DocumentSequence(Base):
    """The last number given out, per tenant and kind of document."""

    __tablename__ = "document_sequences"

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(3), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
