from __future__ import annotations

from typing import Any

import pytest
import small

from strangler_scaffolds.entries import CallGraph
from strangler_scaffolds.openapi import breaking, schema_of
from strangler_scaffolds.territory import survey

GRAPH = CallGraph(survey(small.analysis(), small.plan(), "stock"))


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        ("int", {"type": "integer"}),
        ("'int'", {"type": "integer"}),
        ("str | None", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ("Optional[bool]", {"anyOf": [{"type": "boolean"}, {"type": "null"}]}),
        ("list[int]", {"type": "array", "items": {"type": "integer"}}),
        ("dict[str, float]", {"type": "object", "additionalProperties": {"type": "number"}}),
        ("Something", {}),
        ("not an annotation", {}),
        (None, {}),
    ],
)
def test_annotations_become_schemas(annotation: str | None, schema: dict[str, Any]) -> None:
    assert schema_of(annotation, GRAPH) == schema


def document(required: list[str], properties: dict[str, Any], result: Any = None) -> dict[str, Any]:
    arguments = {"type": "object", "properties": properties, "required": required}
    body = {"type": "object", "properties": {"arguments": arguments}}
    answer = {"type": "object", "properties": {"result": result or {"type": "integer"}}}
    return {
        "paths": {
            "/f": {
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": body}}},
                    "responses": {"200": {"content": {"application/json": {"schema": answer}}}},
                }
            }
        }
    }


OLD = document(["a"], {"a": {"type": "integer"}, "b": {"type": "string"}})


BOTH = {"a": {"type": "integer"}, "b": {"type": "string"}}


@pytest.mark.parametrize(
    ("new", "breaks"),
    [
        (OLD, []),
        ({"paths": {}}, ["/f is gone"]),
        (document(["a"], {"a": {"type": "integer"}}), ["/f: argument b is gone"]),
        (document(["a", "b"], BOTH), ["/f: argument b is required now"]),
        (document(["a"], {**BOTH, "a": {"type": "string"}}), ["/f: argument a has another type"]),
        (document(["a"], {**BOTH, "c": {}}), []),
        (document(["a"], BOTH, {"type": "string"}), ["/f: the result has another type"]),
    ],
)
def test_a_change_that_breaks_callers_is_named(new: dict[str, Any], breaks: list[str]) -> None:
    assert breaking(OLD, new) == breaks
