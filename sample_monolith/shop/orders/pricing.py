from dataclasses import dataclass
from datetime import date

from shop.catalogue import service as catalogue
from shop.errors import ValidationFailed
from shop.money import Money, total

MAX_LINES = 50
MAX_QUANTITY = 10_000


@dataclass(frozen=True)
class PricedLine:
    plan_id: int
    plan_code: str
    description: str
    quantity: int
    unit_price: Money

    @property
    def amount(self) -> Money:
        return self.unit_price * self.quantity


def price_lines(tenant_id, requested, currency, on: date) -> list[PricedLine]:
    """Price (plan code, quantity) pairs, asking the catalogue for each line."""
    if not 1 <= len(requested) <= MAX_LINES:
        raise ValidationFailed(f"An order has 1 to {MAX_LINES} lines.", field="lines")
    priced = []
    for code, quantity in requested:
        if not 1 <= quantity <= MAX_QUANTITY:
            raise ValidationFailed(f"quantity must be from 1 to {MAX_QUANTITY}.", field="quantity")
        quote = catalogue.quote(tenant_id, code, currency, on)
        priced.append(
            PricedLine(quote.plan_id, code, quote.description, quantity, quote.unit_price)
        )
    return priced


def subtotal(lines: list[PricedLine], currency: str) -> Money:
    return total((line.amount for line in lines), currency)
