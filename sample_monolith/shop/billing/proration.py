"""What a change in the middle of a paid period costs or gives back."""

from dataclasses import dataclass
from datetime import date

from shop.money import Money


@dataclass(frozen=True)
class Proration:
    days_left: int
    days_in_period: int
    credit: Money
    charge: Money

    @property
    def net(self) -> Money:
        return self.charge - self.credit


def prorate(old: Money, new: Money, start: date, end: date, on: date) -> Proration:
    """Give back the unused part of `old` and charge the same part of `new`.

    The day of the change counts as unused: it is charged at the new price.
    """
    whole = (end - start).days
    left = min(max((end - on).days, 0), whole)
    return Proration(left, whole, old.prorate(left, whole), new.prorate(left, whole))
