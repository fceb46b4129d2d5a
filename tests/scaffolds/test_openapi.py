from __future__ import annotations

from typing import Any

import pytest
import small

from strangler_scaffolds.entries import CallGraph
from strangler_scaffolds.openapi import Describer
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
        ("dict", {"type": "object"}),
        ("Something", {}),
        ("not an annotation", {}),
        (None, {}),
    ],
)
def test_annotations_become_schemas(annotation: str | None, schema: dict[str, Any]) -> None:
    assert Describer(GRAPH).schema(annotation) == schema
