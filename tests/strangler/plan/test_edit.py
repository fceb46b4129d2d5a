from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strangler.errors import StranglerError
from strangler.plan import add_service, loads, remove_service, set_value

HEAD = "# ours\nversion: 1\nmonolith: {name: shop,   packages: [shop]}   # odd spacing\n"
SERVICE = {"modules": ["shop.billing", "shop.billing.*"], "routes": ["/api/billing/**"]}


@pytest.mark.parametrize(
    "services",
    [
        "",
        "services:\n",
        "services: {}   # none yet\n",
        "services: null\n",
        "services: {a: {modules: [x]}}\n",
        "services:\n    a:   # first\n        modules: [x]\n\n# behind\n",
        "services:\n  a:\n    modules:\n    - x\n",
    ],
)
@pytest.mark.parametrize("tail", ["", "\nfacade:   {listen: 'h:1'}  # end", "# only a comment\n"])
def test_a_service_is_added_and_nothing_else_changes(services: str, tail: str) -> None:
    before = HEAD + services + tail
    after = add_service(before, "billing", SERVICE)
    assert loads(after).services["billing"].modules == ("shop.billing", "shop.billing.*")
    kept = [line for line in before.splitlines() if not line.startswith("services:")]
    lines = iter(after.splitlines())
    assert all(line in lines for line in kept), "a line is gone, or out of its place"
    for comment in ("# none yet", "# first", "# behind"):
        assert (comment in before) == (comment in after)


@pytest.mark.parametrize("services", ["services: {}\n", "services:\n  a: {modules: [x]}\n\n# behind\n"])
def test_adding_and_removing_a_service_gives_the_same_services(services: str) -> None:
    before = HEAD + services
    after = remove_service(add_service(before, "billing", SERVICE), "billing")
    assert loads(after) == loads(before)
    assert "# behind" not in before or "# behind" in after


@pytest.mark.parametrize("tail", ["", "\n", "  # of what comes next\n", "facade: {listen: 'h:1'}\n"])
def test_a_comment_that_stands_further_in_stays_with_its_service(tail: str) -> None:
    first = "services:\n  a:\n    modules: [x]\n    # TXN-SPAN x.py:1 of a\n\n    # FK-CROSS x.py:2 of a\n"
    text = add_service(HEAD + first + tail, "billing", SERVICE)
    assert text.startswith(HEAD + first + "  billing:\n") and text.endswith(tail)
    assert remove_service(text, "a").startswith(HEAD + "services:\n  billing:\n")
    assert remove_service(text, "billing") == HEAD + first + tail


def test_a_service_is_not_added_twice() -> None:
    text = add_service(HEAD, "billing", SERVICE)
    with pytest.raises(StranglerError, match="already"):
        add_service(text, "billing", SERVICE)


def test_a_service_that_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(StranglerError, match="no service"):
        remove_service(HEAD, "billing")


def test_nothing_is_a_value_too() -> None:
    text = "monolith: {name: shop}\nservices:\n  a:\n    owner: me\n"
    assert set_value(text, ("services", "a", "owner"), None).endswith("    owner: null\n")
    assert set_value(text, ("monolith", "name"), None).startswith("monolith: {name: null}\n")


def test_a_scalar_is_replaced_in_its_place() -> None:
    text = HEAD + "facade: {listen: 'h:1',  admin: 'h:2'}  # end\n"
    assert set_value(text, ("facade", "listen"), "h:9").endswith("facade: {listen: \"h:9\",  admin: 'h:2'}  # end\n")


def test_a_long_value_is_written_over_more_lines_unless_a_comment_would_go() -> None:
    names = [f"shop.{letter * 20}" for letter in "abcde"]
    text = "services:\n  stock:\n    shared: [shop.a,\n      shop.b]\n    routes: [/a]  # ours\n    owner: me\n"
    edited = set_value(text, ("services", "stock", "shared"), names)
    items = "".join(f"      - {name}\n" for name in names)
    assert edited == text.replace(" [shop.a,\n      shop.b]\n", f"\n{items}")
    assert "    routes: [/" in set_value(edited, ("services", "stock", "routes"), [f"/{name}" for name in names])
    assert set_value(edited, ("services", "stock", "shared"), ["shop.a"]) == text.replace(",\n      shop.b", "")
    assert (
        set_value("services: {}\n", ("services",), {"stock": {"owner": "me"}}) == "services:\n  stock:\n    owner: me\n"
    )


def test_a_value_is_put_under_a_list_only_with_an_error() -> None:
    with pytest.raises(StranglerError, match="not a mapping"):
        set_value("version: 1\nservices: [a]\n", ("services", "b"), {})


_SCALARS = st.text(max_size=30) | st.integers() | st.booleans() | st.sampled_from(["true", "1e3", "~", "- a", "a: b"])


@given(st.dictionaries(st.text(min_size=1, max_size=12), _SCALARS | st.lists(_SCALARS, max_size=3), max_size=4))
def test_any_value_comes_back_as_it_was_set(value: dict[str, object]) -> None:
    text = set_value(HEAD, ("extra", "key"), value)
    changed = set_value(text, ("extra", "key"), {"again": 1})
    assert changed.startswith(HEAD)
