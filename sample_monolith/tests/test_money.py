from decimal import Decimal

import pytest

from shop.money import CurrencyMismatch, Money, round_cents, total


def eur(cents):
    return Money(cents, "EUR")


@pytest.mark.parametrize(
    "cents, text",
    [(0, "€0.00"), (5, "€0.05"), (123456, "€1,234.56"), (-250, "-€2.50")],
)
def test_format(cents, text):
    assert eur(cents).format() == text


def test_unknown_currency_is_spelled_out():
    assert Money(1000, "CHF").format() == "CHF 10.00"


def test_addition_and_subtraction():
    assert eur(100) + eur(50) - eur(30) == eur(120)


def test_currencies_do_not_mix():
    with pytest.raises(CurrencyMismatch):
        eur(1) + Money(1, "USD")


def test_floats_are_refused():
    with pytest.raises(TypeError):
        Money(1.5, "EUR")


@pytest.mark.parametrize("value, cents", [("0.5", 1), ("1.4", 1), ("-0.5", -1), ("2.5", 3)])
def test_halves_go_away_from_zero(value, cents):
    assert round_cents(Decimal(value)) == cents


def test_prorate_rounds_to_the_cent():
    assert eur(1000).prorate(1, 3) == eur(333)
    assert eur(1000).prorate(2, 3) == eur(667)


def test_prorate_refuses_more_than_the_whole():
    with pytest.raises(ValueError):
        eur(1000).prorate(4, 3)


def test_total_of_nothing_has_a_currency():
    assert total([], "EUR") == eur(0)
