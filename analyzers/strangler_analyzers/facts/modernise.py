"""The edits that turn other Pythons' constructs into ones every supported interpreter reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Edit = tuple[int, int, bytes]


def edits_of(node: Any, data: bytes) -> Iterator[Edit]:
    """The edits the node of the concrete tree asks for: (start, end, what stands there instead)."""
    rule = _RULES.get(node.type)
    return rule(node, data) if rule else iter(())


def _type_alias(node: Any, data: bytes) -> Iterator[Edit]:
    keyword, name = node.children[0], node.children[1]
    yield (keyword.start_byte, name.start_byte, b"")
    inner = name.children[0] if name.children else name
    if inner.type == "generic_type":
        yield from (_gone(child) for child in inner.children if child.type == "type_parameter")


def _definition(node: Any, data: bytes) -> Iterator[Edit]:
    """``class A[T]`` and ``def f[T]`` (3.12)."""
    yield from (_gone(child) for child in node.children if child.type == "type_parameter")


def _gone(node: Any) -> Edit:
    return (node.start_byte, node.end_byte, b"")


def _print(node: Any, data: bytes) -> Iterator[Edit]:
    yield (node.children[0].start_byte, node.children[0].end_byte, b"print(")
    yield (node.end_byte, node.end_byte, b")")


def _chevron(node: Any, data: bytes) -> Iterator[Edit]:
    yield _gone(node.children[0])


def _exec(node: Any, data: bytes) -> Iterator[Edit]:
    yield (node.children[0].start_byte, node.children[0].end_byte, b"exec(")
    yield from ((child.start_byte, child.end_byte, b",") for child in node.children if child.type == "in")
    yield (node.end_byte, node.end_byte, b")")


def _except(node: Any, data: bytes) -> Iterator[Edit]:
    """``except E, e`` (2) becomes ``except E as e``, ``except A, B`` (3.14) a tuple."""
    commas = [child for child in node.children if child.type == ","]
    caught = [child for child in node.children if child.is_named and child.type not in ("block", "comment")]
    if not commas or len(caught) < 2:
        return
    second = data[caught[1].start_byte : caught[1].end_byte]
    if len(commas) == 1 and (second[:1].islower() or second[:1] == b"_"):
        yield (commas[0].start_byte, commas[0].end_byte, b" as")
    else:
        yield (caught[0].start_byte, caught[0].start_byte, b"(")
        yield (caught[-1].end_byte, caught[-1].end_byte, b")")


def _raise(node: Any, data: bytes) -> Iterator[Edit]:
    lists = [child for child in node.children if child.type == "expression_list"]
    for items in lists:
        comma = next(child for child in items.children if child.type == ",")
        yield (comma.start_byte, comma.end_byte, b"(")
        yield (items.end_byte, items.end_byte, b")")


def _integer(node: Any, data: bytes) -> Iterator[Edit]:
    text = data[node.start_byte : node.end_byte]
    plain = text.rstrip(b"lL")
    if len(plain) > 1 and plain.isdigit() and plain.startswith(b"0") and plain.strip(b"0"):
        plain = b"0o" + plain.lstrip(b"0")
    if plain != text:
        yield (node.start_byte, node.end_byte, plain)


def _unequal(node: Any, data: bytes) -> Iterator[Edit]:
    yield (node.start_byte, node.end_byte, b"!=")


def _string(node: Any, data: bytes) -> Iterator[Edit]:
    start, end = node.children[0], node.children[-1]
    opening = data[start.start_byte : start.end_byte]
    if opening == b"`":
        yield (start.start_byte, start.end_byte, b"(")
        yield (end.start_byte, end.end_byte, b")")
    elif opening[:2].lower() == b"ur":
        yield (start.start_byte, start.start_byte + 1, b"")
    elif b"f" in opening.lower() or b"t" in opening.lower():
        yield from _format_string(node, data)


def _format_string(node: Any, data: bytes) -> Iterator[Edit]:
    """An f-string (or t-string) whose values hold quotes or line ends, which 3.12 allows: a tuple of its values."""
    values = [child for child in node.children if child.type == "interpolation"]
    inner = b"".join(data[value.start_byte : value.end_byte] for value in values)
    prefix = data[node.children[0].start_byte : node.children[0].end_byte].lower()
    if b"t" not in prefix and not any(sign in inner for sign in (b'"', b"'", b"\n", b"\\", b"#")):
        return
    held = [child for value in values for child in value.children if child.is_named]
    kept = [data[child.start_byte : child.end_byte] for child in held if child.type not in _FORMATTING]
    lines = data.count(b"\n", node.start_byte, node.end_byte) - sum(text.count(b"\n") for text in kept)
    text = b"(" + b"".join(text + b"," for text in kept) + b"\n" * max(lines, 0) + b")"
    yield (node.start_byte, node.end_byte, text)


_FORMATTING = ("type_conversion", "format_specifier", "comment")


def _parameters(node: Any, data: bytes) -> Iterator[Edit]:
    """``def f(a, (b, c))`` and ``lambda (k, v): …`` (2)."""
    for child in node.children:
        if child.type == "tuple_pattern":
            yield (child.start_byte, child.end_byte, b"_tuple%d" % child.start_byte)


_RULES: dict[str, Callable[[Any, bytes], Iterator[Edit]]] = {
    "type_alias_statement": _type_alias,
    "class_definition": _definition,
    "function_definition": _definition,
    "print_statement": _print,
    "chevron": _chevron,
    "exec_statement": _exec,
    "except_clause": _except,
    "raise_statement": _raise,
    "integer": _integer,
    "<>": _unequal,
    "string": _string,
    "parameters": _parameters,
    "lambda_parameters": _parameters,
}
