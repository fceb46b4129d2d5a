from __future__ import annotations

import itertools

import pytest

from strangler_facade.admin.app import application
from strangler_facade.references.admin import admin_reference
from strangler_facade.references.fill import filled
from strangler_facade.references.rollouts import requests_needed, rollouts_reference
from strangler_facade.references.stages import stages_reference


def test_every_endpoint_and_every_body_is_on_the_page() -> None:
    page, document = admin_reference(), application().openapi()
    for path, methods in document["paths"].items():
        for method in methods:
            assert f"### `{method.upper()} {path}`" in page
    for name in document["components"]["schemas"]:
        assert "Validation" in name or f"### {name}\n" in page


def test_every_move_between_neighbours_is_on_the_page_with_its_way_back() -> None:
    page = stages_reference()
    order = ["extracted", "shadow", "canary", "live", "split", "retired"]
    for here, there in itertools.pairwise(order):
        assert f"| `{here}` | `{there}` |" in page
        assert f"| `{there}` | `{here}` |" in page


def test_the_more_fail_the_fewer_requests_it_takes() -> None:
    needed = [requests_needed(share) for share in (1.0, 0.5, 0.2, 0.1)]
    assert needed == sorted(needed)
    assert f"| 50 % | {needed[1]} |" in rollouts_reference()


def test_a_page_without_a_place_for_a_part_is_our_bug() -> None:
    with pytest.raises(KeyError, match="no place for nonsense"):
        filled("stages", nonsense="")
