from __future__ import annotations

from pathlib import Path

from strangler_analyzers import Options


def test_only_options_that_change_the_result_are_recorded() -> None:
    assert Options(processes=3, cache=Path("x")).recorded() == Options().recorded()
    assert Options(level="module").recorded() != Options().recorded()
