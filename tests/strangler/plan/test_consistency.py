from __future__ import annotations

import pytest

from strangler.errors import PlanError
from strangler.plan import loads

HEAD = "version: 1\nmonolith: {name: shop, packages: [shop]}\n"


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("services: {a: {modules: [x], tables: [t]}, b: {modules: [y], tables: [t]}}", "table t belongs to 'a'"),
        ("services: {a: {modules: [x], routes: [/t]}, b: {modules: [y], routes: [/t]}}", "route /t belongs to 'a'"),
        ("facade: {listen: 'h:1', admin: 'h:1'}", "cannot listen"),
        ("platform: {clusters: {edge: {compute: none}}}", "has no nodes"),
        ("services: {a: {owner: me}}", "has modules, or an image"),
    ],
)
def test_what_the_plan_says_against_itself_is_found(section: str, message: str) -> None:
    with pytest.raises(PlanError) as caught:
        loads(HEAD + section + "\n")
    assert message in caught.value.findings[0].message
    assert caught.value.findings[0].location
    assert caught.value.findings[0].location.line == 3
