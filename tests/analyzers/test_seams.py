from __future__ import annotations

import re
from pathlib import Path

import pytest

from strangler.analysis import Analysis, Module, Table
from strangler.plan import loads
from strangler_analyzers import Options, SeamOptions, analyze, constraints_of, look_around, propose
from strangler_analyzers.seams.measures.costs import COSTS, REMEDIES
from strangler_analyzers.seams.weights import DEFAULT

PLAN = """
version: 1
monolith: {name: shop, packages: [m]}
services:
  billing: {modules: [m.bill, m.bill.*, m.gone], tables: [orders, lost]}
  mail: {image: mailer}
"""
NAMES = ("m", "m.bill", "m.bill.api", "m.order")
PROGRAM = Analysis(
    version="1",
    modules=tuple(Module(name, name.replace(".", "/") + ".py") for name in NAMES),
    tables=(Table("orders", None, "m.order"),),
)


def test_the_plan_pins_what_a_service_has_and_the_code_still_knows() -> None:
    constraints = constraints_of(loads(PLAN), PROGRAM)
    assert constraints.pinned == {"m.bill": "billing", "m.bill.api": "billing"}
    assert constraints.tables == {"orders": "billing"}


def test_a_planned_service_comes_out_as_planned() -> None:
    proposed = propose(PROGRAM, SeamOptions(constraints=constraints_of(loads(PLAN), PROGRAM)))
    seam = proposed.seam("billing")
    assert seam is not None
    assert set(seam.modules) >= {"m.bill", "m.bill.api", "m.order"}


def test_the_wanted_number_of_seams_is_come_near_to() -> None:
    names = [f"m.{part}.x{number}" for part in "abcdef" for number in range(6)]
    modules = tuple(Module(name, name.replace(".", "/") + ".py") for name in names)
    program = Analysis(version="1", modules=modules)
    assert len(propose(program, SeamOptions(wanted=6)).seams) == 6
    assert len(propose(program, SeamOptions(size=6)).seams) == 6


def test_the_seams_that_the_samples_readme_names_come_first() -> None:
    sample = Path(__file__).parents[2] / "sample_monolith"
    named = re.findall(r"^\| (\w+) \| `shop\.", (sample / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    seams = [seam.name for seam in analyze(sample, Options(packages=("shop", "traffic"))).seams]
    assert len(named) == 8
    assert set(seams[:8]) == set(named)
    assert seams[0] == "metering"


def test_around_a_folder_without_anything_there_is_nothing(tmp_path: Path) -> None:
    around = look_around(tmp_path, PROGRAM)
    assert (around.commits, around.owners, around.traces, around.covered) == ((), (), {}, {})


def test_every_kind_of_crossing_has_a_price_and_a_remedy() -> None:
    assert COSTS.keys() == REMEDIES.keys()


@pytest.mark.parametrize("name", sorted(DEFAULT.kinds))
def test_every_weighed_kind_is_one_of_the_formats(name: str) -> None:
    assert name in {"import", "call", "inherit", "data", "task", "route"}
