from __future__ import annotations

import pytest

from strangler.analysis import Analysis
from strangler.errors import StranglerError
from strangler_analyzers import Constraints, SeamOptions, WhatIf, propose

PINNED = SeamOptions(
    constraints=Constraints(pinned={"m.order.*": "sales", "m.invoice.*": "billing", "m.clock": "monolith"})
)


def test_moving_shows_both_seams_and_the_lines_that_change_sides(shop: Analysis) -> None:
    changes = {change.seam: change for change in WhatIf(propose(shop, PINNED)).move(["m.invoice.service"], "sales")}
    assert set(changes) == {"sales", "billing"}
    assert changes["sales"].after.modules == 5
    lost = {(entry.kind, entry.target) for entry in changes["sales"].lost}
    assert ("loop-call", "m.order.service") in lost
    assert any(entry.source == "m.invoice.api" for entry in changes["sales"].gained)


def test_the_figures_are_those_of_a_proposal_with_the_module_there(shop: Analysis) -> None:
    moved = WhatIf(propose(shop, PINNED)).move(["m.invoice.tasks"], "sales")
    pins = {
        "m.order.*": "sales",
        "m.invoice.tasks": "sales",
        **{f"m.invoice.{part}": "billing" for part in ("api", "models", "service")},
        "m.clock": "monolith",
    }
    anew = propose(shop, SeamOptions(constraints=Constraints(pinned=pins)))
    for change in moved:
        seam = anew.seam(change.seam)
        assert seam is not None
        assert seam.metrics["effort"] == change.after.effort
        assert seam.metrics["cohesion"] == change.after.cohesion


def test_out_to_the_monolith_is_a_move_too(shop: Analysis) -> None:
    changes = WhatIf(propose(shop, PINNED)).move(["m.order.api"], "monolith")
    assert [(change.seam, change.after.modules) for change in changes] == [("sales", 3)]


def test_what_is_not_there_cannot_move(shop: Analysis) -> None:
    question = WhatIf(propose(shop, PINNED))
    with pytest.raises(StranglerError, match="no module"):
        question.move(["m.gone"], "sales")
    with pytest.raises(StranglerError, match="no seam"):
        question.move(["m.clock"], "gone")


def test_all_below_a_package_moves_by_its_pattern(shop: Analysis) -> None:
    question = WhatIf(propose(shop, PINNED))
    named = [module.name for module in shop.modules if f"{module.name}.".startswith("m.invoice.")]
    assert question.move(["m.invoice.*"], "sales") == question.move(named, "sales")
