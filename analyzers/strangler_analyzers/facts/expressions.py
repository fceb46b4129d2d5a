"""Lowers expressions: what a value comes from and what is called stays, arithmetic goes."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from strangler_analyzers.facts.records import Code
from strangler_analyzers.facts.state import State

# Longer texts are data, not references, paths or statements of SQL.
_LONGEST_TEXT = 8192
_REFERENCE = re.compile(r"[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)+\Z")
_LONGEST_REFERENCE = 200
_TOKEN = re.compile(r"[A-Za-z_][\w.\-]*\Z")
_LONGEST_TOKEN = 40


def lower(node: ast.expr, to: State) -> Code:
    """The code of ``node``."""
    return _BY_TYPE[type(node)](node, to)


def lower_all(nodes: list[Any], to: State) -> tuple[Code, ...]:
    """The code of each of ``nodes``."""
    return tuple([_BY_TYPE[type(node)](node, to) for node in nodes])


def _name(node: ast.Name, to: State) -> Code:
    name = node.id
    names = to.names
    names[name] = names.get(name, 0) + 1
    return ("n", name)


def _attribute(node: ast.Attribute, to: State) -> Code:
    value, attr = node.value, node.attr
    names = to.names
    names[attr] = names.get(attr, 0) + 1
    return (".", _BY_TYPE[type(value)](value, to), attr)


def _call(node: ast.Call, to: State) -> Code:
    func = node.func
    args = tuple([_BY_TYPE[type(arg)](arg, to) for arg in node.args]) if node.args else ()
    keywords = tuple([(item.arg, lower(item.value, to)) for item in node.keywords]) if node.keywords else ()
    return ("()", _BY_TYPE[type(func)](func, to), args, keywords, node.lineno)


def _constant(node: ast.Constant, to: State) -> Code:
    value: Any = node.value
    kind = type(value)
    if kind is str:
        if len(value) > _LONGEST_TEXT:
            return ("k", value[:_LONGEST_TEXT])
        if len(value) < _LONGEST_REFERENCE and _REFERENCE.match(value):
            to.strings.append((value, node.lineno))
        if 2 < len(value) <= _LONGEST_TOKEN and _TOKEN.match(value):
            to.tokens[value] = to.tokens.get(value, 0) + 1
        return ("k", value)
    if kind is int:
        return ("k", value if -(2**63) < value < 2**63 else None)
    return ("k", value if value is None or kind is bool else ())


def _subscript(node: ast.Subscript, to: State) -> Code:
    return ("[]", lower(node.value, to), lower(node.slice, to))


def _slice(node: ast.Slice, to: State) -> Code:
    ends = [None if end is None else lower(end, to) for end in (node.lower, node.upper, node.step)]
    return ("sl", *(ends if ends[2] is not None else ends[:2]))


def _display(node: ast.List | ast.Tuple | ast.Set, to: State) -> Code:
    return ("[", tuple([_BY_TYPE[type(item)](item, to) for item in node.elts]), node.lineno)


def _dict(node: ast.Dict, to: State) -> Code:
    keys = [None if key is None else lower(key, to) for key in node.keys]
    return ("d", tuple(zip(keys, lower_all(node.values, to), strict=True)), node.lineno)


OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
}
# These mean something for texts, types and containers, the others for objects only.
_OF_CONSTANTS = frozenset("+%|*")


def _binary(node: ast.BinOp, to: State) -> Code:
    # A sum of 3,000 terms is a tree of that depth: walked in a loop, kept flat.
    kind = type(node.op)
    right: list[ast.expr] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp) and type(left.op) is kind:
        right.append(left.right)
        left = left.left
    items = [lower(left, to), *[lower(item, to) for item in reversed(right)]]
    sign = OPERATORS[kind]
    if sign not in _OF_CONSTANTS and all(item is None or item[0] == "k" for item in items):
        return None
    return ("b", sign, tuple(items))


def _mixed(items: list[Code]) -> Code:
    """Code that is run for its effects alone; constants have none, and nested mixtures are spread out."""
    flat: list[Code] = []
    for item in items:
        if item is not None and item[0] == "?":
            flat.extend(item[1])
        elif item is not None and item[0] != "k":
            flat.append(item)
    return ("?", tuple(flat)) if flat else None


def _unary(node: ast.UnaryOp, to: State) -> Code:
    operand = lower(node.operand, to)
    is_negative = type(node.op) is ast.USub and operand is not None and operand[0] == "k"
    if is_negative and type(operand[1]) is int:
        return ("k", -operand[1])
    if type(node.op) is ast.Not and operand is not None:
        return ("!", operand)
    if operand is None or operand[0] == "k":
        return None
    return ("u", _UNARY[type(node.op)], operand)


_UNARY: dict[type[ast.unaryop], str] = {ast.USub: "__neg__", ast.UAdd: "__pos__", ast.Invert: "__invert__"}
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.In: "in",
    ast.NotIn: "!in",
    ast.Is: "is",
    ast.IsNot: "!is",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_ORDERS = frozenset(["<", "<=", ">", ">="])


def _compare(node: ast.Compare, to: State) -> Code:
    sign = _SIGNS.get(type(node.ops[0])) if len(node.ops) == 1 else None
    if sign is not None:
        left, right = lower(node.left, to), lower(node.comparators[0], to)
        if left is None or right is None or (sign in _ORDERS and left[0] == right[0] == "k"):
            return _mixed([left, right])
        return ("=?", sign, left, right)
    return _mixed([lower(node.left, to), *lower_all(node.comparators, to)])


def _either(node: ast.BoolOp, to: State) -> Code:
    to.branches += len(node.values) - 1
    return ("&" if type(node.op) is ast.And else "|", lower_all(node.values, to))


def _conditional(node: ast.IfExp, to: State) -> Code:
    to.branches += 1
    return ("?:", lower(node.test, to), lower(node.body, to), lower(node.orelse, to))


def _lambda(node: ast.Lambda, to: State) -> Code:
    return ("f", to.lambda_scope(node))


def _comprehension(node: Any, to: State) -> Code:
    generators = tuple(
        [(lower(one.target, to), lower(one.iter, to), lower_all(one.ifs, to)) for one in node.generators]
    )
    to.branches += len(generators)
    if isinstance(node, ast.DictComp):
        return ("comp", "d", lower(node.key, to), lower(node.value, to), generators, node.lineno)
    kind = "g" if isinstance(node, ast.GeneratorExp) else "["
    return ("comp", kind, None, lower(node.elt, to), generators, node.lineno)


def _await(node: ast.Await, to: State) -> Code:
    return ("aw", lower(node.value, to))


def _yield(node: ast.Yield | ast.YieldFrom, to: State) -> Code:
    to.yields = True
    value = None if node.value is None else lower(node.value, to)
    return ("yf" if isinstance(node, ast.YieldFrom) else "y", value)


def _starred(node: ast.Starred, to: State) -> Code:
    return ("*", lower(node.value, to))


def _walrus(node: ast.NamedExpr, to: State) -> Code:
    return (":=", node.target.id, lower(node.value, to))


def _joined(node: ast.JoinedStr, to: State) -> Code:
    return ("j", lower_all(node.values, to))


# ``{x!r}`` and ``{x!a}``.
_REPRESENTED = (ord("r"), ord("a"))


def _formatted(node: Any, to: State) -> Code:
    value = lower(node.value, to)
    return ("u", "__repr__", value) if node.conversion in _REPRESENTED and value is not None else value


_BY_TYPE: dict[type[Any], Callable[[Any, Any], Code]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Constant: _constant,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.List: _display,
    ast.Tuple: _display,
    ast.Set: _display,
    ast.Dict: _dict,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _either,
    ast.IfExp: _conditional,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
    ast.Starred: _starred,
    ast.NamedExpr: _walrus,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
}
# Python 3.14 has templates, made as formatted strings are.
_BY_TYPE |= {getattr(ast, "TemplateStr", ast.JoinedStr): _joined}
_BY_TYPE |= {getattr(ast, "Interpolation", ast.FormattedValue): _formatted}
