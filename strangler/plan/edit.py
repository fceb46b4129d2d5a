"""Edits a plan as text: what is not changed keeps every byte, comments and order included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node

from strangler.errors import StranglerError
from strangler.plan.source import KeyPath, Source, parse
from strangler.plan.style import INDENT, block, flow

_GONE = object()
"""Stands for a value that an edit takes away; None is a value."""


def add_service(text: str, name: str, service: Mapping[str, Any]) -> str:
    """The plan ``text`` with one more entry under ``services``.

    Raises:
        StranglerError: the plan has a service of this name.
    """
    source = parse(text, "plan")
    if name in ((source.data or {}).get("services") or {}):
        hint = f"name the new one with --as, or take the old one out: strangler plan remove {name}"
        raise StranglerError(f"the plan has a service '{name}' already", hint=hint)
    return set_value(text, ("services", name), service)


def remove_service(text: str, name: str) -> str:
    """The plan ``text`` without the service ``name``.

    Raises:
        StranglerError: the plan has no such service.
    """
    source, path = parse(text, "plan"), ("services", name)
    if _value(source.root, path) is None:
        raise StranglerError(f"the plan has no service '{name}'")
    others = _with(source.data["services"], (name,), _GONE)
    key, entry = _entry(source.root, path)
    start, end = text.rfind("\n", 0, key.start_mark.index) + 1, _end(text, entry)
    behind = text[_past_comments(text, end, key.start_mark.column) :]
    if others and not _is_flow(_value(source.root, ("services",))):
        return _checked(text[:start] + behind, source, path, _GONE)
    return _checked(_replace(parse(text[:end] + behind, "plan"), ("services",), flow(others)), source, path, _GONE)


def set_value(text: str, path: KeyPath, value: object) -> str:
    """The YAML ``text`` with ``value`` at ``path``; missing mappings on the way are made.

    Raises:
        StranglerError: something on the path is no mapping.
    """
    source = parse(text, "plan")
    node = _value(source.root, path)
    edited = _exchange(source, path, value) if node is not None else _insert(source, path, value)
    return _checked(edited, source, path, value)


def _exchange(source: Source, path: KeyPath, value: object) -> str:
    """Put a value where another stands: on its line, or in block style if that is too long and no comment goes."""
    (key, old), entry = _entry(source.root, path), {path[-1]: value}
    start, end = key.start_mark.index - key.start_mark.column, _end(source.text, old)
    as_block = block(entry, key.start_mark.column)
    if _is_flow(_value(source.root, path[:-1])) or "\n" not in as_block.strip() or "#" in source.text[start:end]:
        return _replace(source, path, flow(value))
    return source.text[:start] + as_block + source.text[end:]


def _insert(source: Source, path: KeyPath, value: object) -> str:
    """Put a value under the deepest mapping of ``path`` that exists."""
    depth = next(n for n in range(len(path) - 1, -1, -1) if n == 0 or _value(source.root, path[:n]) is not None)
    parent = _value(source.root, path[:depth])
    nested = value
    for step in reversed(path[depth + 1 :]):
        nested = {step: nested}
    entry = {path[depth]: nested}
    if parent is None:  # an empty document
        return source.text + block(entry, 0)
    if isinstance(parent, MappingNode) and parent.value and not parent.flow_style:
        return _append(source.text, parent, entry)
    if isinstance(parent, MappingNode) and parent.value:
        return _append_flow(source, parent, entry)
    return _replace_empty(source, parent, path[:depth], entry)


def _append(text: str, parent: MappingNode, entry: Mapping[Any, Any]) -> str:
    column = parent.value[0][0].start_mark.column
    end = _past_comments(text, _end(text, parent.value[-1][1]), column)
    before = text[:end] if text[:end].endswith("\n") or not end else text[:end] + "\n"
    return before + block(entry, column) + text[end:]


def _append_flow(source: Source, parent: MappingNode, entry: Mapping[Any, Any]) -> str:
    last = parent.value[-1][1].end_mark.index
    return source.text[:last] + ", " + flow(entry)[1:-1] + source.text[last:]


def _replace_empty(source: Source, node: Node, path: KeyPath, entry: Mapping[Any, Any]) -> str:
    """Give ``key: {}`` or ``key:`` its first entry, as a block of its own."""
    text, written = source.text, source.text[node.start_mark.index : node.end_mark.index]
    if not isinstance(node, MappingNode) and written not in ("", "null", "~"):
        raise StranglerError(f"'{'.'.join(map(str, path))}' in the plan is not a mapping")
    parent = _value(source.root, path[:-1])
    if _is_flow(parent):
        return _replace(source, path, flow(entry))
    key, _ = _entry(source.root, path)
    colon = text.index(":", key.end_mark.index) + 1
    after = node.end_mark.index if written else colon
    comment, _, tail = text[after:].partition("\n")
    return f"{text[:colon]}{comment.rstrip()}\n{block(entry, key.start_mark.column + INDENT)}{tail}"


def _is_flow(node: Node | None) -> bool | None:
    """Whether a collection is written ``{…}`` or ``[…]``; None for a scalar."""
    return getattr(node, "flow_style", None)


def _replace(source: Source, path: KeyPath, new: str) -> str:
    """Put ``new`` (on one line) where the value at ``path`` stands; a comment beside its key stays."""
    text = source.text
    key, node = _entry(source.root, path)
    if _is_flow(node) is False:
        colon = text.index(":", key.end_mark.index) + 1
        line_end = text.index("\n", colon)
        return f"{text[:colon]} {new}{text[colon:line_end]}\n{text[_end(text, node) :]}"
    start = node.start_mark.index
    gap = "" if text[start - 1] in " \n" else " "
    return text[:start] + gap + new + text[node.end_mark.index :]


def _end(text: str, node: Node) -> int:
    """Where the last line of ``node`` ends; the parser lets a block reach over blank lines and comments behind it."""
    last = node
    while getattr(last, "value", None) and isinstance(last.value, list) and not _is_flow(last):
        tail = last.value[-1]
        last = tail[1] if isinstance(tail, tuple) else tail
    newline = text.find("\n", max(last.end_mark.index - (last.end_mark.column == 0), 0))
    return len(text) if newline < 0 else newline + 1


def _past_comments(text: str, end: int, column: int) -> int:
    """Past the comments behind ``end`` that stand further in than ``column``: they belong to what ends there."""
    past = end
    for line in text[end:].splitlines(keepends=True):
        inner = line.lstrip(" ")
        if inner.strip() and (not inner.startswith("#") or len(line) - len(inner) <= column):
            break
        past += len(line)
        end = past if inner.strip() else end
    return end


def _value(root: Node | None, path: KeyPath) -> Node | None:
    node = root
    for step in path:
        pairs = node.value if isinstance(node, MappingNode) else ()
        node = next((value for key, value in pairs if key.value == str(step)), None)
    return node


def _entry(root: Node | None, path: KeyPath) -> tuple[Node, Node]:
    parent = _value(root, path[:-1])
    pairs: list[tuple[Node, Node]] = parent.value if isinstance(parent, MappingNode) else []
    return next((key, value) for key, value in pairs if key.value == str(path[-1]))


def _checked(edited: str, before: Source, path: KeyPath, value: object) -> str:
    """Make sure that the edit changed what it was meant to and nothing else; anything else is our bug."""
    wanted = _with(before.data or {}, path, value)
    if (parse(edited, "plan").data or {}) != wanted:
        raise AssertionError(f"editing {'.'.join(map(str, path))} would have changed something else")
    return edited


def _with(data: Mapping[Any, Any], path: KeyPath, value: object) -> dict[Any, Any]:
    step, rest = path[0], path[1:]
    if rest:
        return {**data, step: _with(data.get(step) or {}, rest, value)}
    if value is _GONE:
        return {key: item for key, item in data.items() if key != step}
    return {**data, step: _as_data(value)}


def _as_data(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _as_data(item) for key, item in value.items()}
    return [_as_data(item) for item in value] if isinstance(value, list | tuple) else value
