from __future__ import annotations

from typing import Any

import pytest

from strangler_scaffolds.services.poetry import from_poetry


@pytest.mark.parametrize(
    ("stated", "requirement"),
    [
        ("^0.115.0", "x>=0.115.0,<0.116"),
        ("^2", "x>=2,<3"),
        ("^0.0.12", "x>=0.0.12,<0.0.13"),
        ("~1.2.3", "x>=1.2.3,<1.3"),
        ("~1", "x>=1,<2"),
        ("9.0.1", "x==9.0.1"),
        ("1.*", "x==1.*"),
        (">=1, <2", "x>=1,<2"),
        ("^1.0b1", "x>=1.0b1,<2"),
        ("*", "x"),
        ("^1 || ^2", "x"),
        ({"version": "^0.32.0", "extras": ["standard"]}, "x[standard]>=0.32.0,<0.33"),
        ({"git": "elsewhere"}, "x"),
        ([{"version": "1"}], "x"),
    ],
)
def test_a_stated_version_is_written_as_every_installer_reads_it(stated: Any, requirement: str) -> None:
    assert from_poetry("x", stated) == requirement
