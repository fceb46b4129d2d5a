from __future__ import annotations

import pytest
from seam_agreement import ami, mojofm

TRUTH = {"a": 1, "b": 1, "c": 2, "d": 2}


def test_the_truth_agrees_with_itself_whatever_its_labels() -> None:
    renamed = {name: f"group {label}" for name, label in TRUTH.items()}
    assert mojofm(renamed, TRUTH) == 100
    assert ami(renamed, TRUTH) == pytest.approx(1)


def test_one_group_of_all_says_nothing() -> None:
    assert ami(dict.fromkeys(TRUTH, "all"), TRUTH) == pytest.approx(0)


def test_one_misplaced_module_is_one_move_of_the_two_that_the_worst_proposal_needs() -> None:
    assert mojofm({**TRUTH, "b": 2}, TRUTH) == 50
