from __future__ import annotations

import pytest

from strangler.cli.data_taken import data_lines


def test_a_line_for_each_top_folder_names_what_is_around_all_its_files() -> None:
    sizes = {"dev/data/users.db": 6_700_000, "dev/data/img/a.png": 12_345, "app/page.html": 80, "a.ini": 7, "b.md": 9}
    assert data_lines(sizes) == [
        "data: . 2 files, 16 B",
        "data: app/page.html 1 file, 80 B",
        "data: dev/data 2 files, 6.7 MB",
    ]


def test_nothing_taken_is_nothing_said() -> None:
    assert data_lines({}) == []


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_960, "1.0 MB"), (5_000_000_000_000, "5000.0 GB")],
)
def test_sizes_are_in_the_unit_that_fits(count: int, words: str) -> None:
    assert data_lines({"x/y": count}) == [f"data: x/y 1 file, {words}"]
