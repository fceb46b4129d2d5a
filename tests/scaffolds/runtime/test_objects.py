from __future__ import annotations

import dataclasses
import threading
from typing import Any

import pydantic
import pytest

from strangler_scaffolds.runtime.codec import Codec, CodecError, class_finder


class Tags:
    def __init__(self, names: list[str]) -> None:
        self._names = names
        self.count = len(names)


class Slotted:
    __slots__ = ("left", "right")

    def __init__(self) -> None:
        self.left = 1


@dataclasses.dataclass(slots=True)
class Provider:
    texts: dict[str, str]

    def __init__(self, path: str | dict[str, str]) -> None:
        self.texts = path if isinstance(path, dict) else {path: path}


class Recipe(pydantic.BaseModel):
    name: str = pydantic.Field(alias="recipeName")
    note: str | None = None
    _secret: int = pydantic.PrivateAttr(default=3)


class Open(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")


class Special:
    def __init__(self) -> None:
        self.value = 1

    def __reduce__(self) -> Any:
        return Special, ()


class Numbers(list[int]):
    pass


CODEC = Codec(class_finder([__name__]))


def there(value: Any) -> Any:
    return CODEC.loads(CODEC.dumps(value))


def test_a_plain_object_arrives_with_its_attributes_and_its_init_is_not_run() -> None:
    tags = Tags(["a"])
    tags.count = 7
    assert vars(there(tags)) == {"_names": ["a"], "count": 7}
    assert type(there(tags)) is Tags


def test_slots_that_are_not_set_stay_so() -> None:
    arrived = there(Slotted())
    assert arrived.left == 1
    assert not hasattr(arrived, "right")
    assert there(Provider("x")) == Provider("x")


def test_a_pydantic_model_keeps_what_was_set_what_is_private_and_what_is_extra() -> None:
    recipe = Recipe.model_validate({"recipeName": "soup"})
    recipe._secret = 4
    arrived = there(recipe)
    assert arrived == recipe
    assert arrived._secret == 4
    assert arrived.model_dump(exclude_unset=True) == {"name": "soup"}
    assert there(Open.model_validate({"colour": "red"})).model_dump() == {"colour": "red"}


@pytest.mark.parametrize("value", [Special(), Numbers([1]), threading.Lock(), test_slots_that_are_not_set_stay_so])
def test_what_is_more_than_its_attributes_is_refused(value: Any) -> None:
    with pytest.raises(CodecError):
        CODEC.dumps(value)


def test_an_object_that_holds_one_is_refused_with_its_place() -> None:
    tags = Tags(["a"])
    tags.count = threading.Lock()  # type: ignore[assignment]
    with pytest.raises(CodecError, match=r"value\.count"):
        CODEC.dumps(tags)


def test_a_class_that_is_not_the_contracts_is_not_sent() -> None:
    with pytest.raises(CodecError, match="cannot cross"):
        Codec(class_finder(["elsewhere"])).dumps(Tags([]))
