from __future__ import annotations

import pytest

from strangler_analyzers.ignores import is_ignored, parse


@pytest.mark.parametrize(
    ("rules", "path", "folder", "ignored"),
    [
        ("*.py", "a/b.py", False, True),
        ("/a.py", "b/a.py", False, False),
        ("/a.py", "a.py", False, True),
        ("build/", "x/build", True, True),
        ("build/", "build", False, False),
        ("a/**/c.py", "a/x/y/c.py", False, True),
        ("a/**", "a/b/c.py", False, True),
        ("*.py\n!keep.py", "keep.py", False, False),
        ("# comment\n\n", "a.py", False, False),
        ("test[0-9].py", "test5.py", False, True),
        ("a?.py", "ab.py", False, True),
    ],
)
def test_rules_match_as_git_reads_them(rules: str, path: str, folder: bool, ignored: bool) -> None:
    assert is_ignored(path, parse(rules, ""), folder=folder) is ignored


def test_rules_of_a_folder_reach_no_further() -> None:
    rules = parse("*.py", "inner")
    assert is_ignored("inner/a.py", rules, folder=False)
    assert not is_ignored("outer/a.py", rules, folder=False)
