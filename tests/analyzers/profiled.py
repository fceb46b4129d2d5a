"""Runs small programs under the profiler and writes who called whom: ``python profiled.py OUT FOLDER...``.

Each folder has a ``main.py``. A caller or callee is ``module.qualname`` without ``<locals>``, a lambda
``module@line:column``; what a class body or a comprehension calls is called by the body around it. ``through`` are
calls with a library in between, ``unasked`` those of which no caller is in the program (another thread's).
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import importlib.machinery
import io
import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
_SUSPENDED = 0x20 | 0x80 | 0x200  # generators, coroutines and both: their calls are seen where they are made
_FUNCTION = 0x1


class Watch:
    """Who called whom among the files below ``root``."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root) + os.sep
        self.calls: set[tuple[str, str]] = set()
        self.through: set[tuple[str, str]] = set()
        self.unasked: set[str] = set()

    def is_inside(self, code: CodeType) -> bool:
        return code.co_filename.startswith(self.root)

    def name(self, code: CodeType) -> str:
        module = code.co_filename[len(self.root) : -len(".py")].replace(os.sep, ".").removesuffix(".__init__")
        qualname = code.co_qualname.replace(".<locals>", "")
        while qualname.endswith(_COMPREHENSIONS):
            qualname = qualname.rpartition(".")[0]
        if qualname.endswith("<lambda>"):
            return f"{module}@{code.co_firstlineno}:{_column(code)}"
        return module if qualname in ("<module>", "") else f"{module}.{qualname}"

    def note(self, frame: FrameType | None, code: CodeType) -> None:
        """A call of ``code`` from ``frame``, or from the first frame of the program below it."""
        direct = True
        while frame is not None:
            above = frame.f_code
            if self.is_inside(above) and (above.co_flags & _FUNCTION or above.co_name == "<module>"):
                (self.calls if direct else self.through).add((self.name(above), self.name(code)))
                return
            direct = direct and (self.is_inside(above) or above.co_filename == __file__)
            frame = frame.f_back
        self.unasked.add(self.name(code))

    def profile(self, frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if event != "call" or not self.is_inside(code) or code.co_flags & _SUSPENDED:
            return
        if code.co_flags & _FUNCTION and code.co_name not in _COMPREHENSIONS:
            self.note(frame.f_back, code)


def _column(code: CodeType) -> int:
    """Where the body of a lambda starts on its first line."""
    places = [(line, start) for line, _, start, end in code.co_positions() if start != end]
    return min((start for line, start in places if line == code.co_firstlineno and start is not None), default=0)


class _Noting(ast.NodeTransformer):
    """Marks functions whose call runs nothing of them yet."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        return _marked(node) if _yields(node) else node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        return _marked(node)


def _marked(node: Any) -> ast.AST:
    node.decorator_list.append(ast.copy_location(ast.Name("__noted__", ast.Load()), node))
    return node  # type: ignore[no-any-return]


def _yields(node: ast.AST) -> bool:
    inner = [
        one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.FunctionDef | ast.Lambda | ast.ClassDef)
    ]
    return any(isinstance(one, ast.Yield | ast.YieldFrom) or _yields(one) for one in inner)


def _compiled(path: str) -> CodeType:
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    return compile(ast.fix_missing_locations(_Noting().visit(tree)), path, "exec", dont_inherit=True)


def run(root: str) -> dict[str, list[Any]]:
    """Run the program in ``root``; what it printed or raised is of no interest."""
    watch = Watch(root)

    def noted(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def made(*args: Any, **kwargs: Any) -> Any:
            watch.note(sys._getframe(1), function.__code__)
            return function(*args, **kwargs)

        return made

    builtins.__noted__ = noted  # type: ignore[attr-defined]
    before = set(sys.modules)
    main = sys.modules["__main__"] = ModuleType("__main__")
    sys.path.insert(0, watch.root)
    code = _compiled(watch.root + "main.py")
    threading.setprofile(watch.profile)
    sys.setprofile(watch.profile)
    try:
        exec(code, main.__dict__)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
        sys.path.remove(watch.root)
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(watch.root):
                del sys.modules[name]
    return {"calls": sorted(watch.calls), "through": sorted(watch.through), "unasked": sorted(watch.unasked)}


def _get_code(loader: Any, name: str) -> CodeType | None:
    path = loader.get_filename(name)
    roots = [os.path.realpath(root) + os.sep for root in sys.argv[2:]]
    return _compiled(path) if path.startswith(tuple(roots)) else _ORIGINAL(loader, name)


_ORIGINAL = importlib.machinery.SourceFileLoader.get_code

if __name__ == "__main__":
    importlib.machinery.SourceFileLoader.get_code = _get_code  # type: ignore[method-assign]
    with contextlib.redirect_stdout(io.StringIO()):
        seen = {root: run(root) for root in sys.argv[2:]}
    Path(sys.argv[1]).write_text(json.dumps(seen), encoding="utf-8")
