from __future__ import annotations

from strangler.model import Finding, Location


def test_a_location_without_a_line_is_the_file() -> None:
    assert str(Location("a.py")) == "a.py"


def test_findings_are_ordered_by_place_and_then_by_rule() -> None:
    late = Finding("A", "x", Location("a.py", 9))
    early = Finding("B", "x", Location("a.py", 2))
    elsewhere = Finding("A", "x", Location("b.py", 1))
    assert sorted([elsewhere, late, early], key=lambda f: f.order) == [early, late, elsewhere]
