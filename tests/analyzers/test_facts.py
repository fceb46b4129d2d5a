from __future__ import annotations

import ast
import importlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strangler_analyzers.facts import Facts, extract
from strangler_analyzers.facts.skim import skim

# The package has a function of the module's name.
_EXTRACT = importlib.import_module("strangler_analyzers.facts.extract")


def scopes(source: str | bytes) -> list[str]:
    data = source if isinstance(source, bytes) else source.encode()
    return [scope.qualname for scope in extract(data).scopes]


def test_imports_say_how_they_are_reached() -> None:
    source = """
import os
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from a import b
try:
    import c
except ImportError:
    import d
def f():
    from . import e
"""
    found = [(one.module, one.scope, one.level) for one in extract(source.encode()).imports]
    assert found == [
        ("os", "module", 0),
        ("typing", "module", 0),
        ("a", "type_checking", 0),
        ("c", "conditional", 0),
        ("d", "conditional", 0),
        ("", "function", 1),
    ]


def test_nested_definitions_are_named_without_locals() -> None:
    assert scopes("class A:\n    def f(self):\n        def g(): ...\n        return lambda x: g\n") == [
        "",
        "A",
        "A.f",
        "A.f.g",
        "A.f.<lambda1>",
    ]


def test_facts_survive_marshalling() -> None:
    facts = extract(b"import a\n\n\ndef f(x: int = 3) -> str:\n    return a.b(x, key='v')\n")
    assert Facts.load(facts.dump()) == facts


def test_parameters_keep_the_text_of_annotations_and_defaults() -> None:
    (_, function) = extract(b"def f(a, /, b: 'list[int]' = [1,  2], *c, d: int, **e): ...\n").scopes
    assert [(name, kind, text, default) for name, kind, text, _, default, _ in function.params] == [
        ("a", "positional_only", None, None),
        ("b", "positional_or_keyword", "'list[int]'", "[1, 2]"),
        ("c", "var_positional", None, None),
        ("d", "keyword_only", "int", None),
        ("e", "var_keyword", None, None),
    ]


PYTHON_2 = b"""
import ConfigParser
class Old:
    def f(self, (a, b)):
        print "hello", a
        print >>log, "x",
        exec code in scope
        try:
            g()
        except Problem, error:
            raise Other, "text"
        return 0777 + 10L if a <> b else `a`
"""


def test_python_2_yields_the_same_kinds_of_facts() -> None:
    facts = extract(PYTHON_2)
    assert facts.grade == "tolerant"
    assert [scope.qualname for scope in facts.scopes] == ["", "Old", "Old.f"]
    assert [one.module for one in facts.imports] == ["ConfigParser"]
    assert all(code != "unreadable-statement" for code, _, _ in facts.problems)
    assert "'g'" in str(facts.scopes[2].code())


@pytest.mark.parametrize(
    "source",
    [
        "type Pair[T] = tuple[T, T]\n\n\ndef f(): ...\n",
        "class Box[T]:\n    def f[U](self, x: U) -> T: ...\n",
        'def f(d):\n    return f"{d["key"]} {g("x")}"\n',
    ],
)
def test_newer_syntax_yields_facts(source: str) -> None:
    facts = extract(source.encode())
    assert any(scope.name == "f" for scope in facts.scopes)
    assert all(code in ("tolerant",) for code, _, _ in facts.problems)


def test_a_broken_statement_costs_only_itself() -> None:
    facts = extract(b"import a\n\n\ndef f():\n    return g()\n\n\nx = = 3\n\n\ndef h(): ...\n")
    assert facts.grade == "tolerant"
    assert [scope.name for scope in facts.scopes] == ["", "f", "h"]
    assert ("unreadable-statement", 8) in [(code, line) for code, _, line in facts.problems]


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"", [""]),
        (b"def f(): ...\rdef g(): ...\r", ["", "f", "g"]),
        (b"\xef\xbb\xbfdef f(): ...\n", ["", "f"]),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\ndef f(): ...\n", ["", "f"]),
        (b"x = '\xe9'\ndef f(): ...\n", ["", "f"]),
        (b"# coding: no-such-encoding\ndef f(): ...\n", ["", "f"]),
        (b"def f():\n\tif x:\n        y\n", None),
        (bytes(range(256)) * 20, None),
    ],
    ids=["empty", "CR only", "BOM", "declared", "wrong encoding", "unknown encoding", "mixed tabs", "binary"],
)
def test_odd_bytes_never_stop_the_extraction(data: bytes, names: list[str] | None) -> None:
    found = scopes(data)
    assert names is None or found == names


def test_a_sum_of_3000_terms_is_followed_to_its_end() -> None:
    source = "def f():\n    return " + " + ".join(f"g{n}()" for n in range(3000)) + "\n"
    assert "g2999" in str(extract(source.encode()).scopes[1].code())


