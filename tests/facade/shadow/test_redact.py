from __future__ import annotations

import pytest

from strangler_facade.shadow.redact import HIDDEN, redact, redact_path


@pytest.mark.parametrize(
    "field", ["json:$.password", "header:set-cookie:sid", "json:$.user.apiKey", "html:form>input[name=csrf]@value"]
)
def test_a_field_whose_name_tells_is_hidden_whole(field: str) -> None:
    assert redact(field, "anything") == HIDDEN
    assert redact(field, "") == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("write to ada@example.org", f"write to {HIDDEN}"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", HIDDEN),
        ("card 4111 1111 1111 1111 ok", f"card {HIDDEN} ok"),
        ("DE89 3704 0044 0532 0130 00", HIDDEN),
        ("invoice 2026-0007 over 19.99", "invoice 2026-0007 over 19.99"),
    ],
)
def test_a_value_that_tells_is_hidden_where_it_does(value: str, shown: str) -> None:
    assert redact("json:$.note", value) == shown


def test_a_query_keeps_its_names_only() -> None:
    assert redact_path("/api/7?mail=ada&full=1") == "/api/7?mail=…&full=…"
    assert redact_path("/api/7") == "/api/7"
