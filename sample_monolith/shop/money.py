"""Amounts of money: whole cents and a currency, never floats."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met in one sum."""


def round_cents(value: Decimal) -> int:
    """Nearest cent; halves go away from zero, so that a credit mirrors its charge."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, order=True)
class Money:
    cents: int
    currency: str

    def __post_init__(self):
        if not isinstance(self.cents, int) or isinstance(self.cents, bool):
            raise TypeError(f"cents must be an int, not {self.cents!r}")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(0, currency)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.cents + other.cents, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.cents - other.cents, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.cents * times, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.cents, self.currency)

    def __bool__(self) -> bool:
        return self.cents != 0

    def at_rate(self, rate: Decimal) -> "Money":
        """This amount times `rate`, rounded to the cent."""
        return Money(round_cents(Decimal(self.cents) * rate), self.currency)

    def prorate(self, part: int, whole: int) -> "Money":
        """`part` days out of `whole`, rounded to the cent."""
        if whole <= 0 or not 0 <= part <= whole:
            raise ValueError(f"cannot take {part} of {whole}")
        return self.at_rate(Decimal(part) / Decimal(whole))

    def format(self) -> str:
        sign = "-" if self.cents < 0 else ""
        units, cents = divmod(abs(self.cents), 100)
        symbol = SYMBOLS.get(self.currency, self.currency + " ")
        return f"{sign}{symbol}{units:,}.{cents:02d}"

    def to_dict(self) -> dict:
        return {"cents": self.cents, "currency": self.currency}


def total(amounts, currency: str) -> Money:
    result = Money.zero(currency)
    for amount in amounts:
        result = result + amount
    return result
