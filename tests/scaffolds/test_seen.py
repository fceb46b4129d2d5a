from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import small

from strangler.errors import StranglerError
from strangler_scaffolds.clients import contract_of
from strangler_scaffolds.crossings import crossings_of
from strangler_scaffolds.entries import CallGraph
from strangler_scaffolds.openapi import describe
from strangler_scaffolds.seen import OBSERVED, Observed, dump, recall, summarise
from strangler_scaffolds.services.contracts import examples, is_steady
from strangler_scaffolds.sources import Sources
from strangler_scaffolds.territory import survey

REF = "shop.stock.service:level"
TERRITORY = survey(small.analysis(), small.plan(), "stock")


def record(**changed: Any) -> dict[str, Any]:
    whole = {
        "ref": REF,
        "test": "t",
        "arguments": {"sku": "str", "at": "shop.clock:Moment"},
        "returns": "int",
        "raises": "",
        "changed": [],
        "uncommitted": False,
    }
    return {**whole, **changed}


def seen(*records: dict[str, Any]) -> dict[str, Observed]:
    return {function.ref: function for function in summarise(records)}


def sample(size: int, *, redacted: bool = False) -> dict[str, Any]:
    return {"sample": {"arguments": {"sku": "x" * size}, "result": size, "redacted": redacted}}


def test_what_was_seen_comes_back_from_its_file() -> None:
    found = seen(record(**sample(1)), record(stuck="a lock cannot cross", changed=["at"]))
    sources = Sources(Path("/nowhere"), {OBSERVED: dump(list(found.values())).encode()})
    assert recall(sources)[REF] == found[REF]
    assert recall(Sources(Path("/nowhere"))) == {}
    with pytest.raises(StranglerError, match="observed"):
        recall(Sources(Path("/nowhere"), {OBSERVED: b"[{}]"}))


def test_few_examples_are_kept_whole_ones_and_short_ones_first() -> None:
    (found,) = summarise(record(**sample(size, redacted=size == 1)) for size in range(1, 20))
    assert [len(example["arguments"]["sku"]) for example in found.samples] == [2, 3, 4, 5, 6, 7]


def test_an_argument_that_was_seen_to_change_is_written_back() -> None:
    graph = CallGraph(TERRITORY, seen(record(changed=["at"])))
    assert contract_of(TERRITORY, graph.entries)["entries"][REF]["mutates"] == ["at"]


def test_types_that_were_seen_stand_in_for_annotations_that_are_not_there() -> None:
    graph = CallGraph(TERRITORY, seen(record(arguments={"sku": "int", "at": "int"}), record(arguments={"at": "str"})))
    schema = describe(TERRITORY, graph)["paths"][f"/_strangler/calls/{REF.replace(':', '/')}"]["post"]["requestBody"]
    properties = schema["content"]["application/json"]["schema"]["properties"]["arguments"]["properties"]
    assert properties["sku"] == {"type": "string"}  # what the code says stands
    assert properties["at"] == {"anyOf": [{"type": "integer"}, {"type": "string"}]}


def test_what_cannot_cross_is_chatty_or_open_is_said_before_anything_is_written() -> None:
    records = [record(stuck="a lock cannot cross", uncommitted=True)] * 30
    found = {c.rule.name: c for c in crossings_of(TERRITORY, CallGraph(TERRITORY, seen(*records)))}
    assert "30 times in one test" in found["SEEN-CHATTY"].message
    assert "level_many" in found["SEEN-CHATTY"].hint
    assert {"SEEN-STUCK", "SEEN-OPEN"} <= set(found)


def test_an_example_can_be_repeated_if_its_function_depends_on_nothing_else() -> None:
    files = {path: text.encode() for path, text in small.SOURCES.items()}
    graph = CallGraph(TERRITORY, seen(record(**sample(1)), record(**sample(2, redacted=True))))

    def with_body(body: str) -> Sources:
        text = "\n" * 7 + f"def level(sku: str, at=None) -> int:\n    return {body}\n"
        return Sources(Path("/nowhere"), {**files, "shop/stock/service.py": text.encode()})

    assert not is_steady(graph.entries[0], graph, with_body("len(sku) + clock.today()"))
    assert [example["repeatable"] for example in examples(graph, with_body("len(sku)"))] == [True, False]
