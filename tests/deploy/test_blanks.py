from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strangler_deploy.blanks import TENANT_ID, TENANT_NAME, Form, has_blank, later

_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
_FUNCTIONS = {"upper": str.upper, "both": lambda *parts: "|".join(parts)}


def _upper(text: str) -> str:
    return later("upper", text) if has_blank(text) else text.upper()


def _both(*parts: str) -> str:
    return later("both", *parts) if any(map(has_blank, parts)) else "|".join(parts)


def _written(pieces: list[str], tenant: str, name: str) -> str:
    """Some text about a tenant, with calls in calls."""
    inner = _both(tenant, *pieces)
    return f"{_upper(inner)} {name}%s{_both(_upper(tenant + name), inner)}{tenant}" + "".join(map(_upper, pieces))


@given(st.lists(_TEXT, max_size=3), _TEXT, _TEXT)
def test_a_form_that_is_filled_in_is_what_would_have_been_written(pieces: list[str], tenant: str, name: str) -> None:
    form = Form(_written(pieces, TENANT_ID, TENANT_NAME), (TENANT_ID, TENANT_NAME), _FUNCTIONS)
    assert form.fill(tenant, name) == _written(pieces, tenant, name)
    assert form.fill("other", "") == _written(pieces, "other", "")


def test_the_same_call_is_made_once() -> None:
    made: list[str] = []

    def noted(text: str) -> str:
        made.append(text)
        return "x"

    call = later("noted", f"a {TENANT_ID}")
    form = Form(f"{call}, {call}, {later('noted', call)}", (TENANT_ID,), {"noted": noted})
    assert form.fill("acme") == "x, x, x"
    assert made == ["a acme", "x"]


def test_a_blank_that_was_forgotten_can_be_written_nowhere() -> None:
    with pytest.raises(UnicodeEncodeError):
        TENANT_ID.encode()
    assert not has_blank("acme, Zürich")
