from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from strangler.plan.fields import Address, Duration, Label, ModulePattern, Ref, Url


@pytest.mark.parametrize(
    ("text", "seconds"), [("500ms", 0.5), ("30s", 30), ("5m", 300), ("1.5h", 5400), ("7d", 604800), (2, 2)]
)
def test_a_duration_is_seconds(text: object, seconds: float) -> None:
    assert TypeAdapter(Duration).validate_python(text) == seconds


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Duration, "soon"),
        (Duration, "5 m"),
        (Duration, True),
        (Label, "Shop"),
        (Label, "-a"),
        (Label, "a" * 64),
        (Label, "a\n"),
        (Url, "ftp://x"),
        (Url, "http://"),
        (Address, ":80"),
        (Address, "host:99999"),
        (ModulePattern, "shop..x"),
        (ModulePattern, "*"),
        (Ref, "shop.billing"),
    ],
)
def test_what_is_none_is_refused(kind: object, text: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)
