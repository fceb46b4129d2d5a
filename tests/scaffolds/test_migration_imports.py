from __future__ import annotations

import dataclasses

import small

from strangler.analysis import Edge, Evidence, Module
from strangler_scaffolds.migration_imports import missed, scripts_among
from strangler_scaffolds.territory import Territory, survey

ENV = Module("migrations.env", "back/migrations/env.py", False)


def territory() -> Territory:
    found = small.analysis()
    site = Evidence(ENV.path, 4, scope="module")
    edges = [Edge(ENV.name, target, "import", scope=("module",), evidence=(site,)) for target in ("shop.clock", "shop")]
    analysis = dataclasses.replace(found, modules=(*found.modules, ENV), edges=(*found.edges, *edges))
    return survey(analysis, small.plan(), "stock")


def test_scripts_are_known_by_where_they_lie_in_the_service() -> None:
    data = ["migrations/env.py", "migrations/script.py.mako", "shop/notes.py"]
    assert scripts_among(territory(), data, lambda path: path.removeprefix("back/")) == (ENV.name,)
    assert scripts_among(territory(), data, lambda path: path) == ()


def test_what_the_service_has_is_not_missed() -> None:
    (finding,) = missed(territory(), [ENV.name], ["shop", "shop.stock"])
    assert (finding.rule, str(finding.location)) == ("IMPORT-OUT-LATER", "back/migrations/env.py:4")
    assert "migrations.env, which migrations need, imports shop.clock, which stays" in finding.message
    assert list(missed(territory(), [ENV.name], ["shop", "shop.clock"])) == []
