from __future__ import annotations

import dataclasses

import pytest

from strangler.analysis import Analysis
from strangler.errors import StranglerError
from strangler_analyzers import Constraints, SeamOptions, propose
from strangler_analyzers.seams.constraints import Placement, free_groups, kept_whole


def proposed(analysis: Analysis, **constraints: object) -> dict[str, str | None]:
    options = SeamOptions(names=False, constraints=Constraints(**constraints))  # type: ignore[arg-type]
    return {module.name: module.seam for module in propose(analysis, options).modules}


def test_modules_that_must_be_together_are(shop: Analysis) -> None:
    seam = proposed(shop, together=(("m.order.tasks", "m.invoice.models"),))
    assert seam["m.order.tasks"] == seam["m.invoice.models"] is not None


def test_modules_that_must_be_apart_are(shop: Analysis) -> None:
    seam = proposed(shop, apart=(("m.order.api", "m.order.service"),))
    assert seam["m.order.api"] != seam["m.order.service"]


def test_a_pinned_module_gives_its_seam_the_name(shop: Analysis) -> None:
    seam = proposed(shop, pinned={"m.clock": "time"})
    assert seam["m.clock"] == "time"


def test_everything_below_a_package_can_be_pinned(shop: Analysis) -> None:
    seam = proposed(shop, pinned={"m.invoice.*": "billing"})
    assert {seam[f"m.invoice.{part}"] for part in ("models", "service", "api", "tasks")} == {"billing"}


def test_what_is_pinned_to_the_monolith_is_in_no_seam(shop: Analysis) -> None:
    assert proposed(shop, pinned={"m.order.api": "monolith"})["m.order.api"] is None


def test_a_table_takes_its_owner_along(shop: Analysis) -> None:
    assert proposed(shop, tables={"orders": "sales"})["m.order.models"] == "sales"


def test_pins_to_two_seams_are_two_seams(shop: Analysis) -> None:
    seam = proposed(shop, pinned={"m.order.api": "one", "m.order.service": "two"})
    assert (seam["m.order.api"], seam["m.order.service"]) == ("one", "two")


def test_an_unknown_module_is_refused_with_the_nearest(shop: Analysis) -> None:
    with pytest.raises(StranglerError, match=r"no module 'm\.clok'") as caught:
        proposed(shop, pinned={"m.clok": "time"})
    assert "m.clock" in caught.value.hint


def test_together_and_apart_contradict_each_other(shop: Analysis) -> None:
    pair = ("m.order.api", "m.clock")
    with pytest.raises(StranglerError, match="both together and apart"):
        proposed(shop, together=(pair,), apart=(pair,))


def test_a_group_is_kept_whole_unless_a_constraint_speaks_of_it() -> None:
    placement = Placement((0, 1, 2, 3, 4, 5), ((4, 0),), {2: "sales"})
    assert free_groups(placement, [(0, 1), (2, 3)]) == []
    free = free_groups(dataclasses.replace(placement, apart=()), [(0, 1), (2, 3)])
    assert free == [(0, 1)]
    assert kept_whole(placement, free).blocks == (0, 0, 2, 3, 4, 5)
