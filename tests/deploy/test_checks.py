"""What is checked, one kind of trouble after the other."""

from __future__ import annotations

import copy
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler_deploy import render
from strangler_deploy.checks.schema import Compiler, Problem
from strangler_deploy.checks.schemas import Schemas


def _problems(schema: dict[str, Any], value: Any) -> list[Problem]:
    found: list[Problem] = []
    Compiler().compile(schema)(value, "", found)
    return found


_SCALARS = st.sampled_from([None, True, 0, -1, 7, 2.5, "", "a", "abc", "ABC"])
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
_LEAVES = st.sampled_from(
    [
        {"type": "string", "pattern": "^[a-z]*$", "maxLength": 2},
        {"type": ["string", "null"], "minLength": 1},
        {"type": "integer", "minimum": 0, "maximum": 5},
        {"type": "number", "minimum": 0},
        {"type": "boolean"},
        {"enum": ["a", 7]},
        {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        {"not": {"required": ["c"]}},
    ]
)
_SCHEMAS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda item: {"type": "array", "items": item, "maxItems": 2}),
        inner.map(lambda item: {"type": "object", "additionalProperties": item}),
        st.tuples(inner, inner).map(
            lambda two: {
                "type": "object",
                "properties": {"a": two[0], "b": two[1]},
                "required": ["a"],
                "additionalProperties": False,
            }
        ),
    ),
    max_leaves=4,
)


@settings(max_examples=400)
@given(_SCHEMAS, _VALUES)
def test_it_says_what_jsonschema_says(schema: dict[str, Any], value: Any) -> None:
    trusted = jsonschema.Draft202012Validator(schema).is_valid(value)
    assert (_problems(schema, value) == []) == trusted


def test_an_object_is_closed_unless_its_schema_opens_it() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    assert _problems(schema, {"b": 1})[0].is_unknown_field
    assert _problems({**schema, "x-kubernetes-preserve-unknown-fields": True}, {"b": 1}) == []


@pytest.mark.parametrize(("value", "ok"), [(1, True), ("50%", True), (True, False), ([], False)])
def test_an_int_or_string_is_one_of_the_two(value: Any, ok: bool) -> None:
    schema = {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True}
    assert (_problems(schema, value) == []) == ok


def _mutants(data: Any) -> list[Any]:
    """The object with one value at a time made wrong, at every depth."""
    made: list[Any] = []

    def walk(node: Any, change: Any) -> None:
        items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, item in items:

            def set_at(value: Any, key: Any = key) -> Any:
                copied = copy.copy(node)
                copied[key] = value
                return change(copied)

            made.append(set_at(["wrong"] if not isinstance(item, list) else "wrong"))
            if isinstance(node, dict):
                made.append(change({**node, "unknownField": 1}))
            walk(item, set_at)

    walk(data, lambda value: value)
    return made


def test_native_objects_and_their_mutants_are_judged_as_kubernetes_validate_judges(
    plan: Plan, tenants: dict[str, Tenant]
) -> None:
    root = Path(str(files("kubernetes_validate"))) / "kubernetes-json-schema" / "v1.36.0-local-strict"
    definitions = json.loads((root / "_definitions.json").read_text())
    text = render(plan, tenants)["tenants/acme/app/deployment-billing.yaml"]
    schema = {
        **json.loads((root / "deployment-apps-v1.json").read_text().replace("/api/_definitions.json#", "#")),
        **json.loads(json.dumps({"$defs": definitions["$defs"]}).replace("/api/_definitions.json#", "#")),
    }
    validator = jsonschema.Draft202012Validator(json.loads(json.dumps(schema).replace("_definitions.json#", "#")))
    kind = Schemas(None, "1.36").kind("apps/v1", "Deployment")
    assert kind is not None
    mutants = _mutants(yaml.safe_load(text))
    wrong = 0
    for mutant in [yaml.safe_load(text), *mutants]:
        found: list[Problem] = []
        kind.check(mutant, "", found)
        assert (found == []) == validator.is_valid(mutant), (found, mutant)
        wrong += bool(found)
    assert wrong > len(mutants) * 0.8
