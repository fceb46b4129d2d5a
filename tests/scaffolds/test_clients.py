from __future__ import annotations

import inspect

import pytest
import small

from strangler.analysis import Function, Param
from strangler_scaffolds.clients import client_of, contract_of
from strangler_scaffolds.clients.package import runtime_files
from strangler_scaffolds.clients.signature import annotation_names, stub
from strangler_scaffolds.entries import CallGraph
from strangler_scaffolds.territory import survey

TERRITORY = survey(small.analysis(), small.plan(), "stock")
ENTRIES = CallGraph(TERRITORY).entries


def params(*kinds: str) -> tuple[Param, ...]:
    return tuple(Param(f"p{index}", kind) for index, kind in enumerate(kinds))


@pytest.mark.parametrize(
    ("kinds", "written"),
    [
        ((), "()"),
        (("positional_only", "positional_or_keyword"), "(p0, /, p1)"),
        (("positional_only",), "(p0, /)"),
        (("positional_or_keyword", "keyword_only"), "(p0, *, p1)"),
        (("var_positional", "keyword_only", "var_keyword"), "(*p0, p1, **p2)"),
    ],
)
def test_a_stub_has_the_signature_of_the_function(kinds: tuple[str, ...], written: str) -> None:
    text = stub(Function("m:f", "m.py", 1, 2, "function", params(*kinds)), "f")
    names: dict[str, object] = {}
    exec(text, names)  # what a client does with it
    assert str(inspect.signature(names["f"])) == written  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("default", "kept"), [("1", "1"), ("'a'", "'a'"), ("BATCH", "..."), ("[]", "..."), ("-1", "-1")]
)
def test_only_defaults_that_mean_the_same_anywhere_are_copied(default: str, kept: str) -> None:
    function = Function("m:f", "m.py", 1, 2, "function", (Param("a", "positional_or_keyword", default=default),))
    assert stub(function, "f") == f"def f(a={kept}): ...\n"


def test_names_in_annotations_are_known_even_inside_texts() -> None:
    function = Function(
        "m:f", "m.py", 1, 2, "function", (Param("a", "positional_or_keyword", "'list[Money]'"),), "date | int"
    )
    assert annotation_names([function]) == ["Money", "date"]


def test_the_contract_names_functions_policies_and_packages() -> None:
    contract = contract_of(TERRITORY, ENTRIES)
    terms = {"kind": "query", "idempotency": "none", "timeout_ms": 1000, "mutates": []}
    assert contract == {
        "service": "stock",
        "store": "shared",
        "packages": ["shop"],
        "entries": {"shop.stock.service:level": terms},
    }


def test_the_client_mirrors_the_modules_that_are_called() -> None:
    client = client_of(TERRITORY, ENTRIES, "shop.service_clients.stock")
    assert client.mirrors == {
        "shop.stock": "shop.service_clients.stock",
        "shop.stock.service": "shop.service_clients.stock.service",
    }
    assert set(runtime_files("_runtime/")) < set(client.files)
