"""How large the machines of AWS are: what a name of an instance type says by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

_SIZES = {"nano": 2, "micro": 2, "small": 2, "medium": 1, "large": 2, "xlarge": 4}
# GiB for each vCPU, by the letter that the family begins with.
_MEMORY = {"c": 2, "m": 4, "r": 8, "x": 16, "t": 4, "g": 4, "p": 8, "i": 8, "d": 4, "z": 8, "h": 8, "a": 2}
_FORM = re.compile(r"([a-z]+)\d+[a-z-]*\.(?:(\d+)?(nano|micro|small|medium|large|xlarge)|metal(?:-\d+xl)?)\Z")


def machine(instance_type: str) -> tuple[Decimal, Decimal] | None:
    """Cores and bytes of memory of a type (``m7i.large``); None for those whose name does not tell."""
    match = _FORM.match(instance_type)
    if match is None or match[3] is None:
        return None
    cores = Decimal(_SIZES[match[3]]) * int(match[2] or 1)
    memory = _MEMORY.get(match[1][0])
    return (cores, cores * memory * 1024**3) if memory else None


def machines(types: Sequence[str], categories: Sequence[str], sizes: Sequence[str]) -> list[tuple[Decimal, Decimal]]:
    """The machines that a pool may pick, smallest first: listed types, else categories in sizes."""
    named = types or [f"{category}7.{size}" for category in categories for size in sizes]
    return sorted(found for found in map(machine, named) if found is not None)


def allocatable(cores: Decimal, memory: Decimal) -> tuple[Decimal, Decimal]:
    """What kubelet, system and DaemonSets leave (EKS's own reservation, roughly; 0.2 cores for DaemonSets)."""
    reserved = Decimal("0.06") + Decimal("0.01") * max(cores - 1, Decimal(0)) + Decimal("0.2")
    return cores - reserved, memory * Decimal("0.92") - Decimal(700 * 1024**2)
