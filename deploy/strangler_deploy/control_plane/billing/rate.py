"""Use and price list → the lines of an invoice; nothing but decimals, rounded once for each line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from strangler_deploy.control_plane.billing.prices import PriceList, Rate

# A quantity has at most 19 digits, a price 21, a list 20 steps: every product and sum is exact before it is rounded.
_EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what for, in which month (``YYYY-MM``), how many units, how much; the monthly fee has no metric."""

    text: str
    period: str
    service: str
    metric: str
    quantity: int
    amount: Decimal

    def data(self) -> dict[str, str | int]:
        """As it is kept and shown; the amount is a text, as a float would change it."""
        return {
            "text": self.text,
            "period": self.period,
            "service": self.service,
            "metric": self.metric,
            "quantity": self.quantity,
            "amount": format(self.amount, "f"),
        }


def rate(prices: PriceList, used: Mapping[tuple[str, str], int], period: str) -> list[Line]:
    """The lines for a month's use, (service, metric) → quantity; the monthly fee comes first.

    A rate without a service prices the sum over all services that have no rate of their own. Use without any rate
    is a line of its own at no charge, so that nothing disappears.
    """
    fee = Line("monthly fee", period, "", "", 1, _rounded(prices.monthly, prices))
    return [fee, *_use(prices, used, period)]


def _use(prices: PriceList, used: Mapping[tuple[str, str], int], period: str) -> Iterator[Line]:
    rates = {(rate.service, rate.metric): rate for rate in prices.rates}
    groups: dict[tuple[str, str], int] = {}
    for (service, metric), quantity in used.items():
        billed_as = "" if (service, metric) not in rates and (None, metric) in rates else service
        groups[billed_as, metric] = groups.get((billed_as, metric), 0) + quantity
    for (service, metric), quantity in sorted(groups.items()):
        found = rates.get((service or None, metric))
        amount = _graduated(found, quantity) if found else Decimal(0)
        what = f"{metric} of {service}" if service else metric
        yield Line(what if found else f"{what}, free", period, service, metric, quantity, _rounded(amount, prices))


def _graduated(rate: Rate, quantity: int) -> Decimal:
    """Each unit at the price of the step it falls into."""
    total, floor = Decimal(0), rate.included
    for step in rate.steps:
        ceiling = quantity if step.up_to is None else min(step.up_to, quantity)
        if ceiling > floor:
            total = _EXACT.add(total, _EXACT.multiply(Decimal(ceiling - floor), step.price))
            floor = ceiling
    return total


def _rounded(amount: Decimal, prices: PriceList) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-prices.decimals), ROUND_HALF_UP, _EXACT)


def total(lines: list[Line]) -> Decimal:
    """What the lines come to; it always is their sum."""
    sums = Decimal(0)
    for line in lines:
        sums = _EXACT.add(sums, line.amount)
    return sums
