from __future__ import annotations

import pytest

from strangler.analysis import Function, Param
from strangler_scaffolds.crossings.batch import batch

SKU = Param("sku", "positional_or_keyword", "str")
AT = Param("at", "positional_or_keyword", default="None")
REST = Param("rest", "var_keyword")


@pytest.mark.parametrize(
    ("params", "returns", "is_async", "expected"),
    [
        ((SKU, AT), "int", False, "def level_many(sku_list: list[str], at = None) -> list[int]"),
        ((Param("sku", "positional_or_keyword"), REST), None, False, "def level_many(sku_list: list) -> list"),
        ((SKU,), "None", True, "async def level_many(sku_list: list[str]) -> None"),
        ((), "int", False, "def level_many(count: int) -> list[int]"),
    ],
)
def test_what_varies_is_a_list(params: tuple[Param, ...], returns: str | None, is_async: bool, expected: str) -> None:
    assert batch(Function("m:level", "m.py", 1, 2, "function", params, returns, is_async), "level") == expected
