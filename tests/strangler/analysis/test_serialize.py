from __future__ import annotations

import json
from pathlib import Path

import pytest

from strangler.analysis import Analysis, Call, Edge, Evidence, Module, Passed, Route, Seam, dumps, load, loads
from strangler.errors import StranglerError

DOCUMENT = Analysis(
    version="0.1.0",
    source_roots=(".",),
    packages=("shop",),
    options={"max_evidence": 20},
    modules=(Module("shop.a", "shop/a.py", loc=3, roles=("models",)),),
    edges=(Edge("shop.a", "shop.b", "import", scope=("function",), evidence=(Evidence("shop/a.py", 3),)),),
    routes=(Route("* /x", "flask", None, "/x", "shop.a:x", "shop.a"),),
    calls=(Call("shop.a:f", "shop.b:g", (Evidence("shop/a.py", 4),), passes=(Passed("order", "model"),)),),
    seams=(Seam("a", "a", ("shop.a",), 0.5, 1, metrics={"cohesion": 1.0}),),
    shared=("shop.b",),
)


def test_a_document_comes_back_as_it_was_written() -> None:
    assert loads(dumps(DOCUMENT)) == DOCUMENT


def test_the_document_has_the_fields_of_the_public_format() -> None:
    data = json.loads(dumps(DOCUMENT))
    assert (data["schema"], data["root"], data["tool"]["name"]) == ("strangler.analysis/1", ".", "strangler")
    assert data["routes"][0]["methods"] is None
    assert data["edges"][0]["scope"] == ["function"]
    assert "end_line" not in data["edges"][0]["evidence"][0]


def test_fields_of_a_later_version_are_ignored() -> None:
    data = json.loads(dumps(DOCUMENT))
    data["novelty"] = 1
    data["modules"][0]["novelty"] = 1
    assert loads(json.dumps(data)) == DOCUMENT


@pytest.mark.parametrize("text", ["{", "[]", '{"schema":"other/2"}', '{"schema":"strangler.analysis/1"}'])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(StranglerError):
        loads(text)


def test_an_absent_document_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(StranglerError) as caught:
        load(tmp_path / "analysis.json")
    assert "strangler analyze" in caught.value.hint
