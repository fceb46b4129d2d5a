"""Price lists: a monthly fee, and for each metric an included amount and prices that go by the amount."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer

from strangler.plan.fields import Label, Section

_PRICE_DIGITS, _PRICE_PLACES = 12, 9


def _price(value: Decimal) -> Decimal:
    digits = value.as_tuple()
    if not value.is_finite() or value < 0:
        raise ValueError("must be an amount of zero or more")
    places = -int(digits.exponent)
    if places > _PRICE_PLACES or len(digits.digits) > _PRICE_DIGITS + _PRICE_PLACES or value >= 10**_PRICE_DIGITS:
        raise ValueError(f"must have at most {_PRICE_PLACES} decimals, and be less than 10^{_PRICE_DIGITS}")
    return value


Price = Annotated[
    Decimal,
    AfterValidator(_price),
    PlainSerializer(lambda value: format(value, "f"), return_type=str),
]


class Step(Section):
    """The price of one unit, up to an amount in the month (None: for all the rest)."""

    price: Price
    up_to: int | None = Field(default=None, gt=0, le=10**18)


class Rate(Section):
    """What a metric costs; without ``service``, of all services that have no rate of their own."""

    metric: Label
    service: Label | None = None
    included: int = Field(default=0, ge=0, le=10**18)
    steps: tuple[Step, ...] = Field(min_length=1, max_length=20)


def _rising(rates: tuple[Rate, ...]) -> tuple[Rate, ...]:
    for rate in rates:
        bounds = [step.up_to for step in rate.steps]
        known = [bound for bound in bounds[:-1] if bound is not None]
        if bounds[-1] is not None or len(known) != len(bounds) - 1:
            raise ValueError(f"the last step of '{rate.metric}', and no other, must be without 'up_to'")
        if any(a >= b for a, b in zip([rate.included, *known], known, strict=False)):
            raise ValueError(f"the steps of '{rate.metric}' must rise, and begin above what is included")
    names = [(rate.metric, rate.service) for rate in rates]
    if len(names) != len(set(names)):
        raise ValueError("a metric has two rates for the same service")
    return rates


class PriceList(Section):
    """What tenants with this list pay; amounts are in ``currency`` and rounded to ``decimals`` on each line."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    decimals: int = Field(default=2, ge=0, le=4)
    monthly: Price = Decimal(0)
    rates: Annotated[tuple[Rate, ...], Field(max_length=200), AfterValidator(_rising)] = ()
