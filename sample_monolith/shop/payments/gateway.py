"""The card processor. This one is its sandbox: it decides by the token and moves no money."""

import hashlib
from dataclasses import dataclass

from shop.config import settings
from shop.money import Money

CARD_LIMIT_CENTS = settings.card_limit_cents

CARDS = {
    "tok_visa": ("Visa", "4242"),
    "tok_mastercard": ("Mastercard", "4444"),
    "tok_declined": ("Visa", "0002"),
    "tok_no_funds": ("Visa", "9995"),
}

REFUSALS = {
    "tok_declined": "The bank declined the card.",
    "tok_no_funds": "There are not enough funds.",
}


@dataclass(frozen=True)
class Outcome:
    ok: bool
    reference: str | None = None
    failure: str | None = None


def describe(token: str) -> tuple[str, str] | None:
    """Brand and last four digits behind a token."""
    return CARDS.get(token)


def charge(token: str, amount: Money, order_reference: str) -> Outcome:
    if token in REFUSALS:
        return Outcome(ok=False, failure=REFUSALS[token])
    if amount.cents > CARD_LIMIT_CENTS:
        return Outcome(ok=False, failure="The amount is over the card's limit.")
    return Outcome(ok=True, reference=_reference("ch", token, order_reference, amount))


def refund(charge_reference: str, amount: Money) -> Outcome:
    return Outcome(ok=True, reference=_reference("re", charge_reference, amount))


def _reference(prefix, *parts) -> str:
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()
    return f"{prefix}_{digest[:24]}"
