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
        (
            "services: {a: {modules: [x], routes: [{path: /t, hosts: [h]}]},"
            " b: {modules: [y], routes: [{path: /t, hosts: [h], largest_body: 5}]}}",
            "belongs to 'a'",
        ),
        ("services: {a: {modules: [x], pinned: [acme]}}", "nothing says how a tenant is recognised"),
        ("services: {a: {modules: [x], routes: [{path: /t, tenants: [acme]}]}}", "nothing says how a tenant"),
        ("facade: {tenant: 'header:X-Tenant'}", "would be believed from nobody"),
        ("facade: {sticky: {tenant: X-Tenant}}", "the tenant's header X-Tenant would be believed from nobody"),
        ("facade: {tenant: 'host:a.test', sticky: {tenant: 'host:b.test'}}", "in two places"),
        ("facade: {sticky: {claim: sub}}", "no session is asked for the claim 'sub'"),
        ("services: {a: {modules: [x], routes: [{path: /t, claims: {role: admin}}]}}", "asked for the claim 'role'"),
        ("services: {a: {owner: me}}", "has modules, or an image"),
    ],
)
def test_what_the_plan_says_against_itself_is_found(section: str, message: str) -> None:
    with pytest.raises(PlanError) as caught:
        loads(HEAD + section + "\n")
    assert message in caught.value.findings[0].message
    assert caught.value.findings[0].location
    assert caught.value.findings[0].location.line == 3


def test_routes_that_differ_in_any_condition_are_not_the_same() -> None:
    plan = loads(
        HEAD + "services: {a: {modules: [x], routes: [{path: /t, headers: {X: '1'}}]}, b: {modules: [y], routes: [/t]}}"
    )
    assert len(plan.services) == 2
