from __future__ import annotations

from decimal import Decimal

import pytest

from strangler_deploy.quantities import cpus, memory


@pytest.mark.parametrize(("text", "value"), [("250m", "0.25"), ("2", "2"), ("1.5", "1.5")])
def test_cpu_is_in_cores(text: str, value: str) -> None:
    assert cpus(text) == Decimal(value)


@pytest.mark.parametrize(("text", "value"), [("1Ki", 1024), ("4Gi", 4 * 2**30)])
def test_memory_is_in_bytes(text: str, value: int) -> None:
    assert memory(text) == value
