from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from strangler.analysis import Analysis, Module
from strangler.errors import StranglerError
from strangler_analyzers import look_around
from strangler_analyzers.seams.traces import read_contexts, read_traces

PROGRAM = Analysis(version="1", modules=(Module("shop.a", "shop/a.py"), Module("shop.b", "shop/b.py")))


def span(key: str, parent: str | None, **attributes: str) -> dict[str, Any]:
    pairs = [{"key": name.replace("_", "."), "value": {"stringValue": value}} for name, value in attributes.items()]
    return {"spanId": key, **({"parentSpanId": parent} if parent else {}), "attributes": pairs}


def otlp(*spans: dict[str, Any]) -> dict[str, Any]:
    return {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}


def test_a_spans_module_calls_its_childs(tmp_path: Path) -> None:
    database = span("2", "1")
    file = tmp_path / "t.json"
    spans = (
        span("1", None, code_namespace="shop.a.View"),
        database,
        span("3", "2", code_filepath="/srv/app/shop/b.py"),
        span("4", "3", code_namespace="shop.b"),
    )
    file.write_text(json.dumps(otlp(*spans)))
    assert read_traces(file, PROGRAM) == {("shop.a", "shop.b"): 1}


def test_one_object_a_line_is_read_too_and_parents_may_be_in_another_line(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    lines = [otlp(span("3", "1", code_namespace="shop.b")), otlp(span("1", None, code_namespace="shop.a"))]
    file.write_text("\n".join(map(json.dumps, lines)))
    assert look_around(tmp_path, PROGRAM, traces=[file, file]).traces == {("shop.a", "shop.b"): 2}


@pytest.mark.parametrize("text", ["{}", "[]", '{"resourceSpans": 1'])
def test_what_is_no_trace_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(StranglerError):
        read_traces(tmp_path / "t.json", PROGRAM)


def test_contexts_name_the_tests_of_each_file(tmp_path: Path) -> None:
    report = {"files": {"shop/a.py": {"contexts": {"1": ["t::one", ""], "2": ["t::two"]}}}}
    (tmp_path / "c.json").write_text(json.dumps(report))
    assert read_contexts(tmp_path / "c.json") == {"shop/a.py": ("t::one", "t::two")}
    (tmp_path / "d.json").write_text("{}")
    with pytest.raises(StranglerError, match="no coverage report"):
        read_contexts(tmp_path / "d.json")
