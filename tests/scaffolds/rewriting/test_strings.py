from __future__ import annotations

import pytest

from strangler_scaffolds.rewriting import rewrite_strings
from strangler_scaffolds.sources import Text

NAMES = {"shop.stock.Level": "shop.clients.stock.Level"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A = 'shop.stock.Level'  # ü\n", "A = 'shop.clients.stock.Level'  # ü\n"),
        ('A = ("ü", r"shop.stock.Level", 1)\n', 'A = ("ü", r"shop.clients.stock.Level", 1)\n'),
        ("A = 'shop.stock.Level.x'\n", "A = 'shop.stock.Level.x'\n"),
        ("A = 'see shop.stock.Level'\n", "A = 'see shop.stock.Level'\n"),
        ("A = 'shop.' 'stock.Level'\n", "A = 'shop.' 'stock.Level'\n"),
        ("A = f'shop.stock.Level{n}'\n", "A = f'shop.stock.Level{n}'\n"),
        ("shop.stock.Level\n", "shop.stock.Level\n"),
    ],
)
def test_only_a_text_that_is_the_name_and_nothing_else_is_changed(before: str, after: str) -> None:
    assert rewrite_strings(Text(before, "utf-8"), NAMES).content == after


def test_what_was_changed_can_be_changed_back() -> None:
    text = Text("A = ['shop.stock.Level', '''shop.stock.Level''']\n", "utf-8")
    there = rewrite_strings(text, NAMES)
    assert there != text
    assert rewrite_strings(there, {new: old for old, new in NAMES.items()}) == text
