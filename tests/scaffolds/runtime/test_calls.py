from __future__ import annotations

import inspect
from typing import Any

import pytest

from strangler_scaffolds.runtime.calls import Call, spread


@pytest.mark.parametrize(
    ("definition", "args", "kwargs"),
    [
        ("def f(a, b=1): ...", (1,), {"b": 2}),
        ("def f(a, /, b): ...", (1, 2), {}),
        ("def f(a, *rest, k=0, **more): ...", (1, 2, 3), {"k": 4, "z": 5}),
        ("def f(*, k): ...", (), {"k": 1}),
    ],
)
def test_arguments_by_name_spread_to_the_same_call(definition: str, args: Any, kwargs: Any) -> None:
    names: dict[str, Any] = {}
    exec(definition, names)
    signature = inspect.signature(names["f"])
    positional, keywords = spread(Call("m:f", signature, args, kwargs).arguments())
    assert signature.bind(*positional, **keywords) == signature.bind(*args, **kwargs)
