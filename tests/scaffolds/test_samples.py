from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from strangler_scaffolds.probes.samples import Samples
from strangler_scaffolds.runtime.codec import Codec, CodecError, class_finder


def noted(arguments: dict[str, Any], **outcome: Any) -> dict[str, Any]:
    samples = Samples(Codec(class_finder([])), CodecError)
    return samples.after("m:f", samples.before(arguments), "", outcome or {"result": None})


@pytest.mark.parametrize(
    ("arguments", "private"),
    [
        ({"password": "hunter2"}, "hunter2"),
        ({"user": {"api_key": "k-1", "name": "x"}}, "k-1"),
        ({"note": "write to ann@example.org today"}, "ann@example.org"),
        ({"card": "4111 1111 1111 1111"}, "4111"),
        ({"text": "4111 1111 1111 1111 is the card"}, "4111"),
        ({"header": "Bearer abcdefghijk"}, "abcdefghijk"),
        ({"phone": 441234567}, "441234567"),
        ({"rows": [{"email": "ann@example.org"}]}, "ann"),
        ({"token": b"secret-bytes"}, "c2VjcmV0LWJ5dGVz"),
    ],
)
def test_what_looks_private_is_not_kept(arguments: dict[str, Any], private: str) -> None:
    sample = noted(arguments)["sample"]
    assert private not in json.dumps(sample)
    assert sample["redacted"]


def test_the_same_is_replaced_by_the_same() -> None:
    sample = noted({"email": "a@b.example", "other": "c@d.example"}, result="a@b.example")["sample"]
    assert sample["arguments"]["email"] != sample["arguments"]["other"]
    assert noted({"email": "a@b.example"}, result={"email": "a@b.example"})["sample"]["redacted"]


def test_a_call_with_nothing_private_is_kept_as_it_was() -> None:
    sample = noted({"sku": "a-1", "count": 3}, result=[1, {"$x": 2}])["sample"]
    assert sample["arguments"] == {"sku": "a-1", "count": 3}
    assert not sample["redacted"]


def test_an_exception_is_kept_by_its_class_and_arguments() -> None:
    assert noted({"sku": "none"}, error=KeyError("none"))["sample"]["error"] == {
        "type": "builtins:KeyError",
        "args": ["none"],
    }


def test_what_cannot_cross_is_said_and_not_kept() -> None:
    assert noted({"lock": threading.Lock()}) == {"stuck": "lock: a _thread:lock cannot cross"}
    assert "result" in noted({}, result=threading.Lock())["stuck"]


def test_few_calls_of_one_kind_are_kept_and_no_large_ones() -> None:
    samples = Samples(Codec(class_finder([])), CodecError)
    kept = [samples.after("m:f", {"n": n}, "int", {"result": n}) for n in range(10)]
    assert sum(bool(item) for item in kept) == 3
    assert noted({"text": "x" * 50_000}) == {}
