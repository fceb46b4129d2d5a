"""Django is not among what the tests install: these classes have what of a model the wire looks at."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest

from strangler_scaffolds.runtime.codec import Codec, class_finder
from strangler_scaffolds.runtime.orm import hooks
from strangler_scaffolds.runtime.remote import write_back


class State:
    adding = True
    db: str | None = None

    def __init__(self) -> None:
        self.fields_cache: dict[str, Any] = {}


def model(label: str, *fields: str) -> Any:
    columns = [types.SimpleNamespace(attname=field) for field in fields]
    meta = types.SimpleNamespace(app_label="shop", label=label, concrete_fields=columns)
    members = {"_meta": meta, "_base_manager": None, "__reduce__": lambda self: None, "__module__": "shop_rows"}
    return type(label.rpartition(".")[2], (), members)


Order, Customer = model("shop.Order", "id", "total", "customer_id"), model("shop.Customer", "id", "name")


def made(cls: Any, *, adding: bool = False, **held: Any) -> Any:
    one = cls()
    one._state = State()
    one._state.adding, one._state.db = adding, "default"
    vars(one).update(held)
    return one


@pytest.fixture(autouse=True)
def codec(monkeypatch: pytest.MonkeyPatch) -> Iterator[Codec]:
    models = {cls._meta.label: cls for cls in (Order, Customer)}
    apps = types.SimpleNamespace(apps=types.SimpleNamespace(get_model=models.__getitem__))
    monkeypatch.setitem(sys.modules, "django.apps", apps)  # type: ignore[arg-type]
    base = types.SimpleNamespace(ModelState=State)
    monkeypatch.setitem(sys.modules, "django.db.models.base", base)  # type: ignore[arg-type]
    holder: Any = types.ModuleType("shop_rows")
    holder.Order, holder.Customer = Order, Customer
    monkeypatch.setitem(sys.modules, "shop_rows", holder)
    yield Codec(class_finder(["shop_rows"]), **hooks({"store": "shared", "packages": ["shop_rows"]}))


def test_fields_travel_as_they_are_held_with_what_was_loaded_once(codec: Codec) -> None:
    customer = made(Customer, id=7, name="not saved yet")
    order = made(Order, id=1, total=3, customer_id=7, seen=[customer], note={"a": 1})
    order._state.fields_cache["customer"] = customer
    customer._state.fields_cache["order"] = order  # a cycle
    copy = codec.loads(codec.dumps(order))
    assert (type(copy), copy.total, copy.note, copy._state.adding) == (Order, 3, {"a": 1}, False)
    assert not hasattr(copy, "seen")  # no field, and not plain
    assert copy._state.fields_cache["customer"].name == "not saved yet"
    assert copy._state.fields_cache["customer"]._state.fields_cache["order"] is copy


def test_a_new_object_crosses_as_a_new_object(codec: Codec) -> None:
    copy = codec.loads(codec.dumps({"order": made(Order, adding=True, id=None)}))["order"]
    assert (copy.id, copy._state.adding) == (None, True)


def test_what_comes_back_changes_the_object_that_the_caller_holds(codec: Codec) -> None:
    order = made(Order, id=1, total=3)
    holder, changed = types.SimpleNamespace(order=order), types.SimpleNamespace(order=made(Order, id=1, total=4))
    write_back(holder, changed)
    assert (holder.order is order, order.total) == (True, 4)
