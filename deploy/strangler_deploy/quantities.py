"""Amounts of CPU and memory as numbers."""

from __future__ import annotations

from decimal import Decimal

_UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def cpus(amount: str) -> Decimal:
    """Cores: ``250m`` is a quarter."""
    return Decimal(amount[:-1]) / 1000 if amount.endswith("m") else Decimal(amount)


def memory(amount: str) -> int:
    """Bytes: ``4Gi`` is 4,294,967,296."""
    return int(amount[:-2]) * _UNITS[amount[-2:]]
