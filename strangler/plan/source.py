"""YAML text → plain data and the line of every value in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from strangler.errors import PlanError
from strangler.model import Finding, Location

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Source:
    """A YAML document: its text, its node tree (None if it is empty) and the data it stands for."""

    name: str
    text: str
    root: Node | None
    data: Any

    def line(self, path: KeyPath) -> int:
        """The 1-based line of the value at ``path``, or of the nearest thing around it that exists."""
        node, line = self.root, 1
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            key, node = found
            line = _line(key)
        return line

    def location(self, path: KeyPath) -> Location:
        """The same as a location."""
        return Location(self.name, self.line(path))


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _child(node: Node | None, step: str | int) -> tuple[Node, Node] | None:
    if isinstance(node, MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def parse(text: str, name: str) -> Source:
    """Read YAML 1.2 ``text``.

    Raises:
        PlanError: it is not YAML, or a mapping has a key twice.
    """
    try:
        root = YAML(typ="safe", pure=True).compose(text)
        loader = YAML(typ="safe", pure=True)
        loader.allow_duplicate_keys = True
        data = loader.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Location(name, mark.line + 1 if mark else 0)
        finding = Finding("PLAN-YAML", str(error.problem), place, _begun(error))
        raise PlanError(f"{name} is not YAML", [finding]) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise PlanError(f"{name} is not YAML", [Finding("PLAN-YAML", str(error), Location(name))]) from error
    return Source(name, text, root, data)


def _begun(error: MarkedYAMLError) -> str:
    """Where that begins which the parser stumbled in: the mistake is often there."""
    begun = error.context_mark
    return f"{error.context} that begins on line {begun.line + 1}" if error.context and begun else ""


def duplicate_keys(source: Source) -> Iterator[Finding]:
    """A finding for each key that its mapping has already."""
    for node in _nodes(source.root):
        if isinstance(node, MappingNode):
            yield from _duplicates(node, source.name)


def _duplicates(node: MappingNode, name: str) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for key, _ in node.value:
        if isinstance(key, ScalarNode) and key.value in seen:
            message = f"'{key.value}' is listed twice (first on line {seen[key.value]})"
            hint = "rename one of them, or merge the two entries"
            yield Finding("PLAN-DUPLICATE", message, Location(name, _line(key)), hint)
        seen.setdefault(str(key.value), _line(key))


def _nodes(root: Node | None) -> Iterator[Node]:
    stack, seen = [root] if root is not None else [], set[int]()
    while stack:
        node = stack.pop()
        if id(node) in seen:  # an alias leads here again
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, MappingNode):
            stack.extend(value for _, value in node.value)
        elif isinstance(node, SequenceNode):
            stack.extend(node.value)
