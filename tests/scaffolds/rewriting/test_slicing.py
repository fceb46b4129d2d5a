from __future__ import annotations

import pytest

from strangler_scaffolds.rewriting import slice_module
from strangler_scaffolds.sources import Text


def sliced(source: str) -> str:
    done = slice_module(Text(source, "utf-8"), lambda name: not name.startswith("gone"), module="m")
    assert done.stuck == ()
    return done.text.content


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import gone\nimport os\n", "import os\n"),
        ("from gone import a\na.register()\nb = 1\n", "b = 1\n"),
        ("from gone import a\nx = a + 1\ny = x\nz = 1\n", "z = 1\n"),
        (
            "from gone import a\nfrom kept import b\nfor m in (a, b):\n    use(m)\n",
            "from kept import b\nfor m in (b,):\n    use(m)\n",
        ),
        ("from gone import a\nfor m in (a,):\n    use(m)\n", "\n"),
        ("from gone import a\nALL = [a, 1]\n", "ALL = [1]\n"),
        ("import gone\ndef f():\n    gone.x()\ndef g():\n    return 1\n", "def g():\n    return 1\n"),
        (
            "import gone\ndef f():\n    yield gone.x()\n    print()\ndef g():\n    return 1\n",
            "def g():\n    return 1\n",
        ),
        (
            "import gone\ndef g(app):\n    f()\n    return app\ndef f():\n    gone.x()\n",
            "def g(app):\n    return app\n",
        ),
        ("import gone\n@gone.route\ndef f():\n    return 1\n", "\n"),
        ("import gone\nif gone.on:\n    a = 1\n", "\n"),
        ("import gone\nx.gone = 1\ncall(gone=2)\n", "x.gone = 1\ncall(gone=2)\n"),
        ("import gone, os\n", "import os\n"),
        ("import gone\ndef f():\n    '''Text.'''\n    gone.x()\nf()\n", "\n"),
    ],
)
def test_what_hangs_on_a_missing_module_goes_and_nothing_else(before: str, after: str) -> None:
    assert sliced(before) == after


def test_a_function_whose_result_needs_it_goes_as_a_whole() -> None:
    assert sliced("import gone\ndef page():\n    return gone.page()\ndef other():\n    return 1\n") == (
        "def other():\n    return 1\n"
    )
