"""The admin interface's page, made from its OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from strangler_facade.admin.app import application
from strangler_facade.references.fill import filled


def admin_reference() -> str:
    """Every endpoint with its parameters, body and answer, as Markdown."""
    document = application().openapi()
    endpoints = [
        "\n".join(_endpoint(path, method, operation)) + "\n"
        for path, methods in sorted(document["paths"].items())
        for method, operation in methods.items()
    ]
    schemas = document["components"]["schemas"]
    bodies = ["\n".join(_schema(name, schemas[name])) + "\n" for name in sorted(schemas) if name not in _FRAMEWORK]
    return filled("admin", endpoints="\n".join(endpoints), schemas="\n".join(bodies))


_FRAMEWORK = ("HTTPValidationError", "ValidationError")


def _endpoint(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"### `{method.upper()} {path}`\n"
    yield operation["description"].strip()
    body = operation.get("requestBody")
    answer = operation["responses"]["200"]["content"]
    facts = [f"body {_kind(_first(body['content']))}"] if body else []
    facts.append(f"answer {_kind(_first(answer))}")
    yield f"\n*{'; '.join(facts)}*"
    for parameter in operation.get("parameters", ()):
        if parameter["in"] != "path":
            default = parameter["schema"].get("default")
            text = f" (default {default})" if default is not None else ""
            yield f"- `{parameter['name']}` in the {parameter['in']}: {_kind(parameter['schema'])}{text}"


def _first(content: Mapping[str, Any]) -> Mapping[str, Any]:
    schema: Mapping[str, Any] = next(iter(content.values())).get("schema", {})
    return schema


def _schema(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {name}\n"
    yield schema.get("description", "").strip()
    yield "\n| field | kind | |\n|---|---|---|"
    for field, kind in schema.get("properties", {}).items():
        yield f"| `{field}` | {_kind(kind)} | {'' if field in schema.get('required', ()) else 'optional'} |"


def _kind(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(_kind(option) for option in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("type", "anything")) + _bounds(schema)


def _bounds(schema: Mapping[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum", schema.get("exclusiveMaximum"))
    parts = [f"from {low:g}"] if low is not None else []
    parts += [f"to {high:g}"] if high is not None and high < 2**53 else []
    return f" {' '.join(parts)}" if parts else ""
