"""How conditions are said in two languages, and where each rule goes."""

from __future__ import annotations

from strangler.plan import loads
from strangler_deploy.admission.cel import Expression
from strangler_deploy.estate import Estate
from strangler_deploy.kinds.policies import policies
from strangler_deploy.kinds.policies.cel import cel
from strangler_deploy.kinds.policies.conditions import Equals, Every, Not, OneOf, Some, Text, all_of, any_of, path
from strangler_deploy.kinds.policies.rego import rego

PLAN = """\
version: 1
monolith: {name: shop, packages: [shop]}
platform:
"""


def _names(platform: str, site: str) -> set[str]:
    estate = Estate(loads(PLAN + platform))
    return {f"{m.kind}/{m.name}" for m in policies(estate, estate.sites[site])}


def test_a_field_that_is_not_there_equals_nothing() -> None:
    expression = Expression(cel(Equals(path("object", "spec", "a.b/c"), "x")))
    assert expression.value({"object": {"spec": {"a.b/c": "x"}}}) is True
    assert expression.value({"object": {}}) is False


def test_quotes_in_values_stay_values() -> None:
    odd = 'it\'s \\ "odd"'
    assert Expression(cel(Equals(path("object", "a"), odd))).value({"object": {"a": odd}}) is True


def test_lists_inside_lists_have_items_of_their_own() -> None:
    inner = Some(path("item", "b"), Equals(path("item"), "x"))
    expression = Expression(cel(Every(path("object", "a"), inner)))
    assert expression.value({"object": {"a": [{"b": ["y", "x"]}]}}) is True
    assert expression.value({"object": {"a": [{"b": ["y"]}]}}) is False


def test_or_is_a_rule_with_several_bodies_and_nothing_is_written_twice() -> None:
    same = OneOf(path("object", "kind"), ("Pod", "Job"))
    text = rego("p", [("message", any_of(same, Not(same), all_of(same, same)))])
    assert text.count('in ["Pod", "Job"]') == 1
    assert 'violation contains {"msg": "message"}' in text


def test_text_is_joined_in_both_languages() -> None:
    condition = Equals(path("object", "a"), Text(("/", path("namespace", "metadata", "name"))))
    given = {"object": {"a": "/n"}, "namespaceObject": {"metadata": {"name": "n"}}}
    assert Expression(cel(condition)).value(given) is True
    assert 'concat("", ["/", object.get(namespace, ["metadata", "name"], "")])' in rego("p", [("m", condition)])


def test_rules_about_aws_are_where_ack_is_and_rules_about_pods_where_tenants_are() -> None:
    two = "  clusters: {control: {role: control}, main: {}}\n"
    control, main = _names(two, "control"), _names(two, "main")
    assert "ValidatingAdmissionPolicy/tenant-key" in control - main
    assert "ValidatingAdmissionPolicy/no-tenant-workload" in control - main
    assert "ValidatingAdmissionPolicy/phi-nonroot" in main - control


def test_a_rule_that_is_off_is_not_rendered() -> None:
    assert not any("own-paths" in name for name in _names("  policies: {off: [own-paths]}\n", "main"))


def test_placement_is_forced_by_the_one_engine_that_changes_pods() -> None:
    def kinds(engine: str, more: str = "") -> set[str]:
        names = _names(f"  policies: {{placement: {engine}}}\n{more}", "main")
        return {name for name in names if name.partition("/")[2].startswith("placement")}

    assert kinds("mutating-policy") == {
        "MutatingAdmissionPolicy/placement-by-tier",
        "MutatingAdmissionPolicyBinding/placement-by-tier",
    }
    assert kinds("kyverno") == {"MutatingPolicy/placement-by-tier"}
    assert kinds("gatekeeper") == {"Assign/placement-standard"}
    own = "  tiers: {big: {nodes: {dedicated: true}}}\n"
    assert kinds("kyverno", own) == {"MutatingPolicy/placement-by-tenant"}


def test_machines_that_come_in_no_pools_force_nothing() -> None:
    assert not any("placement" in name for name in _names("  clusters: {main: {compute: nodegroups}}\n", "main"))