@pytest.mark.parametrize("sign", ["+", "and"])
def test_what_an_interpreter_cannot_build_is_cut_where_it_is_deepest(
    monkeypatch: pytest.MonkeyPatch, sign: str
) -> None:
    """As a release of 3.12 that takes no more than some hundred terms."""

    def parse(text: str | bytes) -> ast.Module:
        source = text if isinstance(text, str) else text.decode()
        if max(line.count(f" {sign} ") for part in source.split(",") for line in part.split("\n")) > 250:
            raise RecursionError
        return real(text)

    real = ast.parse
    monkeypatch.setattr("ast.parse", parse)
    terms = f" {sign} ".join(f"g{n}()" for n in range(900))
    found = extract(f"import os\ndef f():\n    return [h(), {terms}]\ndef k(): pass\n".encode())
    assert [scope.name for scope in found.scopes] == ["", "f", "k"]
    assert all(name in str(found.scopes[1].code()) for name in ("'g0'", "'g450'", "'g899'"))
    assert ("too-deep", 3) in [(code, line) for code, _, line in found.problems]


def test_a_statement_nested_too_deeply_costs_no_other() -> None:
    found = extract(("import os\ny = " + "-" * 9000 + "1\ndef h(): return 1\n").encode())
    assert [scope.name for scope in found.scopes] == ["", "h"]


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 150 + "1" + ")" * 150,
        "x = " + "[" * 5000 + "]" * 5000,
        "x = a" + ".b()" * 4000,
        "not " * 9000 + "x",
    ],
    ids=["parentheses", "brackets", "chain", "not"],
)
def test_deep_nesting_never_stops_the_extraction(source: str) -> None:
    assert scopes(source + "\n")[0] == ""


def test_a_light_file_keeps_its_imports_and_patches_and_no_bodies() -> None:
    source = b"from a import b\n\n\ndef test():\n    import c\n    mocker.patch('a.b')\n    b.run()\n"
    facts = extract(source, light=True)
    assert facts.grade == "light"
    assert [one.module for one in facts.imports] == ["a", "c"]
    assert facts.patches == (("a.b", 6),)
    assert "run" not in str(facts.scopes[1].code())


_NAMES = st.sampled_from(["a", "b", "f", "self", "Model"])
_ATOMS = st.one_of(_NAMES, st.integers(0, 9).map(str), st.sampled_from(["'x.y'", "None", "f'{a}'", "lambda: a"]))
_EXPRESSIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("({0[0]}).m({0[1]})".format),
        st.tuples(inner, inner).map("[{0[0]}, *({0[1]},)]".format),
        st.tuples(inner, inner).map("({0[0]}) + ({0[1]})".format),
        st.tuples(inner, _NAMES).map("[{0[0]} for {0[1]} in b]".format),
        inner.map("{{'k': {0}}}".format),
    ),
    max_leaves=12,
)
_STATEMENTS = st.one_of(
    st.tuples(_NAMES, _EXPRESSIONS).map("{0[0]} = {0[1]}".format),
    _EXPRESSIONS,
    st.tuples(_NAMES, _EXPRESSIONS).map("def {0[0]}(x={0[1]}): return x".format),
    _EXPRESSIONS.map("for a in {0}: b = a".format),
    _EXPRESSIONS.map("with {0} as a: pass".format),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_STATEMENTS, max_size=8))
def test_every_program_python_reads_yields_full_facts(statements: list[str]) -> None:
    source = "\n".join(statements) + "\n"
    ast.parse(source)
    facts = extract(source.encode())
    assert facts.grade == "full"
    assert Facts.load(facts.dump()) == facts


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_at_all_stop_the_extraction(data: bytes) -> None:
    assert extract(data).scopes[0].kind == "module"


_TRAPS = """
import os
HELP = '''
def no(self):
    this is text
'''
class TestA(Base, kind="(:"):
    @fixture(lambda: 3)
    def one(self, a: dict[str, int] = {"(": 1}, *b,
            c="#") -> "x:y":  # why
        QQQText
back at the margin
QQQ
        if a:
            return [
                1,
            ]

        # a comment that trails
    async def two(self): return 3
    x = 1
    def three(self):
        from a import b
        return b
def four():
    def five():
        yield 1
    say = "it\\"s # no comment" \\
        "more"
# at the margin
    return f"{five}"
if os.name:
    def six(): os.exit()
def seven(x):
    pass
""".replace("QQQ", '"' * 3)


def test_a_skimmed_text_gives_the_light_facts_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    skimmed = extract(_TRAPS.encode(), light=True)
    assert "yield 1" not in skim(_TRAPS) and "this is text" in skim(_TRAPS) and "from a import b" in skim(_TRAPS)
    monkeypatch.setattr(_EXTRACT, "skim", str)
    assert skimmed == extract(_TRAPS.encode(), light=True)


_STATEMENTS = [
    "x = 1",
    "s = '''\nx\n def y():\n'''",
    "# c",
    "",
    "f(\n1)",
    "f(\n        1,\n    )",
    "import q",
    "def g(): pass",
    "class C:\n        def h(self, a=(1,\n2)):\n            return '\"'",
    'u = "\\"" + \\\n  v',
    "if x:\n        y = {':': 1}",
]
_BODIES = st.lists(st.sampled_from(_STATEMENTS), max_size=6)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(["def f(a, b=':'):", "class D(E):", "async def f() -> x[1:2]:"]), _BODIES)))
def test_any_skimmed_text_gives_the_light_facts_of_the_whole(parts: list[tuple[str, list[str]]]) -> None:
    source = "".join(f"{head}\n" + "".join(f"    {line}\n" for line in [*body, "z = 3"]) for head, body in parts)
    skimmed = extract(source.encode(), light=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_EXTRACT, "skim", str)
        assert skimmed == extract(source.encode(), light=True)
