"""Who the customers are: the owners that `python -m shop seed` has planted."""

import random
import threading
from collections import Counter
from dataclasses import dataclass, field

from traffic.client import Browser

PASSWORD = "correct-horse"
OWNERS_PER_TENANT = 6


@dataclass(frozen=True)
class Store:
    slug: str
    name: str
    currency: str
    domain: str


STORES = (
    Store("fjord", "Fjord Analytics", "EUR", "fjord.example"),
    Store("maple", "Maple Desk", "USD", "maple.example"),
    Store("thistle", "Thistle Docs", "GBP", "thistle.example"),
)


class Ledger:
    """Usage that the shop has confirmed, per account and meter: it may not show less."""

    def __init__(self):
        self._lock = threading.Lock()
        self._confirmed = Counter()

    def confirm(self, account: str, meter: str, quantity: int) -> None:
        with self._lock:
            self._confirmed[account, meter] += quantity

    def at_least(self, account: str, meter: str) -> int:
        with self._lock:
            return self._confirmed[account, meter]


@dataclass
class Customer:
    number: int
    store: Store
    email: str
    name: str
    ledger: Ledger
    rng: random.Random
    browser: Browser
    logged_in: bool = False
    keys: int = 0
    run_id: str = field(default="")

    def new_key(self, what: str) -> str:
        self.keys += 1
        return f"{self.run_id}-{self.number}-{what}-{self.keys}"


def make_customers(count: int, seed: int, run_id: str) -> list[Customer]:
    """`count` customers; beyond the planted owners, people share their colleague's login."""
    ledger = Ledger()
    customers = []
    for number in range(count):
        store = STORES[number % len(STORES)]
        owner = number // len(STORES) % OWNERS_PER_TENANT + 1
        customers.append(
            Customer(
                number=number,
                store=store,
                email=f"owner{owner}@{store.domain}",
                name=f"customer {number}",
                ledger=ledger,
                rng=random.Random(seed * 1_000_003 + number),
                browser=Browser(store.slug),
                run_id=run_id,
            )
        )
    return customers
