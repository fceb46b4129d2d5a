"""The state of one pass over one file, and how its scopes are opened and closed."""

from __future__ import annotations

import ast
import marshal
from typing import Any

from strangler_analyzers.facts.expressions import lower, lower_all
from strangler_analyzers.facts.records import Code, Scope
from strangler_analyzers.facts.state import State
from strangler_analyzers.facts.statements import lower_body

_KINDS = ("positional_only", "positional_or_keyword", "var_positional", "keyword_only", "var_keyword")


class Lowering(State):
    """Collects the facts of one file; ``lines`` are its lines, for texts of annotations and defaults."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines
        self.scopes: list[Scope | None] = []
        self._parent = -1
        self._in_function = False
        self._prefix = ""
        self._lambdas = 0

    @property
    def import_scope(self) -> str:
        """How an import statement met now is reached."""
        if self.condition == "type_checking":
            return "type_checking"
        return "function" if self._in_function else self.condition or "module"

    def module_scope(self, tree: ast.Module) -> None:
        """Lower a whole file."""
        self.scopes.append(None)
        self._parent = 0
        body = lower_body(tree.body, self)
        end = len(self.lines)
        self.scopes[0] = Scope("module", "", "", -1, 1, end, (), (), None, (), (), (), 1, self._marshal(body, 1))

    def function_scope(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        """Lower a function; the index of its scope."""
        flags = ["async"] if isinstance(node, ast.AsyncFunctionDef) else []
        # Decorators and defaults belong to the scope around.
        decorators = tuple([(lower(item, self), self.text(item), item.lineno) for item in node.decorator_list])
        params = self._params(node.args)
        returns = None if node.returns is None else (self.text(node.returns), self.annotation(node.returns))
        head = (params, decorators, returns, (), ())
        return self._scope("function", node.name, node, head, node.body, flags)

    def lambda_scope(self, node: ast.Lambda) -> int:
        """Lower a lambda; the index of its scope. Lambdas are counted within the scope around them."""
        self._lambdas += 1
        head = (self._params(node.args), (), None, (), ())
        result = ast.Return(value=node.body, lineno=node.lineno, col_offset=0)
        return self._scope("lambda", f"<lambda{self._lambdas}>", node, head, [result], [])

    def class_scope(self, node: ast.ClassDef) -> int:
        """Lower a class; the index of its scope."""
        decorators = tuple([(lower(item, self), self.text(item), item.lineno) for item in node.decorator_list])
        keywords = tuple([(item.arg or "**", lower(item.value, self)) for item in node.keywords])
        head = ((), decorators, None, lower_all(node.bases, self), keywords)
        return self._scope("class", node.name, node, head, node.body, [])

    def _scope(self, kind: str, name: str, node: Any, head: Any, body: list[ast.stmt], flags: list[str]) -> int:
        index = len(self.scopes)
        self.scopes.append(None)
        outer = (self._parent, self._in_function, self._prefix, self._lambdas, self.branches, self.yields)
        qualname = self._prefix + name
        self.names[name] = self.names.get(name, 0) + 1
        parent, self._parent = self._parent, index
        self._in_function = self._in_function or kind != "class"
        self._prefix, self._lambdas, self.branches, self.yields = f"{qualname}.", 0, 0, False
        self.depth += 1
        code = lower_body(body, self)
        if self.yields:
            flags.append("generator")
        end = node.end_lineno or node.lineno
        place = (parent, node.lineno, end)
        data = self._marshal(code, node.lineno)
        self.scopes[index] = Scope._make((kind, name, qualname, *place, *head, tuple(flags), self.branches + 1, data))
        self.depth -= 1
        self._parent, self._in_function, self._prefix, self._lambdas, self.branches, self.yields = outer
        return index

    def _marshal(self, code: tuple[Code, ...], line: int) -> bytes:
        try:
            return marshal.dumps(code) if code else b""
        except ValueError:
            self.problems.append(("too-deep", "nested too deeply to follow; its calls are not known", line))
            return b""

    def _params(self, args: ast.arguments) -> tuple[tuple[Any, ...], ...]:
        found = []
        plain = [(arg, 0) for arg in args.posonlyargs] + [(arg, 1) for arg in args.args]
        defaults: list[ast.expr | None] = [None] * (len(plain) - len(args.defaults)) + list(args.defaults)
        found = [self._param(arg, kind, default) for (arg, kind), default in zip(plain, defaults, strict=True)]
        if args.vararg:
            found.append(self._param(args.vararg, 2, None))
        pairs = zip(args.kwonlyargs, args.kw_defaults, strict=True)
        found.extend([self._param(arg, 3, default) for arg, default in pairs])
        if args.kwarg:
            found.append(self._param(args.kwarg, 4, None))
        return tuple(found)

    def _param(self, arg: ast.arg, kind: int, default: ast.expr | None) -> tuple[Any, ...]:
        self.names[arg.arg] = self.names.get(arg.arg, 0) + 1
        text = code = default_text = default_code = None
        if arg.annotation is not None:
            text, code = self.text(arg.annotation), self.annotation(arg.annotation)
        if default is not None:
            default_text, default_code = self.text(default), lower(default, self)
        return (arg.arg, _KINDS[kind], text, code, default_text, default_code)

    def annotation(self, node: ast.expr) -> Code:
        """The code of an annotation; one in quotes is read as what it quotes."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                return lower(ast.parse(node.value, mode="eval").body, self)
            except (SyntaxError, ValueError):
                return None
        return lower(node, self)

    def text(self, node: ast.expr) -> str:
        """The source of ``node``, white space made single."""
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        if first == last:
            return " ".join(_cut(self.lines[first], node.col_offset, node.end_col_offset).split())
        head = _cut(self.lines[first], node.col_offset, None)
        tail = _cut(self.lines[last], 0, node.end_col_offset)
        return " ".join(" ".join([head, *self.lines[first + 1 : last], tail]).split())


def _cut(line: str, start: int, end: int | None) -> str:
    """A part of ``line`` between two places counted, as ``ast`` does, in bytes of UTF-8."""
    if line.isascii():
        return line[start:end]
    return line.encode("utf-8", "surrogatepass")[start:end].decode("utf-8", "replace")
