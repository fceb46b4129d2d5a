from datetime import date

import pytest

from shop.billing import tax
from shop.billing.proration import prorate
from shop.money import Money


@pytest.mark.parametrize(
    "seller, buyer, vat_id, rate",
    [
        ("DE", "DE", None, 1900),
        ("DE", "DE", "DE136695976", 1900),
        ("DE", "FR", None, 2000),
        ("DE", "FR", "FR40303265045", 0),
        ("DE", "US", None, 0),
        ("GB", "GB", None, 2000),
        ("US", "US", None, 0),
    ],
)
def test_tax_rate(seller, buyer, vat_id, rate):
    assert tax.rate_for(seller, buyer, vat_id) == rate


@pytest.mark.parametrize(
    "buyer, vat_id, words", [("DE", None, ""), ("FR", "FR1", "Reverse"), ("US", None, "Export")]
)
def test_tax_note(buyer, vat_id, words):
    assert tax.note_for("DE", buyer, vat_id).startswith(words)


def test_proration_in_the_middle():
    change = prorate(
        Money(3100, "EUR"),
        Money(6200, "EUR"),
        date(2025, 3, 1),
        date(2025, 4, 1),
        date(2025, 3, 22),
    )
    assert (change.days_left, change.days_in_period) == (10, 31)
    assert change.credit == Money(1000, "EUR")
    assert change.net == Money(1000, "EUR")


@pytest.mark.parametrize("on, left", [(date(2025, 3, 1), 31), (date(2025, 4, 1), 0)])
def test_proration_at_the_edges(on, left):
    change = prorate(Money(3100, "EUR"), Money(0, "EUR"), date(2025, 3, 1), date(2025, 4, 1), on)
    assert change.days_left == left
    assert change.credit.cents == left * 100
