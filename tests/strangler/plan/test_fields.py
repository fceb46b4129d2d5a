from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from strangler.plan.fields import Address, Duration, Label, ModulePattern, Network, Ref, Size, Url


@pytest.mark.parametrize(
    ("text", "seconds"), [("500ms", 0.5), ("30s", 30), ("5m", 300), ("1.5h", 5400), ("7d", 604800), (2, 2)]
)
def test_a_duration_is_seconds(text: object, seconds: float) -> None:
    assert TypeAdapter(Duration).validate_python(text) == seconds


@pytest.mark.parametrize(("text", "size"), [(512, 512), ("1 KiB", 1024), ("10MiB", 10 * 1024**2), ("7B", 7)])
def test_a_size_is_bytes(text: object, size: int) -> None:
    assert TypeAdapter(Size).validate_python(text) == size


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Duration, "soon"),
        (Duration, "5 m"),
        (Duration, True),
        (Size, "10 MB"),
        (Size, -1),
        (Size, True),
        (Network, "10.0.0.1/8"),
        (Network, "here"),
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
